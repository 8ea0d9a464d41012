-- ads.coupon_effect: uses of a coupon, and the tags that its users looked at.
INSERT OVERWRITE TABLE ads.coupon_effect PARTITION (dt = '${dt}')
SELECT u.coupon_id, count(DISTINCT u.order_id), sum(u.discount), sum(u.amount), collect_set(t.tag)
FROM (SELECT DISTINCT order_id, user_id, coupon_id, discount, amount FROM dwd.coupon_use WHERE dt = '${dt}') u
LEFT JOIN (SELECT DISTINCT user_id, tag FROM dwd.view_tag WHERE dt = '${dt}') t ON u.user_id = t.user_id
GROUP BY u.coupon_id;
