"""A small warehouse on two local sites that real godwit processes move: shared by the tests in this folder."""
import collections
import json
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess

import duckdb

HERE = pathlib.Path(__file__).resolve().parent
APPLY_SECONDS = 60
# What depends on the moment, or on how often something was tried.
VOLATILE_PARAMETERS = ("transient_lastDdlTime", "godwit.")


class Failed(Exception):
    pass


def run(*command, cwd, env=None, expect=(0,)):
    done = subprocess.run(command, cwd=cwd, env={**os.environ, **(env or {})}, capture_output=True, text=True,
                          timeout=APPLY_SECONDS, check=False)
    if done.returncode not in expect:
        raise Failed(f"{' '.join(map(str, command))}: exit code {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-3000:]}")
    return done


class World:
    """Two sites and an approved plan in one folder, which can be set back to how it was."""

    def __init__(self, godwit, shim, python, folder):
        self.godwit, self.shim, self.folder = godwit, shim, pathlib.Path(folder)
        self.kept = self.folder.with_name(self.folder.name + ".kept")
        for path in (self.folder, self.kept):
            shutil.rmtree(path, ignore_errors=True)
        shutil.copytree(HERE / "warehouse", self.folder)
        jobs, outside = str(self.folder / "jobs" / "jobs.yaml"), str(self.folder / "outside")
        self.call("local", "init", "-q", "source", "--jobs", jobs, "--cursor", "2026-11-02", "--jdbc", outside, "--python", python)
        self.call("local", "init", "-q", "target", "--jobs", jobs, "--paused", "--jdbc", outside, "--python", python)
        for site in ("source", "target"):  # every run up to the cursor is done, and no other is due
            self.call("local", "clock", "-q", site, "--set", "2026-11-03T00:05", "--speed", "0")
        self.call("local", "sql", "source", "-f", str(self.folder / "tables.sql"))
        self.call("snapshot", "-q", "-o", "snapshot.json")
        self.call("scan", "-q", "--offline", "snapshot.json", expect=(0, 3))
        self.call("plan", "-q", "-o", "plan.json")
        self.call("approve", "-q", "plan.json")
        shutil.copytree(self.folder, self.kept, symlinks=True)

    def call(self, *arguments, env=None, expect=(0,)):
        return run(self.godwit, *arguments, cwd=self.folder, env=env, expect=expect)

    def reset(self):
        shutil.rmtree(self.folder)
        shutil.copytree(self.kept, self.folder, symlinks=True)

    def apply(self, env=None, expect=(0,)):
        return self.call("apply", "-q", "plan.json", "--execute", env=env, expect=expect)

    def commits(self):
        """Of a migration that nobody disturbs."""
        count = self.folder / "commits"
        self.apply(env={"LD_PRELOAD": self.shim, "GODWIT_KILL_COUNT": str(count)})
        return int(count.read_text())

    def die(self, when, number):
        """True if godwit was killed there: the last commits may be fewer in another run."""
        done = self.apply(env={"LD_PRELOAD": self.shim, "GODWIT_KILL_AT": f"{when} {number}"}, expect=(0, -signal.SIGKILL))
        return done.returncode != 0

    def end(self):
        """Everything that has to be the same at the end."""
        self.call("log", "--verify")
        status = json.loads(self.call("status", "--format", "json").stdout)
        return {"units": {unit["id"]: (unit["state"], unit["owner_side"], unit["open_operations"]) for unit in status["units"]},
                "source": site_state(self.folder / "source"), "target": site_state(self.folder / "target")}


def site_state(root):
    db = sqlite3.connect(root / "site.db")
    state = {"jobs": db.execute("SELECT name, cursor, paused FROM jobs ORDER BY name").fetchall(),
             "barriers": db.execute("SELECT db, tbl, party, closed FROM barriers ORDER BY 1, 2, 3").fetchall()}
    for name, table, location, parameters, keys, storage in db.execute(
            "SELECT db, name, location, parameters, partition_keys, storage FROM tables").fetchall():
        kept = {key: value for key, value in json.loads(parameters).items() if not key.startswith(VOLATILE_PARAMETERS)}
        partitions = dict(db.execute("SELECT name, location FROM partitions WHERE db = ? AND tbl = ?", (name, table)))
        if not json.loads(keys):
            partitions = {"": location}
        form = json.loads(storage).get("format", "parquet")
        state[f"{name}.{table}"] = {"parameters": kept, "partitions": {
            key: rows_of(form, place) for key, place in sorted(partitions.items())}}
    db.close()
    return state


def rows_of(form, location):
    files = [str(path) for path in sorted(pathlib.Path(location).glob("*")) if path.is_file() and path.name[0] not in "._"]
    if not files:
        return []
    read = f"read_csv({files}, header = false, all_varchar = true)" if form == "csv" else f"read_parquet({files})"
    with duckdb.connect() as connection:
        rows = collections.Counter(map(str, connection.execute(f"SELECT * FROM {read}").fetchall()))
    return sorted(rows.items())
