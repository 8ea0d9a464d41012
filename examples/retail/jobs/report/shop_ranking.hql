-- ads.shop_ranking: shops by sales; the shop's number decides between equals.
INSERT OVERWRITE TABLE ads.shop_ranking PARTITION (dt = '${dt}')
SELECT shop_id, amount, row_number() OVER (ORDER BY amount DESC, shop_id)
FROM dws.shop_day
WHERE dt = '${dt}';
