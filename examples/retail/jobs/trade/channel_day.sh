#!/usr/bin/env bash
# dws.channel_day: by channel and category, with all subtotals.
cd "$(dirname "$0")/.." && . conf/common.sh
dt=$1

run_hive "
INSERT OVERWRITE TABLE dws.channel_day PARTITION (dt = '\${dt}')
SELECT channel, category, count(DISTINCT order_id), sum(line_amount)
FROM dwd.valid_order
WHERE dt = '\${dt}'
GROUP BY channel, category GROUPING SETS ((channel, category), (channel), (category), ())
"
