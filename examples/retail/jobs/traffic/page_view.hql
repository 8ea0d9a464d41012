-- dwd.page_view: views by device, a partition each.
SET hive.exec.dynamic.partition=true;
SET hive.exec.dynamic.partition.mode=nonstrict;

INSERT OVERWRITE TABLE dwd.page_view PARTITION (dt = '${dt}', device)
SELECT user_id, session_id, page, sku_id, parse_url(url, 'QUERY', 'from') AS came_from, viewed_at, stay_ms, device
FROM ods.page_views
WHERE dt = '${dt}' AND user_id IS NOT NULL
DISTRIBUTE BY device;
