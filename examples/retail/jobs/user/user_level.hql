-- dws.user_level: the level that a score earns; users without a score keep theirs.
INSERT OVERWRITE TABLE dws.user_level PARTITION (dt = '${dt}')
SELECT nvl(s.user_id, b.user_id),
       CASE WHEN nvl(s.score, b.score) >= 60 THEN 'gold' WHEN nvl(s.score, b.score) >= 20 THEN 'silver' ELSE 'new' END,
       nvl(s.score, b.score)
FROM (SELECT * FROM dws.user_score WHERE dt = '${dt}') s
FULL OUTER JOIN (SELECT * FROM dws.user_level WHERE dt = date_sub('${dt}', 1)) b ON s.user_id = b.user_id;
