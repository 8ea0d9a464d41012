#!/usr/bin/env bash
# ads.gmv_daily: what the board looks at in the morning.
cd "$(dirname "$0")/.." && . conf/common.sh
dt=$1

run_hive "
INSERT OVERWRITE TABLE ads.gmv_daily PARTITION (dt = '\${dt}')
SELECT channel, count(DISTINCT order_id), count(DISTINCT user_id), sum(line_amount)
FROM dwd.valid_order
WHERE dt = '\${dt}'
GROUP BY channel
"
count=$(hive -S -e "SELECT count(*) FROM ads.gmv_daily WHERE dt = '$dt'")
if [ "$count" -eq 0 ]; then
  echo "no sales on $dt" >&2
  exit 1
fi
