"""peers.py SHARED: seconds of CPU per statement, ours and the peers', on the same statements in one run."""
import logging
import sys
import time
import warnings

import openlineage_sql
import sqlglot
from sqlglot import exp
from sqllineage.runner import LineageRunner

import godwit
import workloads

ROUNDS = 3           # of the two whose ratio is a bar, in turn; the best of each counts
GODWIT_BYTES = 40e6  # that one round reads
PEER_SECONDS = 4     # that one round of openlineage-sql takes at least
SLOW_SECONDS = 15    # after which a slow peer stops; it takes statements from all over the workload
BARS = {"TPC-like": (12, 8), "50-200 KB": (15, 10), "short Hive": (5, 4)}  # tables only, with columns


def by_openlineage(dialect, sql):
    openlineage_sql.parse([sql], dialect=dialect)


def by_sqlglot(dialect, sql):
    for tree in sqlglot.parse(sql, read=dialect):
        if tree is not None:
            for table in tree.find_all(exp.Table):
                table.name


def by_sqllineage(dialect, sql):
    LineageRunner(sql, dialect="sparksql" if dialect == "spark" else dialect).source_tables()


def godwit_seconds(statements, *options):
    size = sum(len(sql) for _, sql in statements)
    copies = max(1, round(GODWIT_BYTES / size))
    requests = godwit.request_lines(statements, copies)
    return (godwit.cpu_seconds(requests, "--jobs", "1", *options) - START_UP) / copies / len(statements)


def spread(statements):
    """The same statements, neighbours far apart."""
    step = next(step for step in (97, 89, 83, 79) if len(statements) % step)
    return [statements[i * step % len(statements)] for i in range(len(statements))]


def peer_seconds(read, statements, at_least, at_most):
    begin = time.process_time()
    count = 0
    while time.process_time() - begin < at_least or count == 0:
        for dialect, sql in spread(statements):
            try:
                read(dialect, sql)
            except Exception:  # a statement it cannot read costs what it costs
                pass
            count += 1
            if time.process_time() - begin > at_most:
                break
    return (time.process_time() - begin) / count


def measure(name, statements):
    size = sum(len(sql.encode()) for _, sql in statements)
    mean = size / len(statements)
    best = {}
    for _ in range(ROUNDS):
        for tool, seconds in (
            ("godwit, tables", lambda: godwit_seconds(statements)),
            ("godwit, columns too", lambda: godwit_seconds(statements, "--columns")),
            ("openlineage-sql", lambda: peer_seconds(by_openlineage, statements, PEER_SECONDS, 1e9))):
            best[tool] = min(best.get(tool, 1e9), seconds())
    best["sqlglot"] = peer_seconds(by_sqlglot, statements, 0, SLOW_SECONDS)
    best["sqllineage"] = peer_seconds(by_sqllineage, statements, 0, SLOW_SECONDS)
    print(f"\n{name}: {len(statements)} statements, {size / 1000:.0f} KB")
    print(f"{'':<20} {'statements/s':>13} {'MB/s':>8} {'openlineage-sql = 1':>20} {'bar':>5}")
    bars = dict(zip(("godwit, tables", "godwit, columns too"), BARS[name]))
    for tool, seconds in best.items():
        bar = f"{bars[tool]:>4}x" if tool in bars else ""
        print(f"{tool:<20} {1 / seconds:>13.0f} {mean / seconds / 1e6:>8.3g} {best['openlineage-sql'] / seconds:>19.3g}x {bar:>5}", flush=True)


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    START_UP = min(godwit.cpu_seconds(b"", "--jobs", "1") for _ in range(3))
    for workload, of_workload in workloads.all_workloads(sys.argv[1], "tests/parser").items():
        measure(workload, of_workload)
