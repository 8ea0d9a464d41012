"""`godwit plan` and the commands below it, as a person types them. usage: plan_cli_test.py GODWIT"""
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

GODWIT = pathlib.Path(sys.argv.pop(1)).resolve()

# A small warehouse: two shops' tables, each read mostly by its own jobs.
WORKLOAD = {
    "format": "godwit-workload/1",
    "tables": [{"name": f"{shop}.{name}", "bytes": size * 10**9, "changed_bytes_per_day": 10**9}
               for shop in ("east", "west") for name, size in (("daily", 1), ("orders", 6), ("users", 2))],
    "jobs": [job for shop in ("east", "west") for job in (
        {"name": f"{shop}_load", "run_s": 600, "schedule": "0 1 * * *", "workflow": shop,
         "writes": [{"table": f"{shop}.orders"}]},
        {"name": f"{shop}_sum", "run_s": 600, "schedule": "0 2 * * *", "workflow": shop,
         "reads": [{"table": f"{shop}.orders", "bytes_per_day": 3 * 10**9},
                   {"table": "east.users", "bytes_per_day": 10**6}],
         "writes": [{"table": f"{shop}.daily"}]})],
}


class PlanCommands(unittest.TestCase):
    def setUp(self):
        self.held = tempfile.TemporaryDirectory()
        self.folder = pathlib.Path(self.held.name)
        (self.folder / "w.json").write_text(json.dumps(WORKLOAD))

    def tearDown(self):
        self.held.cleanup()

    def run_godwit(self, *words, code=0):
        done = subprocess.run([GODWIT, "plan", *words], cwd=self.folder, text=True, capture_output=True, check=False)
        self.assertEqual(done.returncode, code, done.stderr)
        return done

    def make(self, *words, output="plan.json"):
        self.run_godwit("--workload", "w.json", "--cap", "50%", "--bandwidth", "1MB/s", *words, "-o", output)
        return json.loads((self.folder / output).read_text())

    def test_a_plan_says_what_it_was_made_from_and_what_else_there_was(self):
        plan = self.make()
        self.assertEqual(plan["source"]["kind"], "workload")
        self.assertEqual({table for unit in plan["units"] for table in unit["tables"]},
                         {table["name"] for table in WORKLOAD["tables"]})
        self.assertIn("--upstream-first", [other["option"] for other in plan["alternatives"]])

    def test_the_same_arguments_give_the_same_bytes(self):
        self.make(output="a.json")
        self.make(output="b.json")
        self.assertEqual((self.folder / "a.json").read_bytes(), (self.folder / "b.json").read_bytes())

    def test_explain_names_the_cuts_and_other_places(self):
        self.make()
        found = json.loads(self.run_godwit("explain", "east.users", "--format", "json").stdout)
        self.assertEqual(found["what"], "table east.users")
        self.assertEqual([cut["job"] for cut in found["cuts"]], ["west_sum"])
        self.assertGreater(max(other["cost_ratio"] for other in found["elsewhere"]), 1)

    def test_a_dry_run_of_an_edit_keeps_nothing(self):
        before = self.make()
        wave = str(len(before["waves"]))
        self.run_godwit("edit", "pin", "east.orders", "--wave", wave, "--dry-run")
        self.assertFalse((self.folder / "edits.json").exists())
        self.assertEqual(json.loads((self.folder / "plan.json").read_text()), before)

    def test_an_edit_is_respected_from_then_on(self):
        wave = len(self.make()["waves"])
        self.run_godwit("edit", "pin", "east.orders", "--wave", str(wave), "--why", "audit", "-o", "edited.json")
        edited = json.loads((self.folder / "edited.json").read_text())
        again = self.make("--edits", "edits.json", output="again.json")
        self.assertEqual(edited, again)
        [unit] = [unit for unit in again["units"] if "east.orders" in unit["tables"]]
        self.assertTrue(unit["pinned"])
        self.assertEqual(unit["wave"], again["waves"][-1]["id"])
        diff = json.loads(self.run_godwit("diff", "plan.json", "edited.json", "--format", "json").stdout)
        self.assertIn("east.orders", [thing["name"] for thing in diff["moved"]])

    def test_what_if_shows_each_wish_and_all(self):
        found = json.loads(self.run_godwit("--workload", "w.json", "--what-if", "cap=100%,alpha=5",
                                           "--format", "json").stdout)
        self.assertEqual([other["wish"] for other in found["what_if"]], ["cap=100%", "alpha=5", "cap=100%,alpha=5"])
        self.assertEqual(found["what_if"][0]["plan"]["crossing"], 0)

    def test_the_section_of_the_configuration_counts(self):
        (self.folder / "godwit.yaml").write_text(
            "version: 1\ncopy: {bandwidth: 2MB/s}\nplan:\n  cap: 50%\n  waves: {units_max: 1, pilot: false}\n")
        self.run_godwit("--workload", "w.json", "-o", "plan.json")
        plan = json.loads((self.folder / "plan.json").read_text())
        self.assertEqual(plan["request"]["bandwidth"]["rate"], 2_000_000)
        self.assertTrue(all(len(wave["units"]) == 1 for wave in plan["waves"]))

    def test_a_mistake_in_the_configuration_is_named_with_its_place(self):
        (self.folder / "godwit.yaml").write_text("version: 1\nplan:\n  waves:\n    units_max: many\n")
        done = self.run_godwit("--workload", "w.json", code=2)
        self.assertIn("godwit.yaml:4:16: plan: waves.units_max: a whole number is expected", done.stderr)

    def test_wrong_names_have_a_suggestion(self):
        self.make()
        self.assertIn("did you mean `east.users`?", self.run_godwit("explain", "east.user", code=2).stderr)
        self.assertIn("the plan has", self.run_godwit("edit", "pin", "east.users", "--wave", "99", code=2).stderr)
        self.assertIn("--wave N", self.run_godwit("edit", "pin", "east.users", code=2).stderr)

    def test_a_damaged_plan_is_refused_with_its_place(self):
        whole = self.make()

        def refuses(change, expected):
            damaged = json.loads(json.dumps(whole))
            change(damaged)
            (self.folder / "plan.json").write_text(json.dumps(damaged))
            self.assertIn(expected, self.run_godwit("explain", "east.users", code=2).stderr)

        refuses(lambda plan: plan["units"][0].update(bytes="many"), "units[0].bytes: a whole number is expected")
        refuses(lambda plan: plan["units"][0]["tables"].append("no.such"), "there is no table `no.such`")
        refuses(lambda plan: plan["units"][0]["tables"].extend(plan["units"][-1]["tables"]), "is in two units")
        refuses(lambda plan: plan["waves"][0].update(units=[]), "the wave w001 is empty")
        refuses(lambda plan: plan["units"][0].update(jobs=[], tables=[]), "in the plan")
        refuses(lambda plan: plan.update(format="godwit-plan/9"), "plan again with this version")

    def test_what_changed_since_is_a_conflict(self):
        self.make()
        (self.folder / "w.json").write_text(json.dumps(dict(WORKLOAD, jobs=WORKLOAD["jobs"][:-1])))
        self.assertIn("plan anew", self.run_godwit("explain", "east.users", code=1).stderr)


if __name__ == "__main__":
    unittest.main()
