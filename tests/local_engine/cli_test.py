#!/usr/bin/env python3
"""`godwit local …` with good and bad input.   cli_test.py GODWIT"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

GODWIT = sys.argv.pop(1) if __name__ == "__main__" else ""

JOBS = """version: 1
workflows:
  daily:
    owner: ann
    at: "01:00"
    jobs:
      - {name: load, kind: import, script: load.sh, command: [bash, load.sh, "${due}"]}
      - {name: report, kind: sql, at: "02:00", script: report.sh, command: [bash, report.sh, "${due}"], waits_for: [d.t@-1d]}
"""


class LocalCommands(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.site = os.path.join(folder.name, "site")
        self.folder = pathlib.Path(folder.name, "jobs")
        self.folder.mkdir()
        for name in ("load.sh", "report.sh"):
            (self.folder / name).write_text("true\n")

    def godwit(self, *arguments):
        return subprocess.run([GODWIT, "local", *arguments], capture_output=True, text=True, timeout=60)

    def init(self, jobs=JOBS, *options):
        (self.folder / "jobs.yaml").write_text(jobs)
        return self.godwit("init", self.site, "--jobs", str(self.folder / "jobs.yaml"), *options)

    def refused(self, ended, code, *words):
        self.assertEqual(ended.returncode, code, ended.stderr)
        for word in words:
            self.assertIn(word, ended.stderr)

    def test_a_site_is_made_with_its_jobs(self):
        self.assertEqual(self.init(JOBS, "--cursor", "2026-11-01", "--paused").returncode, 0)
        jobs = json.loads(self.godwit("jobs", self.site, "--format", "json").stdout)["jobs"]
        self.assertEqual([(job["job"], job["workflow"], job["kind"], job["owner"], job["at"], job["cursor"], job["paused"])
                          for job in jobs], [("load", "daily", "import", "ann", "01:00", "2026-11-01", True),
                                             ("report", "daily", "sql", "ann", "02:00", "2026-11-01", True)])
        self.assertEqual(jobs[1]["waits_for"], ["d.t@-1d"])
        self.assertTrue(pathlib.Path(self.site, "jobs/load.sh").exists())
        self.refused(self.init(), 1, "there is a site already")

    def test_broken_jobs_make_no_site(self):
        for broken, *words in (
                ("version: 1\nworkflows: {daily: {jobs: [", "jobs.yaml:2:"),
                (JOBS.replace("owner", "onwer"), "jobs.yaml:4:", "owner"),
                (JOBS.replace("name: report", "name: load"), "jobs.yaml:8:", "load"),
                (JOBS.replace("kind: sql", "kind: magic"), "jobs.yaml:8:", "magic"),
                (JOBS.replace("script: load.sh", "script: other.sh"), "jobs.yaml:7:", "other.sh"),
                (JOBS.replace("load.sh", "gone.sh"), "jobs.yaml:7", "gone.sh is no file"),
                (JOBS.replace('"02:00"', '"2 o\'clock"'), "jobs.yaml:8", "time of day"),
                (JOBS.replace("d.t@-1d", "d.t@yesterday"), "jobs.yaml:8", "d.t@yesterday")):
            self.refused(self.init(broken), 2, *words)
            self.assertFalse(os.path.exists(self.site), broken)
        self.refused(self.init(JOBS, "--cursor", "tomorrow"), 2, "tomorrow")
        self.refused(self.godwit("init", self.site, "--jobs", "/no/jobs.yaml"), 2, "/no/jobs.yaml")

    def test_what_is_no_site_is_told(self):
        for command in ("schedule", "jobs", "runs", "clock", "sql"):
            self.refused(self.godwit(command, self.site), 2, "no local site there")
        self.refused(self.godwit("retry", self.site, "load"), 2, "no local site there")
        self.refused(self.godwit("nothing"), 2)

    def test_the_clock_is_set_and_shown(self):
        self.init()
        shown = json.loads(self.godwit("clock", self.site, "--set", "2026-11-05T06:00", "--speed", "0", "--format", "json").stdout)
        self.assertEqual(shown, {"version": 1, "time": "2026-11-05T06:00:00Z", "speed": 0})
        self.assertEqual(self.godwit("clock", self.site).stdout, "2026-11-05T06:00:00Z at speed 0\n")
        self.refused(self.godwit("clock", self.site, "--set", "noon"), 2, "noon")
        self.refused(self.godwit("clock", self.site, "--speed", "-1"), 2)

    def test_runs_are_shown(self):
        self.init(JOBS, "--cursor", "2026-11-01")
        self.godwit("clock", self.site, "--set", "2026-11-03T06:00", "--speed", "0")
        ended = self.godwit("schedule", self.site, "--until-idle")
        self.refused(ended, 3, "report for 2026-11-02: waits for d.t of 2026-11-01")
        runs = json.loads(self.godwit("runs", self.site, "--format", "json").stdout)["runs"]
        self.assertEqual([(run["job"], run["due"], run["attempt"], run["state"]) for run in runs],
                         [("load", "2026-11-02", 1, "succeeded")])
        self.refused(self.godwit("retry", self.site, "no_such_job"), 2, "no_such_job")

    def test_sql_by_hand(self):
        self.init()
        self.assertEqual(self.godwit("sql", self.site, "--hivevar", "x=5", "-e", "SELECT ${x} + 1").stdout, "6\n")
        self.refused(self.godwit("sql", self.site, "-e", "SELECT * FROM no.table"), 1, "no.table")


if __name__ == "__main__":
    unittest.main()
