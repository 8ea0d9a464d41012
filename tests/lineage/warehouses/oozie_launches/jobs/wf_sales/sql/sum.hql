-- hive -f sum.hql -d source=test.sale -d target=test.sum
set hivevar:day;
insert overwrite table ${target} partition (d='${hivevar:day}')
select shop, sum(amount) from ${source} lateral view explode(parts) p as part where d = '${hivevar:day}' group by shop;
