-- DWS: a day's sums by subject.
CREATE DATABASE IF NOT EXISTS dws;
USE dws;

CREATE TABLE IF NOT EXISTS user_day (
  user_id bigint, orders bigint, items bigint, amount decimal(14,2), views bigint, stay_ms bigint
) PARTITIONED BY (dt string) STORED AS PARQUET;

CREATE TABLE IF NOT EXISTS sku_day (
  sku_id bigint, category string, buyers bigint, items bigint, amount decimal(14,2), views bigint
) PARTITIONED BY (dt string) STORED AS PARQUET;

CREATE TABLE IF NOT EXISTS shop_day (
  shop_id bigint, region string, orders bigint, amount decimal(14,2), refunded decimal(14,2)
) PARTITIONED BY (dt string) STORED AS PARQUET;

CREATE TABLE IF NOT EXISTS first_order (
  user_id bigint, first_dt string, first_channel string
) COMMENT 'grows from day to day: each reads the one before' PARTITIONED BY (dt string) STORED AS PARQUET;

CREATE TABLE IF NOT EXISTS channel_day (
  channel string, category string, orders bigint, amount decimal(14,2)
) COMMENT 'with subtotals: NULL is all' PARTITIONED BY (dt string) STORED AS PARQUET;

CREATE TABLE IF NOT EXISTS traffic_hour (
  hour int, page string, views bigint, visitors bigint, stay_p50 double
) PARTITIONED BY (dt string, device string) STORED AS PARQUET;

CREATE TABLE IF NOT EXISTS session_entry (
  session_id string, user_id bigint, entry_page string, came_from string
) PARTITIONED BY (dt string) STORED AS PARQUET;

CREATE TABLE IF NOT EXISTS tag_day (
  tag string, visitors bigint, avg_stay double
) PARTITIONED BY (dt string) STORED AS PARQUET;

-- The two of a cycle: today's level looks at today's score, today's score at yesterday's level. Both are complete up to
-- the day before the first.
CREATE TABLE IF NOT EXISTS user_score (
  user_id bigint, score bigint, level_before string
) PARTITIONED BY (dt string) STORED AS PARQUET;

CREATE TABLE IF NOT EXISTS user_level (
  user_id bigint, level string, score bigint
) PARTITIONED BY (dt string) STORED AS PARQUET TBLPROPERTIES ('watermark' = '${before_first}');
