-- dws.shop_day (Spark): a shop's day.
INSERT OVERWRITE TABLE dws.shop_day PARTITION (dt = '${dt}')
SELECT p.shop_id, max(s.region), count(DISTINCT p.order_id), sum(p.amount), sum(p.refunded)
FROM dwd.payment_detail p
LEFT JOIN dim.shop s ON p.shop_id = s.shop_id AND s.dt = p.dt
WHERE p.dt = '${dt}'
GROUP BY p.shop_id;
