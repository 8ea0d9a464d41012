#!/bin/sh
run() { "$@"; code=$?; [ $code -ne 0 ] && exit $code; }
BACK=`expr 1 + $1`
DAY=`date +%Y%m%d -d "$BACK day ago"`
echo "
add jar hdfs://nn/udf.jar;
-- the report; of yesterday
insert overwrite table rpt.sale partition (d='${DAY}')
select s.shop, c.region from dw.sale_day s join dim.shop c on s.shop = c.id where s.d = '${DAY}';
" > report_${DAY}.hql
run /site/bin/hive_run.sh -f report_${DAY}.hql
run /site/bin/hive_run.sh -e "alter table rpt.sale drop partition (d < '${DAY}');"
rm -f report_*.hql
