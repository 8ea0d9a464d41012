-- ads.recommendation (Spark): for each active user the articles most similar to what they bought.
WITH liked AS (
  SELECT DISTINCT o.user_id, s.other_sku_id AS sku_id, s.together
  FROM dwd.valid_order o
  JOIN ads.item_similarity s ON o.sku_id = s.sku_id AND s.dt = '${dt}'
  WHERE o.dt = '${dt}'
)
INSERT OVERWRITE TABLE ads.recommendation PARTITION (dt = '${dt}')
SELECT user_id, array_sort(collect_set(sku_id)) FROM liked WHERE together > 1 GROUP BY user_id;
