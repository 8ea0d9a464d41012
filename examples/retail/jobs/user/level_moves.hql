-- ads.level_moves: how many users stand where.
INSERT OVERWRITE TABLE ads.level_moves PARTITION (dt = '${dt}')
SELECT level, count(*), sum(score) FROM dws.user_level WHERE dt = '${dt}' GROUP BY level;
