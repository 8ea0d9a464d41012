-- DWD: cleaned facts, one row an event.
CREATE DATABASE IF NOT EXISTS dwd;
USE dwd;

CREATE TABLE IF NOT EXISTS order_detail (
  order_id bigint, user_id bigint, shop_id bigint, sku_id bigint, category string, price_band string, quantity int,
  line_amount decimal(12,2), status string, channel string, coupon_id bigint, client_version string, created_at string
) PARTITIONED BY (dt string) STORED AS PARQUET;

CREATE TABLE IF NOT EXISTS payment_detail (
  payment_id bigint, order_id bigint, user_id bigint, shop_id bigint, method string, amount decimal(12,2),
  refunded decimal(12,2)
) PARTITIONED BY (dt string) STORED AS PARQUET;

CREATE TABLE IF NOT EXISTS online_order (
  order_id bigint, user_id bigint, amount decimal(12,2), channel string
) PARTITIONED BY (dt string) STORED AS PARQUET;

CREATE TABLE IF NOT EXISTS store_order (
  order_id bigint, user_id bigint, shop_id bigint, amount decimal(12,2)
) PARTITIONED BY (dt string) STORED AS PARQUET;

CREATE TABLE IF NOT EXISTS page_view (
  user_id bigint, session_id string, page string, sku_id bigint, came_from string, viewed_at string, stay_ms bigint
) PARTITIONED BY (dt string, device string) STORED AS PARQUET;

CREATE TABLE IF NOT EXISTS view_tag (
  user_id bigint, session_id string, tag string, stay_ms bigint
) PARTITIONED BY (dt string) STORED AS PARQUET;

CREATE TABLE IF NOT EXISTS coupon_use (
  order_id bigint, user_id bigint, coupon_id bigint, discount decimal(10,2), amount decimal(12,2)
) PARTITIONED BY (dt string) STORED AS PARQUET;
