{% set src = 'landing' %}
FROM {{ src }}.crm_contract k
INSERT OVERWRITE TABLE staging.crm_contract PARTITION (load_date='{{ ds }}') SELECT k.id, k.customer_id WHERE k.kind = 'A'
INSERT OVERWRITE TABLE staging.crm_contract_closed PARTITION (load_date='{{ ds }}') SELECT k.id, k.customer_id WHERE k.kind = 'C'
