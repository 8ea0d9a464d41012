create external table if not exists common.user (id int) partitioned by (d string) stored as parquet location '/common/user'
