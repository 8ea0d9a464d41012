-- Usage:  spark3-sql -f merge.hql -d target=traffic.state
MERGE INTO ${target} t USING (SELECT * FROM traffic.daily WHERE d > 1) s ON t.id = s.id
WHEN MATCHED THEN UPDATE SET t.v = s.v WHEN NOT MATCHED THEN INSERT *;
