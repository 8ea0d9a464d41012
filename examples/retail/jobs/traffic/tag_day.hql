-- dws.tag_day: what tags hold people's eyes.
INSERT OVERWRITE TABLE dws.tag_day PARTITION (dt = '${dt}')
SELECT tag, count(DISTINCT user_id), avg(stay_ms)
FROM dwd.view_tag
WHERE dt = '${dt}'
GROUP BY tag;
