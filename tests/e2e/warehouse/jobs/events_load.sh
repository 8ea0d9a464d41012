# Appends: a run that happens twice, or on both sides, is seen as rows that are there twice.
set -e
dt=$1
spark-sql -e "
INSERT INTO mig.events PARTITION (dt = '${dt}')
SELECT id, concat('v', id % 97), CAST(id * 1.5 AS DECIMAL(18,4)) FROM mig.seed"
