#!/usr/bin/env bash
# The day's sales and ranking to the database that the board's pages read.
cd "$(dirname "$0")/.." && . conf/common.sh
dt=$1

for table in gmv_daily shop_ranking; do
  key=$([ $table = gmv_daily ] && echo dt,channel || echo dt,shop_id)
  sqoop export --connect "$REPORT_DB/report" --username report --password-file /etc/etl/report.pw \
    --table $table --hcatalog-database ads --hcatalog-table $table \
    --hcatalog-partition-keys dt --hcatalog-partition-values "$dt" \
    --update-key "$key" --update-mode allowinsert
done
