#!/usr/bin/env bash
# ads.refund_alert: shops that give back too much. Appends: running it twice writes twice.
cd "$(dirname "$0")/.." && . conf/common.sh
dt=$1

run_hive "
INSERT INTO TABLE ads.refund_alert PARTITION (dt = '\${dt}')
SELECT shop_id, refunded, refunded / amount, current_timestamp()
FROM dws.shop_day
WHERE dt = '\${dt}' AND refunded > 0.08 * amount
"
