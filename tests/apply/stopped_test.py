#!/usr/bin/env python3
"""A godwit that is stopped (SIGSTOP) for longer than its lease, while the watchdog or another godwit goes on without it.

    stopped_test.py GODWIT PYTHON FOLDER"""
import json
import os
import pathlib
import signal
import subprocess
import sys
import time
import unittest

from world import Failed, World, site_state

GODWIT, PYTHON, FOLDER = (os.path.abspath(path) for path in sys.argv[1:4])
FROZEN = "deny writers of ods.orders at source (token "
FROZEN_STATES = ("freezing", "final_copy", "wait_consistent", "ready")
SILENT = ("watchdog", "--once", "--lost", "1", "--patience", "1", "--execute")
SECONDS = 60


class Stopped(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.world = World(GODWIT, "", PYTHON, pathlib.Path(FOLDER))
        cls.world.apply()
        cls.wanted = cls.world.end()

    def setUp(self):
        self.world.reset()

    def stop_when_frozen(self):
        """An `apply`, stopped while a unit is frozen. A freeze is short: it may be over when the signal arrives."""
        for _ in range(20):
            process = self.stop_after_the_first_denial()
            if any(unit["state"] in FROZEN_STATES for unit in self.units()):
                return process
            process.kill()
            process.wait()
            self.world.reset()
        self.fail("no freeze was met")

    def units(self):
        return json.loads(self.world.call("status", "--format", "json", expect=(0, 3)).stdout)["units"]

    def stop_after_the_first_denial(self):
        process = subprocess.Popen([GODWIT, "apply", "plan.json", "--execute"], cwd=self.world.folder, text=True,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        for line in process.stderr:
            if FROZEN in line:
                break
        self.addCleanup(process.kill)
        for _ in range(100):  # not in the middle of a write, which would lock everybody out
            process.send_signal(signal.SIGSTOP)
            time.sleep(0.05)
            if process.poll() is not None or not self.somebody_writes():
                break
            process.send_signal(signal.SIGCONT)
            time.sleep(0.01)
        self.addCleanup(process.stderr.close)
        return process

    def somebody_writes(self):
        files = (".godwit/state.db", "source/site.db", "target/site.db")
        return any(subprocess.run(["sqlite3", self.world.folder / file, "BEGIN IMMEDIATE; ROLLBACK"],
                                  capture_output=True, check=False).returncode for file in files)

    def go_on(self, process):
        process.send_signal(signal.SIGCONT)
        said = process.communicate(timeout=SECONDS)[1]
        return process.returncode, said

    def test_the_watchdog_thaws_meanwhile(self):
        process = self.stop_when_frozen()
        time.sleep(3)
        before = site_state(self.world.folder / "source")
        said = self.world.call(*SILENT, expect=(0, 3)).stdout
        after = site_state(self.world.folder / "source")
        if "thaws its writers" in said:
            self.assertNotIn(("ods", "orders", "writers", 1), after["barriers"])
        else:  # it had decided already: then nobody but its successor may touch anything
            self.assertEqual(after, before)
        code, said = self.go_on(process)
        self.assertEqual(code, 0, said[-2000:])
        self.assertEqual(self.world.end(), self.wanted)

    def test_another_godwit_takes_over_meanwhile(self):
        process = self.stop_when_frozen()
        (self.world.folder / ".godwit/lock").unlink()  # a lock that does not hold, as on some network file systems
        self.world.apply()
        end = self.world.end()
        self.assertEqual(end, self.wanted)
        code, said = self.go_on(process)
        self.assertNotEqual(code, 0)
        self.assertIn("another process took over this migration", said)
        self.assertEqual(self.world.end(), end)

    def test_status_asks_the_running_apply_and_does_not_wait_for_a_stopped_one(self):
        process = subprocess.Popen([GODWIT, "apply", "plan.json", "--execute", "--wait"], cwd=self.world.folder,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        self.await_status(lambda status: status["apply"] == "running")
        self.assertEqual((self.world.folder / ".godwit/apply.sock").stat().st_mode & 0o777, 0o600)
        self.world.call("unit", "hold", "--all", "--comment", "not today")
        held = self.await_status(lambda status: all(
            "a person: the whole run is held" in each["waits_for"]
            for each in status["units"] if each["state"] != "probation"))
        self.assertTrue(all(each["waits_for"] for each in held["units"]))
        self.assertEqual(held["apply"], "running")
        process.send_signal(signal.SIGSTOP)
        begun = time.monotonic()
        silent = self.status()
        self.assertLess(time.monotonic() - begun, 10)
        self.assertEqual(silent["apply"], "silent")
        self.assertEqual([each["id"] for each in silent["units"]], [each["id"] for each in held["units"]])
        self.assertEqual([each["waits_for"] for each in silent["units"]], [[]] * len(held["units"]))
        self.assertIn("does not answer", self.world.call("status", expect=(0, 3)).stdout)
        process.kill()  # its socket stays, and nobody listens
        process.wait()
        self.assertEqual(self.status()["apply"], "not running")
        self.world.call("unit", "resume", "--all")
        self.world.apply()
        self.assertEqual(self.world.end(), self.wanted)
        self.assertFalse((self.world.folder / ".godwit/apply.sock").exists())

    def status(self):
        return json.loads(self.world.call("status", "--format", "json", expect=(0, 3)).stdout)

    def await_status(self, wanted):
        for _ in range(SECONDS * 10):
            if (self.world.folder / ".godwit/state.db").exists():
                try:
                    status = self.status()
                    if wanted(status):
                        return status
                except Failed:  # it is being made
                    pass
            time.sleep(0.1)
        raise AssertionError("never so: " + json.dumps(status)[:2000])

    def test_a_new_migration_after_the_state_was_lost(self):
        process = self.stop_when_frozen()
        process.kill()
        process.wait()
        time.sleep(1)  # tokens are as old as their state
        for path in (self.world.folder / ".godwit").glob("state.db*"):
            path.unlink()
        self.world.call("approve", "-q", "plan.json")
        self.world.apply()
        end = self.world.end()
        self.assertEqual(end["units"], self.wanted["units"])
        for site in ("source", "target"):  # a job that was paused by nobody known stays paused: that is its owner's to say
            self.assertEqual({**end[site], "jobs": []}, {**self.wanted[site], "jobs": []})


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
