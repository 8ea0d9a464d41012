insert overwrite table mart.m1 select * from mart.kpi

insert overwrite table mart.m2 select * from mart.m1
