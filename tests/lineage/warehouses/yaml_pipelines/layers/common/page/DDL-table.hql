create external table if not exists common.page (id int) partitioned by (d string) stored as parquet location '/common/page'
