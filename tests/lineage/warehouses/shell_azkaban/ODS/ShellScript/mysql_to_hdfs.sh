#! /bin/bash
APP=gmall
sqoop=/opt/module/sqoop/bin/sqoop
if [ -n "$2" ] ;then
   do_date=$2
else
   do_date=`date -d "-1 day" +%F`
fi
import_data(){
$sqoop import \
--connect jdbc:mysql://hadoop102:3306/$APP \
--username root \
--password 000000 \
--target-dir /origin_data/$APP/db/$1/$do_date \
--delete-target-dir \
--query "$2 where \$CONDITIONS" \
--num-mappers 1
}
import_order_info(){
  import_data order_info "select id, total from order_info"
}
import_user_info(){
  import_data user_info "select id, name from user_info"
}
case $1 in
  "order_info") import_order_info ;;
  "user_info") import_user_info ;;
"all")
   import_order_info
   import_user_info
;;
esac
