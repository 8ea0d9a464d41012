#!/bin/bash
APP=gmall
do_date=$1
sql_for() {
  echo "insert overwrite table ${APP}.dws_$1_daycount partition(dt='$do_date') select $1, count(*) from ${APP}.dwd_order_info where dt='$do_date' group by $1;"
}
for what in user sku; do
  hive -e "$(sql_for $what)"
done
sed "s/__DT__/$do_date/g" ../../ADS/top.sql > /tmp/top_$do_date.sql
hive --database $APP -f /tmp/top_$do_date.sql
