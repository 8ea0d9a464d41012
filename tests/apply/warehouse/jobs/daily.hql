INSERT OVERWRITE TABLE dwd.daily PARTITION (dt = '${dt}')
SELECT shop, count(*), sum(amount) FROM ods.orders WHERE dt = '${dt}' GROUP BY shop;
