#!/usr/bin/env python3
"""Writes a folder of N job scripts in the styles that teams use: make_warehouse.py N FOLDER. The same N gives the same bytes."""
import pathlib
import random
import sys

count, folder = int(sys.argv[1]), pathlib.Path(sys.argv[2])
rng = random.Random(7)
LAYERS = ["ods", "dwd", "dws", "ads"]


def table(number):
    return f"{LAYERS[min(3, number * 4 // count)]}.t{number}"


def query(number):
    inputs = sorted({rng.randrange(max(1, number)) for _ in range(rng.randint(1, 4))})
    columns = ",\n  ".join(f"a.c{i} as c{i}" for i in range(rng.randint(4, 24)))
    joins = "\n".join(f"left join (select id, max(v) v from {table(i)} where dt = '$do_date' group by id) j{i} on a.id = j{i}.id"
                      for i in inputs[1:])
    return (f"insert overwrite table {table(number)} partition (dt='$do_date')\nselect {columns},\n"
            f"  sum(a.v) as total, count(distinct a.user_id) as users\nfrom {table(inputs[0])} a\n{joins}\n"
            f"where a.dt = '$do_date' and a.kind in ('x', 'y', 'z')\ngroup by a.id")


def shell(number):
    return ("#!/bin/bash\n# daily\nhive=/opt/hive/bin/hive\nif [ -n \"$1\" ]; then do_date=$1; else do_date=`date -d '-1 day' +%F`; fi\n"
            f"sql=\"\n{query(number)};\n\"\n$hive -e \"$sql\" || exit 1\necho done\n")


def hql(number):
    return f"-- {table(number)}\nset hive.exec.dynamic.partition=true;\n" + query(number).replace("$do_date", "${hiveconf:dt}") + ";\n"


def python(number):
    return ("from pyspark.sql import SparkSession\nspark = SparkSession.builder.getOrCreate()\n"
            f"do_date = '2024-01-01'\nspark.sql(f\"\"\"{query(number).replace('$do_date', '{do_date}')}\"\"\")\n")


for number in range(count):
    kind = number % 10
    name, text = (("x.sh", shell(number)) if kind < 5 else ("x.hql", hql(number)) if kind < 9 else ("x.py", python(number)))
    path = folder / f"g{number // 200:04}" / name.replace("x", f"job_{number:06}")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
