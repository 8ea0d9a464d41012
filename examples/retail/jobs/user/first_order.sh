#!/usr/bin/env bash
# dws.first_order: yesterday's, and whoever ordered today for the first time.
set -euo pipefail
dt=$1
yesterday=$(date -d "$dt -1 day" +%F)

hive --hivevar dt="$dt" --hivevar yesterday="$yesterday" -e "
INSERT OVERWRITE TABLE dws.first_order PARTITION (dt = '\${dt}')
SELECT user_id, first_dt, first_channel FROM dws.first_order WHERE dt = '\${yesterday}'
UNION ALL
SELECT o.user_id, '\${dt}', min(o.channel)
FROM dwd.valid_order o
LEFT JOIN dws.first_order f ON o.user_id = f.user_id AND f.dt = '\${yesterday}'
WHERE o.dt = '\${dt}' AND f.user_id IS NULL
GROUP BY o.user_id
"
