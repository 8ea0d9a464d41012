import sys
from pyspark.sql import SparkSession
from config import DB, OUT

day = sys.argv[1]
spark = SparkSession.builder.appName("mart").enableHiveSupport().getOrCreate()
QUERY = """
    insert overwrite table {db}.mart_{name} partition (d='{day}')
    select * from {db}.src_{name} where d = '{day}' -- not from here.it
"""
for name in ["a", "b"]:
    spark.sql(QUERY.format(db=DB, name=name, day=day))
spark.sql(f"select * from {DB}.users where d = '{day}'").createOrReplaceTempView("v_users")
stat = spark.sql("""
    with per_city as (select city, count(*) n from v_users group by city)
    select p.*, c.name from per_city p join dim.city c on p.city = c.id where c.name <> 'insert into no.table'
""")
stat.write.mode("overwrite").partitionBy("d").saveAsTable(name=OUT, format="parquet")
