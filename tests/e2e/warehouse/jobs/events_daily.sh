set -e
dt=$1
awaits mig.events "dt=$dt" # a sensor: the run is put off until the partition is there
spark-sql -e "
INSERT OVERWRITE TABLE mig.daily PARTITION (dt = '${dt}')
SELECT v, count(*), sum(id) FROM mig.events WHERE dt = '${dt}' GROUP BY v"
