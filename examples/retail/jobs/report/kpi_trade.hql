-- ads.kpi, topic trade.
INSERT OVERWRITE TABLE ads.kpi PARTITION (dt = '${dt}', topic = 'trade')
SELECT 'amount', amount FROM dws.channel_day WHERE dt = '${dt}' AND channel IS NULL AND category IS NULL
UNION ALL
SELECT 'store orders', count(*) FROM dwd.store_order WHERE dt = '${dt}';
