"""Real Hive and Spark tables move from one site to the other with the real engine, and are read back through Spark."""
import subprocess
import time

from .faults import probe

TABLES = {
    "mig.events": ("CREATE TABLE mig.events (id BIGINT, v STRING, amount DECIMAL(18,4)) PARTITIONED BY (dt STRING, h INT) "
                   "STORED AS PARQUET",
                   "INSERT INTO mig.events PARTITION (dt, h) SELECT id, concat('v', id % 97), id * 1.5, "
                   "concat('2026-11-0', 1 + id % 3), id % 2 FROM range(3000)"),
    "mig.odd": ("CREATE TABLE mig.odd (id BIGINT, m MAP<STRING, INT>, a ARRAY<STRUCT<x: INT, y: STRING>>) PARTITIONED BY "
                "(city STRING) STORED AS ORC",
                "INSERT INTO mig.odd PARTITION (city) SELECT id, map('k', 1), array(named_struct('x', 1, 'y', 'z')), "
                "element_at(array('a b', 'a/b', '100%', 'x:y', 'Z\u00fcrich', NULL), 1 + CAST(id % 6 AS INT)) FROM range(60)"),
    "mig.plain": ("CREATE TABLE mig.plain (id BIGINT, v STRING) ROW FORMAT DELIMITED FIELDS TERMINATED BY ',' STORED AS "
                  "TEXTFILE", "INSERT INTO mig.plain SELECT id, 'text' FROM range(500)"),
    "mig.spark": ("CREATE TABLE mig.spark (id BIGINT, v STRING, dt STRING) USING parquet PARTITIONED BY (dt)",
                  "INSERT INTO mig.spark SELECT id, 'v', concat('d', id % 4) FROM range(400)"),
    "mig.empty": ("CREATE TABLE mig.empty (id BIGINT) PARTITIONED BY (dt STRING) STORED AS PARQUET", None),
}
VIEW = ("mig.v", "CREATE VIEW mig.v AS SELECT v, count(*) AS n FROM mig.events GROUP BY v")


def sql(stack, side, statement):
    code, text = probe(stack, "sql", side, statement, seconds=600)
    if code != "done":
        raise RuntimeError(f"{side}: {statement}: {text}")
    return text


def make(stack):
    sql(stack, "source", "DROP DATABASE IF EXISTS mig CASCADE")
    sql(stack, "source", "CREATE DATABASE mig")
    for create, fill in TABLES.values():
        sql(stack, "source", create)
        if fill:
            sql(stack, "source", fill)
    sql(stack, "source", VIEW[1])


def apply(stack, build, state, kill_after=None):
    """Runs the engine; None if it was killed."""
    log = open(stack.folder / f"{state}.log", "ab")
    process = subprocess.Popen([str(build / "tests/real_apply"), str(stack.folder / "stack.json"),
                                str(stack.folder / state), *TABLES, VIEW[0]], stdout=log, stderr=log,
                               stdin=subprocess.DEVNULL)
    try:
        return process.wait(kill_after if kill_after else 1200)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return None


def check(stack):
    """The same rows on both sides, and no file of the source is read at the target."""
    for table in list(TABLES) + [VIEW[0]]:
        source, target = probe(stack, "digest", "source", table), probe(stack, "digest", "target", table)
        if source != target or source[0] != "done":
            raise AssertionError(f"{table}: {source} at the source, {target} at the target")
        if table in ("mig.empty", VIEW[0]):
            continue
        files = sql(stack, "target", f"SELECT DISTINCT input_file_name() FROM {table}").split()
        strange = [file for file in files if not file.startswith(stack.target.uri)]
        if strange:
            raise AssertionError(f"{table} reads {strange[:3]} at the target")


def whole(stack, build):
    make(stack)
    code = apply(stack, build, "whole")
    if code != 0:
        raise AssertionError(f"real_apply ended with {code}; see {stack.folder}/whole.log")
    check(stack)


def killed(stack, build):
    """kill -9 at ten moments of one migration; each time it goes on where it died."""
    make(stack)
    for target in ("DROP DATABASE IF EXISTS mig CASCADE",):
        sql(stack, "target", target)
    stack.target.call("DELETE", "/warehouse/mig.db", "DELETE", recursive="true")
    kills = 0
    for seconds in (0.4, 0.8, 1.5, 2.5, 3, 4, 5, 6, 8, 10):
        if apply(stack, build, "killed", kill_after=seconds) is not None:
            break
        kills += 1
        time.sleep(0.2)
    code = apply(stack, build, "killed")
    if code != 0:
        raise AssertionError(f"real_apply ended with {code} after {kills} kills; see {stack.folder}/killed.log")
    check(stack)
    print(f"       killed {kills} times")
