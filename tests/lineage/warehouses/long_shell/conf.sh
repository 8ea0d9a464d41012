export HIVE_URL="jdbc:hive2://hive:10000/default"
export HIVE_DATA_BASE=${HIVE_DATA_BASE:-mart}
