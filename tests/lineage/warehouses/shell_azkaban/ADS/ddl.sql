drop table if exists gmall.ads_top;
create external table gmall.ads_top (x string) row format delimited fields terminated by '\t' location '/warehouse/gmall/ads/ads_top/';
