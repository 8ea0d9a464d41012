-- ODS: rows as the shop's own databases have them, one partition a day.
CREATE DATABASE IF NOT EXISTS ods;
USE ods;

CREATE TABLE IF NOT EXISTS orders (
  order_id   bigint,
  user_id    bigint,
  shop_id    bigint,
  status     string COMMENT 'open | paid',
  amount     decimal(12,2),
  coupon_id  bigint,
  channel    string COMMENT 'app | web | mini | store',
  created_at string,
  extra      string COMMENT 'JSON of the client'
) COMMENT 'orders placed' PARTITIONED BY (dt string) STORED AS PARQUET;

CREATE TABLE IF NOT EXISTS order_items (
  order_id bigint, line int, sku_id bigint, quantity int, price decimal(10,2), created_at string
) PARTITIONED BY (dt string) STORED AS PARQUET;

CREATE TABLE IF NOT EXISTS payments (
  payment_id bigint, order_id bigint, method string, amount decimal(12,2), paid_at string
) PARTITIONED BY (dt string) STORED AS PARQUET;

CREATE TABLE IF NOT EXISTS refunds (
  refund_id bigint, order_id bigint, reason string, amount decimal(12,2), refunded_at string
) PARTITIONED BY (dt string) STORED AS PARQUET;

CREATE TABLE IF NOT EXISTS users (
  user_id bigint, nickname string, phone string, city_id bigint, registered_on string, attributes string
) COMMENT 'all users as of the day' PARTITIONED BY (dt string) STORED AS PARQUET;

CREATE TABLE IF NOT EXISTS skus (
  sku_id bigint, title string, category string, shop_id bigint, price decimal(10,2), listed_on string
) PARTITIONED BY (dt string) STORED AS PARQUET;

CREATE TABLE IF NOT EXISTS shops (
  shop_id bigint, name string, city_id bigint, opened_on string
) PARTITIONED BY (dt string) STORED AS TEXTFILE;

CREATE TABLE IF NOT EXISTS coupons (
  coupon_id bigint, title string, discount decimal(10,2), valid_from string
) PARTITIONED BY (dt string) STORED AS TEXTFILE;

CREATE TABLE IF NOT EXISTS page_views (
  user_id bigint, session_id string, page string, sku_id bigint, device string, tags string COMMENT 'comma-separated',
  url string, viewed_at string, stay_ms bigint
) PARTITIONED BY (dt string) STORED AS PARQUET;
