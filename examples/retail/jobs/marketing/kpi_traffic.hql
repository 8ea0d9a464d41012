-- ads.kpi, topic traffic. Two jobs write this table, a partition each.
INSERT OVERWRITE TABLE ads.kpi PARTITION (dt = '${dt}', topic = 'traffic')
SELECT 'views', sum(views) FROM dws.traffic_hour WHERE dt = '${dt}'
UNION ALL
SELECT 'tags', count(*) FROM dws.tag_day WHERE dt = '${dt}';
