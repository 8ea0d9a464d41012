#!/bin/bash
source ./conf.sh
DAY=$1
HIVE="beeline -u ${HIVE_URL} -n etl --silent=true"

run() {
  local name=$1
  shift
  echo "== $name"
  $HIVE --hivevar day=$DAY -e "$@"
  if [ $? -ne 0 ]; then
    echo "failed: $name"
    exit 1
  fi
}

run users "
---------------------------------------------- users
insert overwrite table ${HIVE_DATA_BASE}.users
select * from ${HIVE_DATA_BASE}.raw_users
where day = '\${day}'
"

run orders "insert overwrite table ${HIVE_DATA_BASE}.orders select o.* from ${HIVE_DATA_BASE}.raw_orders o, ${HIVE_DATA_BASE}.users u where o.user_id = u.id -- only known users
;
insert into ${HIVE_DATA_BASE}.order_log select '$DAY', count(*) from ${HIVE_DATA_BASE}.orders;"

for region in eu us; do
  run "region $region" "
  create table if not exists ${HIVE_DATA_BASE}.orders_${region} like ${HIVE_DATA_BASE}.orders;
  insert overwrite table ${HIVE_DATA_BASE}.orders_${region} select * from ${HIVE_DATA_BASE}.orders where region = '${region}';"
done

impala-shell -i impala:21000 -q "invalidate metadata ${HIVE_DATA_BASE}.orders; compute stats ${HIVE_DATA_BASE}.orders; insert overwrite ${HIVE_DATA_BASE}.kpi select * from ${HIVE_DATA_BASE}.orders_eu union all select * from ${HIVE_DATA_BASE}.orders_us"

# psql -c "delete from report.kpi"
psql -h pg -c "copy report.kpi from '/tmp/kpi.csv'"
$HIVE -e "insert overwrite local directory '/tmp/kpi' select * from ${HIVE_DATA_BASE}.kpi" | tail -n +2 > /tmp/kpi.csv
