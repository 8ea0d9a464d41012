-- dws.sku_day (Spark): what was sold and looked at.
CREATE OR REPLACE TEMPORARY VIEW sold AS
SELECT sku_id, count(DISTINCT user_id) AS buyers, sum(quantity) AS items, sum(line_amount) AS amount
FROM dwd.valid_order
WHERE dt = '${dt}'
GROUP BY sku_id;

CREATE OR REPLACE TEMPORARY VIEW looked AS
SELECT sku_id, count(*) AS views FROM dwd.page_view WHERE dt = '${dt}' AND sku_id IS NOT NULL GROUP BY sku_id;

INSERT OVERWRITE TABLE dws.sku_day PARTITION (dt = '${dt}')
SELECT /*+ BROADCAST(sold) */ s.sku_id, s.category, coalesce(sold.buyers, 0), coalesce(sold.items, 0),
       coalesce(sold.amount, 0), coalesce(looked.views, 0)
FROM dim.sku s
LEFT JOIN sold ON s.sku_id = sold.sku_id
LEFT JOIN looked ON s.sku_id = looked.sku_id
WHERE s.dt = '${dt}';
