-- Usage:
--     hive -f daily.hql -d source_table=traffic.hourly -d destination_table=traffic.daily -d date=2024-04-01
DELETE FROM ${destination_table} WHERE day = TO_DATE('${date}');
INSERT INTO ${destination_table} SELECT project, SUM(v) FROM ${source_table} GROUP BY project;
