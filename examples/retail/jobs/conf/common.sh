# Sourced by the scripts of this folder.
set -euo pipefail

TRADE_DB=jdbc:mysql://trade-db.retail.example:3306
REPORT_DB=jdbc:mysql://report-db.retail.example:3306

# pull TABLE DATABASE WHERE: one table of the shop's databases → its partition of the day
pull() {
  sqoop import --connect "$TRADE_DB/$2" --username etl --password-file /etc/etl/trade.pw \
    --table "$1" --where "$3" --hive-import --hive-overwrite \
    --hive-database ods --hive-table "$1" --hive-partition-key dt --hive-partition-value "$dt" -m 1
}

# run_hive SQL: with the day as ${dt}
run_hive() {
  hive -S --hivevar dt="$dt" -e "$1"
}
