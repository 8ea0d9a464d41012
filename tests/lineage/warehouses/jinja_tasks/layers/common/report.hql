create view if not exists common.v_active as select * from common.customer_contract where closed = 0;
insert overwrite table bdr.report select region, count(*) from common.v_active group by region;
