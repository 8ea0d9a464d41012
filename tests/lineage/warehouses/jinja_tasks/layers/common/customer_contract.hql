DROP TABLE IF EXISTS {{ params.schema }}.tmp_contract_{{ ds_nodash }};
CREATE TABLE {{ params.schema }}.tmp_contract_{{ ds_nodash }} AS
SELECT * FROM staging.crm_contract WHERE load_date = '{{ ds }}'
UNION ALL
SELECT * FROM staging.crm_contract_closed WHERE load_date = '{{ ds }}';

WITH latest AS (
  SELECT *, row_number() OVER (PARTITION BY customer_id ORDER BY id DESC) rn
  FROM {{ params.schema }}.tmp_contract_{{ ds_nodash }}
)
INSERT OVERWRITE TABLE {{ params.schema }}.customer_contract PARTITION (load_date)
SELECT u.id, l.id, u.load_date FROM staging.crm_customer u JOIN latest l ON u.id = l.customer_id AND l.rn = 1;
DROP TABLE {{ params.schema }}.tmp_contract_{{ ds_nodash }};
