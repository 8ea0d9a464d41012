-- dwd.view_tag: one row a tag of a view.
INSERT OVERWRITE TABLE dwd.view_tag PARTITION (dt = '${dt}')
SELECT user_id, session_id, tag, stay_ms
FROM ods.page_views
LATERAL VIEW explode(split(tags, ',')) t AS tag
WHERE dt = '${dt}' AND tags <> '';
