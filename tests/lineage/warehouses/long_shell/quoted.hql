"insert overwrite table mart.quoted
select * from mart.kpi"
