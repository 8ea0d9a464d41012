create external table if not exists staging.user (id int) partitioned by (d string) stored as parquet location '/staging/user'
