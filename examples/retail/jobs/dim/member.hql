-- dim.member: users with city and what the client told at registration.
USE dim;
SET hive.exec.compress.output=true;

INSERT OVERWRITE TABLE member PARTITION (dt = '${dt}')
SELECT u.user_id,
       u.nickname,
       c.name AS city,
       c.region,
       u.registered_on,
       get_json_object(u.attributes, '$.source') AS source,
       get_json_object(u.attributes, '$.vip') = 'true' AS vip
FROM ods.users u
LEFT JOIN dim.city c ON u.city_id = c.city_id
WHERE u.dt = '${dt}';
