#!/usr/bin/env bash
# dwd.order_detail: one row a line of an order, with what the article was on that day.
set -euo pipefail
dt=${1:?day missing}

hive <<SQL
SET hive.exec.parallel=true;
WITH lines AS (
  SELECT i.order_id, i.sku_id, i.quantity, CAST(i.quantity * i.price AS decimal(12,2)) AS line_amount
  FROM ods.order_items i
  WHERE i.dt = '${dt}'
),
placed AS (
  SELECT order_id, user_id, shop_id, status, channel, coupon_id, created_at,
         get_json_object(extra, '\$.client.version') AS client_version
  FROM ods.orders
  WHERE dt = '${dt}'
)
INSERT OVERWRITE TABLE dwd.order_detail PARTITION (dt = '${dt}')
SELECT p.order_id, p.user_id, p.shop_id, l.sku_id, s.category, s.price_band, l.quantity, l.line_amount,
       p.status, p.channel, p.coupon_id, p.client_version, p.created_at
FROM placed p
JOIN lines l ON p.order_id = l.order_id
LEFT JOIN dim.sku s ON l.sku_id = s.sku_id AND s.dt = '${dt}';
SQL
