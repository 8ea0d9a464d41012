#!/usr/bin/env python3
"""The graph with its names as a workload file. usage: make_workload.py > workload.json"""
import csv
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
TYPES = ("import", "sql", "jar", "export", "view")
MEGABYTE = 10**6


def rows(name):
    with open(HERE / name, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def main():
    table_rows, job_rows = rows("bqetl.tables.csv"), rows("bqetl.jobs.csv")
    with open(HERE / "bqetl.lg", encoding="ascii") as file:
        _, tables, jobs, edges = file.readline().split()
        made = {"format": "godwit-workload/1", "tables": [], "jobs": []}
        for i in range(int(tables)):
            size, changed, layer, _ = map(int, file.readline().split())
            made["tables"].append({"name": table_rows[i]["name"], "bytes": size * MEGABYTE, "group": table_rows[i]["group"],
                                   "changed_bytes_per_day": changed * MEGABYTE, "layer": layer})
        for i in range(int(jobs)):
            seconds, kind, _, _ = map(int, file.readline().split())
            row = job_rows[i]
            made["jobs"].append({"name": row["name"].removeprefix("job:"), "type": TYPES[kind], "run_s": seconds,
                                 "workflow": row["workflow"], "owner": row["owner"], "reads": [], "writes": []})
        for _ in range(int(edges)):
            job, table, kind, megabytes = file.readline().split()
            access = {"table": table_rows[int(table)]["name"], "bytes_per_day": int(megabytes) * MEGABYTE}
            made["jobs"][int(job)]["reads" if kind == "R" else "writes"].append(access)
    json.dump(made, sys.stdout, indent=1)


if __name__ == "__main__":
    main()
