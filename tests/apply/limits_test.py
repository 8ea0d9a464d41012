#!/usr/bin/env python3
"""Limits, panic, approvals and the state file, as a person meets them with real godwit processes.

    limits_test.py GODWIT PYTHON FOLDER"""
import hashlib
import json
import os
import pathlib
import resource
import signal
import subprocess
import sys
import time
import unittest

from world import World

GODWIT, PYTHON, FOLDER = (os.path.abspath(path) for path in sys.argv[1:4])
COMMITTED = {"probation", "completed"}


class Limits(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.world = World(GODWIT, "", PYTHON, pathlib.Path(FOLDER))

    def setUp(self):
        self.world.reset()
        self.process = None

    def tearDown(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def configure(self, text, old="", new=""):
        config = self.world.folder / "godwit.yaml"
        config.write_text(config.read_text().replace(old, new) + text if old else config.read_text() + text)

    def start(self, *more):
        self.process = subprocess.Popen([GODWIT, "apply", "-q", "plan.json", "--execute", *more], cwd=self.world.folder,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        said = self.process.communicate(timeout=30)[1]
        return said

    def status(self):
        return json.loads(self.world.call("status", "--format", "json", expect=(0, 3)).stdout)

    def until(self, seen, seconds=20):
        end = time.time() + seconds
        while time.time() < end:
            found = seen()
            if found:
                return found
            time.sleep(0.05)
        self.fail("it was not seen in time")

    def moved(self):
        return all(unit["state"] in COMMITTED for unit in self.status()["units"])

    def states(self):
        """A copy that was under way may still end: both states count as one."""
        return [unit["state"].replace("dual_run", "bulk_copy") for unit in self.status()["units"]]

    def assert_rests(self, process_seconds=2):
        """Held: nobody is frozen, and nothing begins."""
        self.until(lambda: not {"freezing", "final_copy", "wait_consistent", "ready", "cancelling"} & set(self.states()))
        before = self.states()
        time.sleep(process_seconds)
        self.assertEqual(self.states(), before)

    # --- Panic ---

    def test_a_flag_file_holds_everything_within_a_second(self):
        self.configure("limits: {panic_file: STOP}\n")
        (self.world.folder / "STOP").touch()
        self.start("--wait")
        self.until(lambda: self.status()["run"]["held"])
        self.assert_rests()
        self.assertFalse(self.moved())
        text = self.world.call("status", expect=(0, 3)).stdout
        self.assertIn("THE WHOLE RUN IS HELD: the flag file", text)
        self.assertIn("godwit unit resume --all", text)
        self.world.call("unit", "resume", "--all")  # the flag is still there: held again
        self.until(lambda: self.status()["run"]["held"])
        (self.world.folder / "STOP").unlink()
        self.world.call("unit", "resume", "--all")
        self.until(self.moved)
        self.stop()
        self.world.call("log", "--verify")

    def test_a_signal_holds_at_any_moment(self):
        for delay in (0.0, 0.3, 0.6):
            self.world.reset()
            self.start("--wait")
            self.until(lambda: (self.world.folder / ".godwit" / "state.db").exists() and self.status()["run"]["driver"])
            time.sleep(delay)
            self.process.send_signal(signal.SIGUSR1)
            began = time.time()
            self.until(lambda: self.status()["run"]["held"] or self.moved())
            self.assertLess(time.time() - began, 3)
            self.assert_rests(1)
            self.world.call("unit", "resume", "--all")
            self.until(self.moved)
            self.stop()

    # --- What the host has not got ---

    def scarce(self, resource_, amounts, says):
        """Whatever is missing, godwit ends with an error or goes on; the next one, which has enough, moves everything."""
        for amount in amounts:
            self.world.reset()
            done = subprocess.run([GODWIT, "apply", "-q", "plan.json", "--execute"], cwd=self.world.folder, capture_output=True, text=True,
                                  timeout=120, check=False, preexec_fn=lambda: resource.setrlimit(resource_, (amount, amount)))
            with self.subTest(amount=amount, stderr=done.stderr):
                self.assertIn(done.returncode, (0, 1, 3, 127))  # 127: its libraries were not loaded
                if done.returncode == 1:
                    self.assertRegex(done.stderr, says)
            if done.returncode != 127:  # what failed again and again waits for a person, and says why
                for whom in ("--all", "u00001", "u00002", "u00003"):
                    self.world.call("unit", "resume", whom, expect=(0, 1, 2))
            self.world.apply()
            self.assertTrue(self.moved())
            self.world.call("log", "--verify")

    def needs_no_sanitizer(self):
        """A sanitizer wants all the addresses there are, and a descriptor whenever it looks at a type."""
        def limited():
            resource.setrlimit(resource.RLIMIT_AS, (500 << 20, 500 << 20))
        if subprocess.run([GODWIT, "version"], capture_output=True, check=False, preexec_fn=limited).returncode != 0:
            self.skipTest("built with a sanitizer")

    def test_without_memory(self):
        self.needs_no_sanitizer()
        self.scarce(resource.RLIMIT_AS, [kb << 10 for kb in (44_000, 50_000, 56_000, 64_000, 76_000)], "memory|thread")

    def test_without_descriptors(self):
        self.needs_no_sanitizer()
        self.scarce(resource.RLIMIT_NOFILE, (5, 8, 11, 14, 20), "Too many open files|unable to open|cannot open")

    # --- The outside ---

    def test_load_stops_new_work_until_it_falls(self):
        script = self.world.folder / "load.sh"
        script.write_text("#!/bin/sh\ncat load\n")
        script.chmod(0o755)
        (self.world.folder / "load").write_text("9.5\n")
        self.configure(f"limits: {{load: {{command: [{script}], above: 5, every: 100ms}}}}\n")
        self.start("--wait")
        self.until(lambda: self.status()["run"]["driver"])
        time.sleep(2)
        self.assertTrue(all(unit["state"] in ("registered", "planned") for unit in self.status()["units"]))
        (self.world.folder / "load").write_text("1\n")
        self.until(self.moved)
        self.stop()

    def test_a_full_disk_begins_nothing(self):
        self.configure("state_file: {free_min: 9000PB, ballast: 0}\n")
        self.start("--wait")
        self.until(lambda: self.status()["run"]["driver"])
        time.sleep(1)
        self.assertTrue(all(unit["state"] in ("registered", "planned") for unit in self.status()["units"]))
        self.stop()

    def test_a_rate_of_nothing_begins_nothing(self):
        self.configure("limits: {rates: [{rate: 0}]}\n")
        self.start("--wait")
        self.until(lambda: self.status()["run"]["driver"])
        time.sleep(1)
        self.assertTrue(all(unit["state"] in ("registered", "planned") for unit in self.status()["units"]))
        self.stop()

    # --- The breaker ---

    def test_the_breaker_opens_is_journaled_and_closes_by_its_probes(self):
        self.configure("limits: {breaker: {window: 10, attempts: 4, cool_down: 1s}}\n")
        target = self.world.folder / "target"
        self.configure("", "failures: 8", "failures: 8")
        broken = target / "warehouse"
        held = target / "warehouse.away"
        broken.rename(held)
        broken.write_text("no folder")  # nothing can be copied here
        self.start("--wait")
        self.until(lambda: self.status()["run"]["breaker_why"]
                   or any(unit["breaker_why"] or unit["held"] for unit in self.status()["units"]))
        status = self.status()
        self.assertTrue(status["run"]["breaker_why"] or any(unit["breaker_why"] for unit in status["units"]), status)
        broken.unlink()
        held.rename(broken)
        self.world.call("unit", "resume", "--all")
        for unit in status["units"]:
            self.world.call("unit", "retry", unit["id"], expect=(0, 2))
        self.until(lambda: self.moved() and not self.status()["run"]["breaker_why"], 40)
        self.stop()
        verbs = [record["body"].get("verb") for record in
                 json.loads(self.world.call("log", "--format", "json").stdout)["records"] if record["kind"] == "CONTROL"]
        self.assertIn("breaker_open", verbs)
        self.assertIn("breaker_closed", verbs)
        self.world.call("log", "--verify")

    # --- Some units and not the others ---

    def states(self):
        return {unit["id"]: unit["state"] for unit in self.status()["units"]}

    def test_only_the_units_that_were_asked_for(self):
        dry = self.world.call("apply", "-q", "plan.json", "--unit", "u00001").stdout
        self.assertIn("unit u00001", dry)
        self.assertNotIn("unit u00002", dry)
        self.world.call("apply", "-q", "plan.json", "--execute", "--unit", "u00001")
        states = self.states()
        self.assertIn(states.pop("u00001"), COMMITTED)
        self.assertEqual(set(states.values()), {"planned"})
        waits = {unit["id"]: unit["waits_for"] for unit in self.status()["units"]}
        self.world.apply()
        self.assertTrue(self.moved(), waits)

    def test_waves_up_to_one_and_waves_by_number(self):
        waves = {unit["id"]: unit["wave"] for unit in self.status()["units"]}
        self.assertGreater(max(waves.values()), 1)
        self.world.call("apply", "-q", "plan.json", "--execute", "--until", "1")
        self.assertEqual({unit for unit, state in self.states().items() if state in COMMITTED},
                         {unit for unit, wave in waves.items() if wave == 1})
        # Its inputs stay behind, so that `apply` stays too and keeps them in sync.
        last = max(waves.values())
        self.start("--wave", str(last))
        self.until(lambda: all(self.states()[unit] in COMMITTED for unit, wave in waves.items() if wave == last))
        self.stop()
        self.assertIn("planned", self.states().values())
        said = self.world.call("apply", "plan.json", "--wave", "99", expect=(2,)).stderr
        self.assertIn("the plan has no wave 99", said)
        self.assertIn("no unit u9", self.world.call("apply", "plan.json", "--unit", "u9", expect=(2,)).stderr)

    # --- Approvals ---

    def approve_with(self, token, *what, expect=(0,)):
        return self.world.call("approve", *what, "--token", "env:GODWIT_TOKEN", env={"GODWIT_TOKEN": token}, expect=expect)

    def test_a_switch_waits_for_a_token_holder_and_denials_are_journaled(self):
        digest = hashlib.sha256(b"hunter2").hexdigest()
        people = self.world.folder / "people"
        people.write_text(f"# who may approve\nboard {digest}\n")
        people.chmod(0o600)
        self.configure("approvals: {switch: required, people: people}\n")
        self.approve_with("hunter2", "plan.json", "--comment", "all of it")
        self.world.apply(expect=(3,))
        self.assertFalse(self.moved())
        denied = self.approve_with("wrong", "--wave", "1", expect=(2,))
        self.assertIn("nobody in", denied.stderr)
        self.assertNotIn("wrong", denied.stderr)
        self.assertIn("a token is needed", self.world.call("approve", "--wave", "1", expect=(2,)).stderr)
        people.chmod(0o666)
        self.assertIn("may be written by others", self.approve_with("hunter2", "--wave", "1", expect=(2,)).stderr)
        people.chmod(0o600)
        for wave in sorted({unit["wave"] for unit in self.status()["units"]}):
            self.approve_with("hunter2", "--wave", str(wave), "--comment", "read and good")
        self.world.apply()
        self.assertTrue(self.moved())
        log = self.world.call("log", "--format", "json").stdout
        self.assertNotIn("hunter2", log)
        records = json.loads(log)["records"]
        self.assertEqual(sum(1 for each in records if each["kind"] == "NOTE" and "denied" in each["body"]), 3)
        signed = [each["body"] for each in records if each["kind"] == "APPROVAL" and each["body"]["what"] == "switch"]
        self.assertEqual({each["by"] for each in signed}, {"board"})
        self.assertTrue(all(len(each["units_hash"]) == 64 and each["comment"] == "read and good" for each in signed))
        wanted = [each for each in records if each["body"].get("verb") == "want_approval"]
        self.assertEqual(len(wanted), len({each["unit"] for each in wanted}), "once for each unit")

    def test_four_eyes(self):
        self.configure("approvals: {switch: required, four_eyes: true}\n")
        said = self.world.call("apply", "-q", "plan.json", "--execute", expect=(2,)).stderr
        self.assertIn("cannot carry it out too", said)

    def test_an_approval_of_a_switch_ends(self):
        self.configure("approvals: {switch: required, lasts: 1s}\n")
        self.world.apply(expect=(3,))
        waves = sorted({unit["wave"] for unit in self.status()["units"]})
        for wave in waves:
            self.world.call("approve", "--wave", str(wave))
        time.sleep(1.5)
        self.world.apply(expect=(3,))
        self.assertFalse(any(unit["state"] in COMMITTED for unit in self.status()["units"]), "it was signed too long ago")
        self.configure("", "lasts: 1s", "lasts: 1h")
        for wave in waves:
            self.world.call("approve", "--wave", str(wave))
        self.world.apply()
        self.assertTrue(self.moved())

    # --- The state file ---

    def state_files(self):
        return (self.world.folder / ".godwit").glob("state.db*")

    def test_an_older_backup_is_not_taken_for_the_state(self):
        self.configure("state_file: {mirror: elsewhere/log.ndjson}\n")
        (self.world.folder / "elsewhere").mkdir()
        self.start()
        self.until(lambda: any(unit["state"] in COMMITTED for unit in self.status()["units"]))
        self.stop()
        backup = {path: path.read_bytes() for path in self.state_files()}
        self.world.apply()
        head = self.status()["log"]["head"]
        for path in self.state_files():
            path.unlink()
        for path, content in backup.items():
            path.write_bytes(content)
        said = self.world.call("apply", "-q", "plan.json", "--execute", expect=(1,)).stderr
        self.assertIn("it was lost or set back", said)
        self.assertIn("godwit log --restore", said)
        for path in self.state_files():
            path.unlink()
        self.world.call("log", "--restore", "elsewhere/log.ndjson")
        self.world.call("log", "--verify", "--head", head)
        self.assertTrue(self.moved())

    def test_a_mirror_that_cannot_be_written_begins_nothing(self):
        self.configure("state_file: {mirror: elsewhere/log.ndjson}\n")
        (self.world.folder / "elsewhere" / "log.ndjson").mkdir(parents=True)
        said = self.world.call("apply", "-q", "plan.json", "--execute", expect=(1, 2, 3)).stderr
        self.assertIn("elsewhere/log.ndjson", said)
        (self.world.folder / "elsewhere" / "log.ndjson").rmdir()
        self.world.apply()
        self.assertTrue(self.moved())

    def test_a_lost_state_file_is_restored_from_its_mirror(self):
        self.configure("state_file: {mirror: elsewhere/log.ndjson}\n")
        (self.world.folder / "elsewhere").mkdir()
        self.start()
        time.sleep(0.5)
        self.process.kill()
        self.process.wait()
        mirror = self.world.folder / "elsewhere" / "log.ndjson"
        for path in (self.world.folder / ".godwit").glob("state.db*"):
            path.unlink()
        self.assertIn("it was lost or set back", self.world.call("apply", "-q", "plan.json", "--execute", expect=(1,)).stderr)
        for path in (self.world.folder / ".godwit").glob("state.db*"):
            path.unlink()
        self.world.call("log", "--restore", str(mirror))
        self.world.apply()
        self.assertTrue(self.moved())
        self.world.call("log", "--verify")
        records = json.loads(self.world.call("log", "--format", "json").stdout)["records"]
        lines = [json.loads(line) for line in mirror.read_text().splitlines()]
        self.assertEqual(lines[-1]["hash"], records[-1]["hash"])

    def test_a_report_anchors_the_log(self):
        self.world.apply()
        self.world.call("report", "plan.json", "-o", "pages", expect=(0, 3))
        head = self.status()["log"]["head"]
        for page in ("report.md", "report.html"):
            self.assertIn(head, (self.world.folder / "pages" / page).read_text())
        self.world.call("log", "--verify", "--head", head)
        self.assertIn("cut short", self.world.call("log", "--verify", "--head", "0" * 64, expect=(1,)).stderr)
        cut = "DROP TRIGGER log_is_not_shortened; DELETE FROM log WHERE seq > (SELECT max(seq) - 3 FROM log)"
        subprocess.run(["sqlite3", str(self.world.folder / ".godwit/state.db"), cut], check=True)
        self.assertIn("not what its records say", self.world.call("log", "--verify", expect=(1,)).stderr)  # what units know goes further


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[4:]], verbosity=2)
