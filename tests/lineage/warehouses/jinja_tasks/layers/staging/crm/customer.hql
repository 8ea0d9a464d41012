----------------------------------------
-- customer: daily snapshot
----------------------------------------
set hive.exec.dynamic.partition.mode=nonstrict;
INSERT OVERWRITE TABLE staging.crm_customer PARTITION (load_date = '{{ ti.xcom_pull(key='load_date') }}')
SELECT c.id, c.name, r.region
FROM landing.crm_customer c
LEFT JOIN landing.crm_region r ON c.region_id = r.id
WHERE c.load_date = '{{ ds }}'
{# AND c.deleted = 0 #}
;
