select concat(id, ';') from common.page where d = '${d}'
