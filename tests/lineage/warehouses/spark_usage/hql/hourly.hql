-- Aggregates requests by the hour.
--
-- Parameters:
--     source_table       -- Fully qualified table name of the requests
--
-- Usage:
--     spark3-sql -f hourly.hql                         \
--         -d source_table=raw.webrequest           \
--         -d destination_table=traffic.hourly      \
--         -d coalesce_partitions=1                     \
--         -d year=2024 -d month=4 -d day=1
--

SET spark.sql.shuffle.partitions = 64;
WITH filtered AS (
    SELECT /*+ BROADCAST(p) */ r.host, r.path, p.project
    FROM ${source_table} r
    JOIN canonical.projects p ON r.host = p.host
    WHERE year=${year} AND month=${month}
)
INSERT OVERWRITE TABLE ${destination_table} PARTITION(year=${year}, month=${month}, day=${day})
SELECT /*+ COALESCE(${coalesce_partitions}) */ project, count(*) FROM filtered GROUP BY project
;
