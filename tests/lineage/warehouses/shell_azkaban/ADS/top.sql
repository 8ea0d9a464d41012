insert overwrite table ads_top select * from dws_user_daycount where dt='__DT__' union all select * from ads_top where dt<>'__DT__';
