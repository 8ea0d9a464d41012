#!/bin/bash
db=gmall
hive=/opt/module/hive/bin/hive
do_date=${1:-`date -d '-1 day' +%F`}
sql="
use $db;
set hive.exec.dynamic.partition.mode=nonstrict;
insert overwrite table dwd_order_info partition(dt='$do_date')
select o.id, u.name, date_format('$do_date','yyyy-MM')
from (select * from ods_order_info where dt='$do_date') o
left join ods_user_info u on o.user_id = u.id and u.dt='$do_date';

with tmp as (
  select id, max(total) t from ods_order_info group by id
)
insert into table dwd_order_max partition(dt='$do_date') select * from tmp;
"
$hive -e "$sql"
