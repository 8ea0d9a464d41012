#!/usr/bin/env bash
# dws.user_score: today's doings, weighed by yesterday's level. Half of a cycle: see user_level.hql.
set -euo pipefail
dt=$1
yesterday=$(date -d "$dt -1 day" +%F)

hive <<SQL
INSERT OVERWRITE TABLE dws.user_score PARTITION (dt = '$dt')
SELECT d.user_id,
       nvl(l.score, 0) + d.orders * 20 + d.views * CASE nvl(l.level, 'new') WHEN 'gold' THEN 2 ELSE 1 END,
       nvl(l.level, 'new')
FROM dws.user_day d
LEFT JOIN dws.user_level l ON d.user_id = l.user_id AND l.dt = '$yesterday'
WHERE d.dt = '$dt';
SQL
