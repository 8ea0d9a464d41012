#!/bin/bash
DB=$1
DAY=$2
echo "use ${DB};" > run.hql
echo "insert into events partition (day='${DAY}')" >> run.hql
echo "select * from staging_events where day='${DAY}';" >> run.hql
cat >> run.hql <<EOF
insert overwrite table event_kinds
select distinct kind from events;
EOF
hive -f run.hql
hive -e "
analyze table ${DB}.events partition (day) compute statistics;
drop table if exists ${DB}.old;
"
