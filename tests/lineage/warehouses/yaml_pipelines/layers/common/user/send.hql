select concat(id, ';') from common.user where d = '${d}'
