-- Views, whose text belongs to the lineage.
USE dwd;

-- Read by several jobs in place of the table: orders that count.
CREATE VIEW IF NOT EXISTS valid_order AS
SELECT order_id, user_id, shop_id, sku_id, category, quantity, line_amount, channel, dt
FROM dwd.order_detail
WHERE status = 'paid';
