-- Orders by where they were placed: one pass, two tables.
FROM (
  SELECT order_id, user_id, shop_id, amount, channel FROM ods.orders WHERE dt = '${dt}'
) o
INSERT OVERWRITE TABLE dwd.online_order PARTITION (dt = '${dt}')
  SELECT o.order_id, o.user_id, o.amount, o.channel WHERE o.channel <> 'store'
INSERT OVERWRITE TABLE dwd.store_order PARTITION (dt = '${dt}')
  SELECT o.order_id, o.user_id, o.shop_id, o.amount WHERE o.channel = 'store';
