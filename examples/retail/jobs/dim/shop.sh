#!/usr/bin/env bash
# dim.shop: shops with their city.
cd "$(dirname "$0")/.." && . conf/common.sh
dt=$1

run_hive "
INSERT OVERWRITE TABLE dim.shop PARTITION (dt = '\${dt}')
SELECT p.shop_id, p.name, c.name AS city, c.region
FROM ods.shops p JOIN dim.city c ON p.city_id = c.city_id
WHERE p.dt = '\${dt}'
"
