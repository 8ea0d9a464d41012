#!/usr/bin/env python3
"""Writes a workload of N tables, each with the job that writes it daily: large_workload.py N. The same N gives the same bytes."""
import json
import random
import sys

count = int(sys.argv[1])
rng = random.Random(7)
GB = 10**9
LAYERS = ["ods", "dwd", "dws", "ads"]


def table(number):
    return f"{LAYERS[number * 4 // count]}.t{number:06}"


def inputs(number):
    """Mostly of tables that are near, some of the few that everybody reads."""
    near = [rng.randrange(max(0, number - 200), number) for _ in range(rng.randrange(4))] if number else []
    far = [int(number * rng.random() ** 4)] if number and rng.random() < 0.3 else []
    return sorted(set(near + far))


tables, jobs = [], []
for number in range(count):
    size = int(GB * min(5000, rng.lognormvariate(1, 1.8))) + 1
    tables.append({"name": table(number), "bytes": size, "changed_bytes_per_day": size // rng.randrange(30, 400)})
    jobs.append({"name": f"job_{number:06}", "type": "sql", "workflow": f"w{number // 8}", "run_s": int(rng.lognormvariate(5, 1)),
                 "schedule": f"{rng.randrange(60)} {min(7, number * 8 // count)} * * *",
                 "reads": [{"table": table(i), "bytes_per_day": tables[i]["changed_bytes_per_day"]} for i in inputs(number)],
                 "writes": [{"table": table(number), "bytes_per_day": tables[number]["changed_bytes_per_day"]}]})
json.dump({"format": "godwit-workload/1", "tables": tables, "jobs": jobs}, sys.stdout)
