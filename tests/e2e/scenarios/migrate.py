"""Real Hive and Spark tables move from one cluster to the other by the godwit command, while jobs keep writing through
Spark; what is read back through Spark on the target decides."""
import json
import os
import pathlib
import shutil
import signal
import subprocess
import time

from stack.processes import wait_until

from .faults import probe

HERE = pathlib.Path(__file__).resolve().parent.parent
ROWS = 300  # that each run of events_load brings
DATABASES = ("mig", "full")
FIRST_DUE, HISTORY = "2026-11-01", 2
STATIC = {
    "mig.seed": ("CREATE TABLE mig.seed (id BIGINT) STORED AS PARQUET", f"INSERT INTO mig.seed SELECT id FROM range(0, {ROWS}, 1, 1)"),
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
LIVING = ("CREATE TABLE mig.events (id BIGINT, v STRING, amount DECIMAL(18,4)) PARTITIONED BY (dt STRING) STORED AS PARQUET",
          "CREATE TABLE mig.daily (v STRING, n BIGINT, ids BIGINT) PARTITIONED BY (dt STRING) STORED AS PARQUET")
SCHEDULER_SPEED = 2880  # a day takes 30 seconds
TEXTS = "SELECT concat_ws(' ', {}) FROM {}"  # the probe takes columns of text alone


def sql(stack, side, statement):
    code, text = probe(stack, "sql", side, statement, seconds=600)
    if code != "done":
        raise RuntimeError(f"{side}: {statement}: {text}")
    return text


def due(number):
    return time.strftime("%Y-%m-%d", time.gmtime(1793491200 + 86400 * number))  # 2026-11-01 and later


def configuration(stack):
    """godwit.yaml: JSON is YAML."""
    places = json.loads((stack.folder / "stack.json").read_text())

    def site(side):
        spark, port = places[side]["spark"].split(":")
        return {"name": f"{side}-cluster", "kind": "hadoop",
                "hdfs": {"fs_names": [places[side]["fs"]], "namenodes": places[side]["namenodes"], "user": "root",
                         "replication": 1},
                "metastore": {"uris": [places[side]["metastore"]]},
                "query_engine": {"host": spark, "port": int(port), "user": "root"},
                "scheduler": {"kind": "local", "root": f"{side}-jobs"}}

    return {"version": 1, "sites": {side: site(side) for side in ("source", "target")},
            "distcp": {"command": places["distcp"], "work_folder": "copies",
                       "properties": ["mapreduce.framework.name=local"]},
            "scan": {"paths": ["source-jobs/jobs", "ddl"]},
            "plan": {"bandwidth": {"rate": "20MB/s"}, "freeze": {"fixed": "2s", "budget": "60s"}},
            "copy": {"units_at_once": 3, "copies_per_unit": 1},
            "freeze": {"budget": "60s", "drain_gap": "300ms", "quiet_wait": "20s"},
            "watch": {"look_again": "500ms", "sync_every": "3s", "linger_every": "3s", "unknown_wait": "500ms",
                      "backoff": "2s"},
            "probation": {"lasts": "5s"}}


class Migration:
    """One folder with godwit.yaml, beside a warehouse made afresh on the running stack. `tables` are those that no job
    writes, each with how it is made and filled; `plan` are options of `godwit plan`."""

    databases = ("mig",)

    def __init__(self, stack, build, name, tables=STATIC, plan=()):
        self.stack, self.build, self.tables, self.plan_options = stack, build, tables, plan
        self.folder = stack.folder / name
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(HERE / "warehouse", self.folder)
        (self.folder / "godwit.yaml").write_text(json.dumps(configuration(stack), indent=1))
        self.schedulers = []
        self.make_tables()
        for side in ("source", "target"):
            self.make_scheduler(side)

    def make_tables(self):
        for database in DATABASES:  # what the scenario before left as well
            for side in ("source", "target"):
                sql(self.stack, side, f"DROP DATABASE IF EXISTS {database} CASCADE")
                getattr(self.stack, side).call("DELETE", f"/warehouse/{database}.db", "DELETE", recursive="true")
        for database in self.databases:
            sql(self.stack, "source", f"CREATE DATABASE {database}")
        for create, fill in self.tables.values():
            sql(self.stack, "source", create)
            if fill:
                sql(self.stack, "source", fill)
        for create in LIVING:
            sql(self.stack, "source", create)
        sql(self.stack, "source", (self.folder / "ddl/views.hql").read_text().strip().rstrip(";"))

    def make_scheduler(self, side):
        moments = ["--cursor", due(-1)] if side == "source" else ["--paused"]
        self.godwit("local", "init", "-q", f"{side}-jobs", "--jobs", "jobs/jobs.yaml", "--engine", str(self.folder / "engine"),
                    "--python", "", *moments)
        self.godwit("local", "clock", "-q", f"{side}-jobs", "--set", due(1) + "T00:00", "--speed", str(SCHEDULER_SPEED))

    def godwit(self, *arguments, expect=(0,), seconds=300, environment=None):
        with open(self.folder / "godwit.log", "ab") as log:
            log.write(f"\n$ godwit {' '.join(arguments)}\n".encode())
            log.flush()
            code = subprocess.run([str(self.build / "godwit"), *arguments], cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log,
                                  stderr=log, timeout=seconds, check=False, env=self.environment(environment)).returncode
        if code not in expect:
            lines = (self.folder / "godwit.log").read_text(errors="replace").splitlines()[-15:]
            raise AssertionError(f"godwit {' '.join(arguments)} ended with {code}; see {self.folder}/godwit.log\n" + "\n".join(lines))
        return code

    def output(self, *arguments):
        """What a command that only looks prints."""
        return subprocess.run([str(self.build / "godwit"), *arguments], cwd=self.folder, stdin=subprocess.DEVNULL, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=60, env=self.environment()).stdout

    def environment(self, more=None):
        return {**os.environ, "GODWIT_STACK": str(self.stack.folder / "stack.json"),
                "GODWIT_PROBE": str(self.build / "tests/real_probe"), **(more or {})}

    def start_schedulers(self):
        for side in ("source", "target"):
            self.schedulers.append(self.stack.processes.start(
                f"{self.folder.name}/{side}-scheduler",
                [self.build / "godwit", "local", "schedule", f"{side}-jobs"], self.environment(), self.folder))

    def stop_schedulers(self):
        for record in self.schedulers:
            self.stack.processes.stop(record, signal.SIGTERM, patience_seconds=60)
        self.schedulers = []

    def partitions(self, side):
        return len(sql(self.stack, side, "SHOW PARTITIONS mig.daily").split())

    def plan(self):
        self.godwit("doctor")
        self.godwit("snapshot", "-o", "snapshot.json")
        self.godwit("scan", "--offline", "snapshot.json", expect=(0, 3))
        self.godwit("plan", "-o", "plan.json", *self.plan_options)
        self.godwit("approve", "plan.json")

    def apply(self, expect=(0,), **named):
        return self.godwit("apply", "plan.json", "--execute", expect=expect, **named)

    def run(self, move):
        """Jobs write, `move` migrates, jobs write on at the target; then everything is compared."""
        self.start_schedulers()
        try:
            wait_until("history", lambda: self.partitions("source") >= HISTORY, seconds=120)
            self.plan()
            move(self)
            moved = self.partitions("target")
            wait_until("a run at the target", lambda: self.partitions("target") > moved, seconds=120)
        finally:
            self.stop_schedulers()
        self.check()

    def check(self):
        self.check_static()
        self.check_living()
        self.check_places()
        self.write_again()

    def check_static(self):
        for table in self.tables:
            source, target = probe(self.stack, "digest", "source", table), probe(self.stack, "digest", "target", table)
            if source != target or source[0] != "done":
                raise AssertionError(f"{table}: {source} at the source, {target} at the target")

    def check_living(self):
        """Every date once and whole, without a gap; the view and the sums see the same rows."""
        dates = sql(self.stack, "target", TEXTS.format("dt, count(*), count(DISTINCT id), sum(id)", "mig.events GROUP BY dt ORDER BY dt"))
        lines = dates.splitlines()
        total = ROWS * (ROWS - 1) // 2
        expected = [f"{due(i)} {ROWS} {ROWS} {total}\t" for i in range(len(lines))]
        if lines != expected or len(lines) <= HISTORY:
            raise AssertionError(f"mig.events at the target holds\n{dates}")
        daily = sql(self.stack, "target", TEXTS.format("dt, sum(n), sum(ids)", "mig.daily GROUP BY dt ORDER BY dt")).splitlines()
        if daily != [f"{due(i)} {ROWS} {total}\t" for i in range(len(daily))] or len(daily) <= HISTORY:
            raise AssertionError(f"mig.daily at the target holds {daily}")
        view = sql(self.stack, "target", TEXTS.format("sum(n)", "mig.v")).strip()
        if view != str(ROWS * len(lines)):
            raise AssertionError(f"the view counts {view} rows of {ROWS * len(lines)}")

    def write_again(self):
        """Whoever owned the tables still does: a backfill of every partition and of a whole table, as their owner."""
        sql(self.stack, "target", "INSERT OVERWRITE mig.daily PARTITION (dt) SELECT v, count(*), sum(id), dt FROM mig.events "
            "GROUP BY v, dt")
        sql(self.stack, "target", "INSERT OVERWRITE mig.plain " + STATIC["mig.plain"][1].partition("mig.plain ")[2])
        sql(self.stack, "target", "CREATE TABLE mig.made_at_the_target AS SELECT * FROM mig.seed")
        self.check_living()
        if probe(self.stack, "digest", "source", "mig.plain") != probe(self.stack, "digest", "target", "mig.plain"):
            raise AssertionError("mig.plain was not overwritten as a whole")

    def check_places(self):
        """Nothing at the target reads a file of the source."""
        for table in (*self.tables, "mig.events", "mig.daily"):
            files = sql(self.stack, "target", f"SELECT DISTINCT input_file_name() FROM {table}").split()
            strange = [file for file in files if not file.startswith(self.stack.target.uri)]
            if strange:
                raise AssertionError(f"{table} reads {strange[:3]} at the target")


def whole(stack, build):
    Migration(stack, build, "migrate").run(lambda migration: migration.apply(seconds=600))


def killed(stack, build):
    """kill -9 right before or after commits of the journal, ten times in one migration; each time it goes on where it
    died."""
    def move(migration):
        kills = 0
        for number in (1, 4, 7, 10, 14, 18, 23, 28, 34, 40):
            when = ("before", "after")[kills % 2]
            code = migration.apply(expect=(0, 3, -signal.SIGKILL), seconds=600, environment={
                "LD_PRELOAD": str(build / "tests/apply/libkill_at.so"), "GODWIT_KILL_AT": f"{when} {number}"})
            if code != -signal.SIGKILL:
                break
            kills += 1
        print(f"       killed {kills} times")
        migration.apply(seconds=600)
        if kills < 10:
            raise AssertionError(f"the migration ended after {kills} kills")

    Migration(stack, build, "killed").run(move)
