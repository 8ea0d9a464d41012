#!/usr/bin/env python3
"""What `godwit apply` refuses or waits for, as a person meets it: the message, the exit code, and that nothing is lost.

    refusals_test.py GODWIT PYTHON FOLDER"""
import json
import os
import pathlib
import signal
import sqlite3
import subprocess
import sys
import time
import unittest

from world import World, rows_of, site_state

GODWIT, PYTHON, FOLDER = (os.path.abspath(path) for path in sys.argv[1:4])


class Refusals(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.world = World(GODWIT, "", PYTHON, pathlib.Path(FOLDER))

    def setUp(self):
        self.world.reset()

    def refused(self, *arguments, code=2):
        """What the command says on stderr when it ends with this exit code."""
        return self.world.call(*arguments, expect=(code,)).stderr

    def write(self, name, text):
        (self.world.folder / name).write_text(text, encoding="utf-8")

    def sql(self, site, text):
        self.world.call("local", "sql", site, "-e", text)

    def apply_until(self, wanted, seconds=30):
        """Runs `apply` until somebody sees `wanted` in what it says; returns all that it said."""
        process = subprocess.Popen([GODWIT, "apply", "plan.json", "--execute"], cwd=self.world.folder, text=True,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        said, end = "", time.time() + seconds
        try:
            while wanted not in said and time.time() < end:
                line = process.stderr.readline()
                if not line:
                    break
                said += line
        finally:
            process.send_signal(signal.SIGTERM)
            process.stderr.close()
            process.wait(timeout=30)
        self.assertIn(wanted, said)
        return said

    def assert_source_untouched(self):
        orders = site_state(self.world.folder / "source")["ods.orders"]["partitions"]
        self.assertEqual(sum(count for rows in orders.values() for _, count in rows), 5)

    def test_a_dry_run_changes_nothing(self):
        before = site_state(self.world.folder / "source"), site_state(self.world.folder / "target")
        done = self.world.call("apply", "plan.json")
        self.assertTrue(done.stdout.startswith("DRY RUN: nothing was executed"))
        self.assertIn("pause     import_orders at the source", done.stdout)
        self.assertEqual((site_state(self.world.folder / "source"), site_state(self.world.folder / "target")), before)

    def test_a_plan_that_nobody_approved(self):
        plan = json.loads((self.world.folder / "plan.json").read_text())
        plan["warnings"].append("changed after it was signed")
        self.write("plan.json", json.dumps(plan))
        self.assertIn("nobody approved this plan", self.refused("apply", "plan.json", "--execute"))

    def test_scripts_that_have_changed_since_the_plan(self):
        self.write("source/jobs/daily.hql", "INSERT OVERWRITE TABLE dwd.other SELECT * FROM ods.orders;\n")
        self.write("source/jobs/new.hql", "INSERT INTO ods.orders SELECT 1;\n")
        (self.world.folder / "source/jobs/export_daily.sh").unlink()
        said = self.refused("apply", "plan.json", "--execute")
        for drift in ("changed daily.hql", "new new.hql", "gone export_daily.sh"):
            self.assertIn(drift, said)
        self.assertIn("run `godwit scan`, plan and approve again", said)

    def test_a_plan_that_is_none(self):
        self.write("plan.json", '{"format": "godwit-plan/1", "units": [')
        self.assertIn("plan.json", self.refused("apply", "plan.json"))
        self.write("plan.json", '{"format": "godwit-plan/9"}')
        self.assertIn("godwit-plan/9", self.refused("apply", "plan.json"))

    def test_a_configuration_with_mistakes(self):
        self.write("godwit.yaml", "version: 1\nsites:\n  source: {name: a, kind: local, roott: source}\n")
        said = self.refused("apply", "plan.json")
        self.assertIn("godwit.yaml:3:", said)
        self.assertIn("roott", said)
        self.assertIn("root", said)

    def test_a_table_that_the_target_has_already(self):
        self.sql("target", "CREATE DATABASE IF NOT EXISTS ods; CREATE TABLE ods.orders (id bigint) STORED AS TEXTFILE; "
                           "INSERT INTO ods.orders VALUES (7)")
        said = self.apply_until("ods.orders exists at target already")
        self.assertIn("rename or drop it there, then `godwit unit retry", said)
        self.assertEqual(site_state(self.world.folder / "target")["ods.orders"]["partitions"][""], [("('7',)", 1)])
        self.assert_source_untouched()

    def test_a_held_unit_says_so_once_and_looks_again_when_it_is_retried(self):
        self.sql("target", "CREATE DATABASE IF NOT EXISTS ods; CREATE TABLE ods.orders (id bigint) STORED AS TEXTFILE")
        process = subprocess.Popen([GODWIT, "apply", "plan.json", "--execute", "--wait"], cwd=self.world.folder, text=True,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        said, held = [], []
        try:
            for line in process.stderr:
                said.append(line)
                if "held: " in line:
                    held.append(line.split()[2])
                    if len(held) > 1:
                        break
                    self.assertIn("table ods.orders exists", line)
                    with sqlite3.connect(self.world.folder / "target/site.db") as catalog:  # the table is closed to writers
                        catalog.execute("DELETE FROM tables WHERE db = 'ods' AND name = 'orders'")
                    self.world.call("unit", "retry", held[0])
                elif held and held[0] in line and "caught_up" in line:
                    break
        finally:
            process.send_signal(signal.SIGTERM)
            process.stderr.close()
            process.wait(timeout=30)
        self.assertEqual(len(held), 1)
        self.assertIn("caught_up", said[-1])

    def test_a_second_godwit_on_the_same_state(self):
        with subprocess.Popen(["flock", "--exclusive", "--no-fork", str(self.world.folder / ".godwit/lock"), "sleep", "30"]) as other:
            time.sleep(0.5)
            done = self.world.call("apply", "plan.json", "--execute", expect=(1, 2, 3))
            other.kill()
        self.assertIn("another godwit drives this migration", done.stderr)
        self.assertNotIn("transition", done.stderr)

    def test_a_state_folder_that_everybody_may_write_to(self):
        (self.world.folder / ".godwit").chmod(0o777)
        self.assertIn("may be written by everybody", self.refused("apply", "plan.json", "--execute"))

    def test_the_watchdog_thaws_what_a_dead_godwit_froze(self):
        process = subprocess.Popen([GODWIT, "apply", "plan.json", "--execute"], cwd=self.world.folder, text=True,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        for line in process.stderr:
            if "deny writers of ods.orders at source (token " in line:
                break
        process.kill()
        process.wait()
        process.stderr.close()
        unit = next(unit for unit in json.loads(self.world.call("status", "--format", "json", expect=(0, 3)).stdout)["units"]
                    if "ods.orders" in unit["tables"])
        if unit["state"] != "freezing":
            self.skipTest(f"it was quicker than the kill: {unit['state']}")
        silent = ("watchdog", "--once", "--lost", "1", "--patience", "1")
        time.sleep(3)
        self.assertIn("would cancel its freeze", self.world.call(*silent, expect=(3,)).stdout)
        self.world.call(*silent, "--execute", expect=(0, 3))
        state = site_state(self.world.folder / "source")
        self.assertNotIn(("ods", "orders", "writers", 1), state["barriers"])
        self.assertIn(("import_orders", "2026-11-02", 0), state["jobs"])
        self.world.apply()  # goes on: the unit was cancelled in this generation, not lost
        self.assertEqual(site_state(self.world.folder / "source")["ods.orders"]["partitions"],
                         site_state(self.world.folder / "target")["ods.orders"]["partitions"])

    def test_a_damaged_state_file(self):
        self.world.apply()
        path = self.world.folder / ".godwit/state.db"
        data = bytearray(path.read_bytes())
        data[len(data) // 2:len(data) // 2 + 4096] = b"\\xff" * 4096
        path.write_bytes(data)
        for wal in (self.world.folder / ".godwit").glob("state.db-*"):
            wal.unlink()
        done = self.world.call("apply", "plan.json", "--execute", expect=(1, 2))
        self.assertIn("state.db", done.stderr)

    def test_a_record_that_was_changed_is_found(self):
        self.world.apply()
        change = ("UPDATE log SET body = replace(body, 'import_orders', 'import_0rders') WHERE seq = "
                  "(SELECT min(seq) FROM log WHERE body LIKE '%import_orders%')")
        path = str(self.world.folder / ".godwit/state.db")
        refused = subprocess.run(["sqlite3", path, change], capture_output=True, text=True, check=False)
        self.assertIn("the log is append-only", refused.stderr)
        subprocess.run(["sqlite3", path, "DROP TRIGGER log_is_not_changed; " + change], check=True)
        done = self.world.call("log", "--verify", expect=(1,))
        self.assertRegex(done.stderr + done.stdout, r"record \d+")

    def test_files_that_change_while_they_are_copied(self):
        """While `apply` runs, somebody writes to the source past every barrier."""
        stop = self.world.folder / "stop"
        source = sorted((self.world.folder / "source").rglob("dt=2026-11-02"))
        orders = next(path for path in source if "orders" in str(path))
        part = next(path for path in orders.iterdir() if path.name[0] not in "._")
        rogue = subprocess.Popen(["bash", "-c", f"while ! [ -e '{stop}' ]; do cp '{part}' '{orders}'/late-$((RANDOM % 3)).parquet; "
                                                "done"])
        process = subprocess.Popen([GODWIT, "apply", "-q", "plan.json", "--execute"], cwd=self.world.folder,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            time.sleep(15)
        finally:
            stop.touch()
            rogue.wait()
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=30)
        units = json.loads(self.world.call("status", "--format", "json", expect=(0, 3)).stdout)["units"]
        moved = {table for unit in units if unit["owner_side"] == "target" for table in unit["tables"]}
        self.assertNotIn("ods.orders", moved)  # it never stood still, so it was never switched
        self.world.call("log", "--verify")
        unit = next(unit for unit in units if "ods.orders" in unit["tables"])
        self.assertRegex(unit["held_why"] + unit["breaker_why"], "open to write|changed while it was copied")
        self.world.call("unit", "resume", unit["id"])
        self.world.apply()  # now it does
        rows = {side: site_state(self.world.folder / side)["ods.orders"]["partitions"] for side in ("source", "target")}
        self.assertEqual(rows["source"], rows["target"])
        self.assertGreaterEqual(len(rows_of("parquet", orders)), 2)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
