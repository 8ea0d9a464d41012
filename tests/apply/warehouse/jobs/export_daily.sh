sqoop export --connect jdbc:mysql://report/daily --table daily --hcatalog-database dwd --hcatalog-table daily
