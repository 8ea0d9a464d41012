create external table if not exists staging.page (id int) partitioned by (d string) stored as parquet location '/staging/page'
