-- dws.session_entry: the page by which a session came in. Clients send views in batches, so many share a second.
INSERT OVERWRITE TABLE dws.session_entry PARTITION (dt = '${dt}')
SELECT session_id, user_id, page, came_from
FROM (
  SELECT session_id, user_id, page, came_from,
         row_number() OVER (PARTITION BY session_id ORDER BY viewed_at) AS n
  FROM dwd.page_view
  WHERE dt = '${dt}'
) v
WHERE n = 1;
