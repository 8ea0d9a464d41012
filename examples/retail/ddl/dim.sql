-- DIM: what everybody joins with.
CREATE DATABASE IF NOT EXISTS dim;
USE dim;

CREATE TABLE IF NOT EXISTS city (city_id bigint, name string, region string) STORED AS PARQUET;
INSERT OVERWRITE TABLE city VALUES
  (1, 'Oslo', 'north'), (2, 'Bergen', 'north'), (3, 'Lyon', 'south'), (4, 'Nice', 'south'),
  (5, 'Gdansk', 'east'), (6, 'Lublin', 'east'), (7, 'Porto', 'west'), (8, 'Vigo', 'west'),
  (9, 'Turin', 'south'), (10, 'Graz', 'east'), (11, 'Bern', 'centre'), (12, 'Ulm', 'centre');

CREATE TABLE IF NOT EXISTS sku (
  sku_id bigint, title string, category string, shop_id bigint, shop_name string, price decimal(10,2), price_band string
) COMMENT 'the hub: every layer above joins with it' PARTITIONED BY (dt string) STORED AS PARQUET;

CREATE TABLE IF NOT EXISTS shop (
  shop_id bigint, name string, city string, region string
) PARTITIONED BY (dt string) STORED AS PARQUET;

CREATE TABLE IF NOT EXISTS member (
  user_id bigint, nickname string, city string, region string, registered_on string, source string, vip boolean
) PARTITIONED BY (dt string) STORED AS PARQUET;
