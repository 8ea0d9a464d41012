-- ads.top_sku: the ten articles of each category with the most buyers.
INSERT OVERWRITE TABLE ads.top_sku PARTITION (dt = '${dt}')
SELECT category, sku_id, buyers, n
FROM (
  SELECT *, row_number() OVER (PARTITION BY category ORDER BY buyers DESC, sku_id) AS n
  FROM dws.sku_day
  WHERE dt = '${dt}'
) t
WHERE n <= 10;
