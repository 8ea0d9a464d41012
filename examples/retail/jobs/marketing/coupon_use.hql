-- dwd.coupon_use: orders with a coupon, and what it took off.
INSERT OVERWRITE TABLE dwd.coupon_use PARTITION (dt = '${dt}')
SELECT o.order_id, o.user_id, o.coupon_id, c.discount, o.amount
FROM ods.orders o
JOIN (SELECT * FROM ods.coupons WHERE dt = '${dt}') c ON o.coupon_id = c.coupon_id
WHERE o.dt = '${dt}' AND o.coupon_id IS NOT NULL;
