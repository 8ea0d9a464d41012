-- Usage:
--     spark3-sql -f session.hql -d destination_table=traffic.sessions
CREATE OR REPLACE TEMPORARY VIEW actors AS SELECT actor, collect_list(ts) AS stamps FROM raw.webrequest GROUP BY actor;
CACHE TABLE busy AS SELECT * FROM actors WHERE size(stamps) > 3;
INSERT OVERWRITE TABLE ${destination_table} SELECT b.actor, e.name, t.s FROM busy b JOIN canonical.actors e ON b.actor = e.id LATERAL VIEW explode(b.stamps) t AS s;
