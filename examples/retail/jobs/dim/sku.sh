#!/usr/bin/env bash
# dim.sku: articles with their shop and a band of price. Everything above joins with it.
cd "$(dirname "$0")/.." && . conf/common.sh
dt=$1

run_hive "
INSERT OVERWRITE TABLE dim.sku PARTITION (dt = '\${dt}')
SELECT s.sku_id, s.title, s.category, s.shop_id, p.name AS shop_name, s.price,
       CASE WHEN s.price < 50 THEN 'low' WHEN s.price < 120 THEN 'middle' ELSE 'high' END AS price_band
FROM ods.skus s
LEFT JOIN ods.shops p ON s.shop_id = p.shop_id AND p.dt = '\${dt}'
WHERE s.dt = '\${dt}'
"
