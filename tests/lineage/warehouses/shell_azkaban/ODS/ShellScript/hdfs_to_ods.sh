#!/bin/bash
APP=gmall
if [ -n "$2" ] ;then
   do_date=$2
else
   do_date=`date -d "-1 day" +%F`
fi
ods_order_info="
load data inpath '/origin_data/$APP/db/order_info/$do_date' OVERWRITE into table ${APP}.ods_order_info partition(dt='$do_date');"
ods_user_info="
load data inpath '/origin_data/$APP/db/user_info/$do_date' OVERWRITE into table ${APP}.ods_user_info partition(dt='$do_date');"
case $1 in
    "ods_order_info"){
        hive -e "$ods_order_info"
    };;
    "all"){
        hive -e "$ods_order_info$ods_user_info"
    };;
esac
