-- ads.user_retention (Spark): of those who first ordered on a day, how many were active today.
INSERT OVERWRITE TABLE ads.user_retention PARTITION (dt = '${dt}')
SELECT f.first_dt, count(*), count_if(d.user_id IS NOT NULL)
FROM dws.first_order f
LEFT JOIN dws.user_day d ON f.user_id = d.user_id AND d.dt = '${dt}'
WHERE f.dt = '${dt}' AND datediff('${dt}', f.first_dt) <= 30
GROUP BY f.first_dt;
