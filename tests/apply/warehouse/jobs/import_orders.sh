sqoop import --connect jdbc:mysql://shop/orders --table orders --hive-import --hive-table ods.orders --hive-partition-key dt --hive-partition-value "$1"
