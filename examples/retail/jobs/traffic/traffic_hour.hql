-- dws.traffic_hour: views, visitors and the median stay by hour.
SET hive.exec.dynamic.partition.mode=nonstrict;

INSERT OVERWRITE TABLE dws.traffic_hour PARTITION (dt, device)
SELECT hour(viewed_at), page, count(*), count(DISTINCT user_id), percentile(stay_ms, 0.5), dt, device
FROM dwd.page_view
WHERE dt = '${dt}'
GROUP BY hour(viewed_at), page, dt, device;
