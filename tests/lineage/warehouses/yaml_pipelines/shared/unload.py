import argparse
from pyspark.sql import SparkSession

parser = argparse.ArgumentParser()
parser.add_argument("--query")
parser.add_argument("--output")
args = parser.parse_args()
spark = SparkSession.builder.enableHiveSupport().getOrCreate()
with open(args.query) as f:
    spark.sql(f.read()).write.text(args.output)
