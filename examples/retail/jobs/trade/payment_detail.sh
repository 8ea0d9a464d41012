#!/usr/bin/env bash
# dwd.payment_detail: payments with what was given back on the same day.
set -euo pipefail
dt=${1:?day missing}

beeline -u jdbc:hive2://hs2.retail.example:10000/dwd -n etl --silent=true --hivevar dt="$dt" -e '
INSERT OVERWRITE TABLE payment_detail PARTITION (dt = "${dt}")
SELECT p.payment_id, p.order_id, o.user_id, o.shop_id, p.method, p.amount, nvl(r.refunded, 0)
FROM ods.payments p
JOIN ods.orders o ON p.order_id = o.order_id AND o.dt = "${dt}"
LEFT JOIN (
  SELECT order_id, sum(amount) AS refunded FROM ods.refunds WHERE dt = "${dt}" GROUP BY order_id
) r ON p.order_id = r.order_id
WHERE p.dt = "${dt}"'
