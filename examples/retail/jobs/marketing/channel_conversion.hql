-- ads.channel_conversion: sessions by where they came from, and how many of them paid.
INSERT OVERWRITE TABLE ads.channel_conversion PARTITION (dt = '${dt}')
SELECT e.came_from, count(*), count(o.user_id)
FROM dws.session_entry e
LEFT JOIN (SELECT DISTINCT user_id FROM dwd.online_order WHERE dt = '${dt}') o ON e.user_id = o.user_id
WHERE e.dt = '${dt}'
GROUP BY e.came_from;
