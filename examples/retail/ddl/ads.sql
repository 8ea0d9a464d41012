-- ADS: what people and applications look at.
CREATE DATABASE IF NOT EXISTS ads;
USE ads;

CREATE TABLE IF NOT EXISTS gmv_daily (
  channel string, orders bigint, buyers bigint, gmv decimal(14,2)
) PARTITIONED BY (dt string) STORED AS PARQUET;

CREATE TABLE IF NOT EXISTS shop_ranking (
  shop_id bigint, gmv decimal(14,2), position int
) PARTITIONED BY (dt string) STORED AS PARQUET;

CREATE TABLE IF NOT EXISTS top_sku (
  category string, sku_id bigint, buyers bigint, position int
) PARTITIONED BY (dt string) STORED AS PARQUET;

CREATE TABLE IF NOT EXISTS user_retention (
  first_dt string, users bigint, active bigint
) PARTITIONED BY (dt string) STORED AS PARQUET;

CREATE TABLE IF NOT EXISTS level_moves (
  level string, users bigint, score bigint
) PARTITIONED BY (dt string) STORED AS PARQUET;

CREATE TABLE IF NOT EXISTS refund_alert (
  shop_id bigint, refunded decimal(14,2), share decimal(8,4), noticed_at timestamp
) PARTITIONED BY (dt string) STORED AS PARQUET;

CREATE TABLE IF NOT EXISTS channel_conversion (
  came_from string, sessions bigint, paying bigint
) PARTITIONED BY (dt string) STORED AS PARQUET;

CREATE TABLE IF NOT EXISTS coupon_effect (
  coupon_id bigint, uses bigint, discount decimal(14,2), amount decimal(14,2), tags array<string>
) PARTITIONED BY (dt string) STORED AS PARQUET;

CREATE TABLE IF NOT EXISTS item_similarity (
  sku_id bigint, other_sku_id bigint, together bigint
) PARTITIONED BY (dt string) STORED AS PARQUET;

CREATE TABLE IF NOT EXISTS recommendation (
  user_id bigint, sku_ids array<bigint>
) PARTITIONED BY (dt string) STORED AS PARQUET;

CREATE TABLE IF NOT EXISTS kpi (
  name string, value decimal(16,2)
) PARTITIONED BY (dt string, topic string) STORED AS PARQUET;
