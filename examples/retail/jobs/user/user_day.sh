#!/usr/bin/env bash
# dws.user_day: what a user bought and looked at.
cd "$(dirname "$0")/.." && . conf/common.sh
dt=$1

hive --hivevar dt="$dt" <<'SQL'
WITH bought AS (
  SELECT user_id, count(DISTINCT order_id) AS orders, sum(quantity) AS items, sum(line_amount) AS amount
  FROM dwd.valid_order
  WHERE dt = '${dt}'
  GROUP BY user_id
),
looked AS (
  SELECT user_id, count(*) AS views, sum(stay_ms) AS stay_ms FROM dwd.page_view WHERE dt = '${dt}' GROUP BY user_id
)
INSERT OVERWRITE TABLE dws.user_day PARTITION (dt = '${dt}')
SELECT u.user_id, nvl(b.orders, 0), nvl(b.items, 0), nvl(b.amount, 0), nvl(l.views, 0), nvl(l.stay_ms, 0)
FROM dim.member u
LEFT JOIN bought b ON u.user_id = b.user_id
LEFT JOIN looked l ON u.user_id = l.user_id
WHERE u.dt = '${dt}' AND (b.user_id IS NOT NULL OR l.user_id IS NOT NULL);
SQL
