#!/usr/bin/env python3
"""Notifications of real `godwit apply` processes: what receivers get, whatever they or godwit do.

    notify_test.py GODWIT PYTHON FOLDER"""
import hashlib
import hmac
import http.server
import json
import os
import pathlib
import signal
import subprocess
import sys
import threading
import time
import unittest

from world import World

GODWIT, PYTHON, FOLDER = (os.path.abspath(path) for path in sys.argv[1:4])
KEY = "canary-3f9c1d"


class Hook(http.server.ThreadingHTTPServer):
    """Takes notices; `answers` are the status codes of the first ones, 200 afterwards; 0 hangs."""
    daemon_threads = True

    def __init__(self, answers=()):
        self.answers, self.taken, self.seen = list(answers), [], []
        self.lock, self.released = threading.Lock(), threading.Event()
        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}/secret-path"

    def close(self):
        self.released.set()
        self.shutdown()
        self.server_close()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with self.server.lock:
            status = self.server.answers.pop(0) if self.server.answers else 200
            self.server.seen.append((dict(self.headers), body))
        if status == 0:
            self.server.released.wait(60)
            status = 200
        elif status == 200:
            with self.server.lock:
                self.server.taken.append(json.loads(body))
        try:
            self.send_response(status)
            self.end_headers()
        except OSError:
            pass

    def log_message(self, *_):
        pass


class Notifications(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.world = World(GODWIT, "", PYTHON, pathlib.Path(FOLDER))

    def setUp(self):
        self.world.reset()
        self.hook = None

    def tearDown(self):
        if self.hook:
            self.hook.close()

    def notify(self, *receivers):
        config = self.world.folder / "godwit.yaml"
        config.write_text(config.read_text() + "notify:\n" + "".join(f"  - {line}\n" for line in receivers))

    def webhook(self, *answers, more=""):
        self.hook = Hook(answers)
        self.notify(f"{{name: hook, webhook: '{self.hook.url()}', key: env:GODWIT_HOOK_KEY{more}}}")

    def apply(self, expect=(0,)):
        return self.world.call("apply", "plan.json", "--execute", env={"GODWIT_HOOK_KEY": KEY}, expect=expect)

    def lines(self):
        return [json.loads(line) for line in (self.world.folder / "notices.jsonl").read_text().splitlines()]

    def wanted(self):
        """What the journal has to tell, in its order: (sequence, event)."""
        records = json.loads(self.world.call("log", "--format", "json").stdout)["records"]
        found = []
        for record in records:
            body = record["body"]
            if record["kind"] == "TRANSITION":
                event = {"freeze_begun": "freeze", "thawed": "thaw", "resumed": "thaw", "returned": "thaw",
                         "gave_up": "failure"}.get(body["event"])
            else:
                event = {"DECISION": "switch" if body.get("decision") == "commit" else "cancel"}.get(record["kind"])
            if event:
                found.append((record["sequence"], event))
        return found

    def test_a_file_gets_every_event_once_in_order(self):
        self.notify("{name: log, file: notices.jsonl}")
        self.apply()
        self.assertEqual([(line["sequence"], line["event"]) for line in self.lines()], self.wanted())
        events = {line["event"] for line in self.lines()}
        self.assertEqual(events, {"freeze", "switch", "thaw"})
        self.assertEqual(self.lines()[0]["format"], "godwit-notice/1")

    def test_a_webhook_is_signed_and_holds_no_secret(self):
        self.webhook()
        done = self.apply()
        self.assertEqual([(each["sequence"], each["event"]) for each in self.hook.taken], self.wanted())
        for headers, body in self.hook.seen:
            digest = hmac.new(KEY.encode(), body, hashlib.sha256).hexdigest()
            self.assertEqual(headers["X-Godwit-Signature"], "sha256=" + digest)
            self.assertEqual(headers["X-Godwit-Id"], json.loads(body)["id"])
            self.assertEqual(headers["X-Godwit-Event"], json.loads(body)["event"])
        everything = done.stdout + done.stderr + "".join(body.decode() for _, body in self.hook.seen)
        for path in (self.world.folder / ".godwit").rglob("*"):
            everything += path.read_bytes().decode("latin-1") if path.is_file() else ""
        self.assertNotIn(KEY, everything)
        self.assertNotIn("secret-path", everything)

    def test_a_receiver_that_answers_500_gets_it_again(self):
        self.webhook(500, 503)
        done = self.apply()
        self.assertEqual([each["sequence"] for each in self.hook.taken], [number for number, _ in self.wanted()])
        self.assertEqual(len({body for _, body in self.hook.seen[:3]}), 1, "the same bytes, three times")
        self.assertIn("notify hook: it answered 500; it is tried again", done.stderr)
        self.assertNotIn("secret-path", done.stderr)

    def test_a_receiver_that_hangs_delays_itself_alone(self):
        self.notify("{name: log, file: notices.jsonl}")
        config = self.world.folder / "godwit.yaml"
        self.hook = Hook([0] * 100)
        config.write_text(config.read_text() + f"  - {{name: hook, webhook: '{self.hook.url()}', time_limit: 2s}}\n")
        begun = time.time()
        done = self.apply()
        self.assertLess(time.time() - begun, 30)
        self.assertIn("not everything was told to hook", done.stderr)
        self.assertEqual([line["sequence"] for line in self.lines()], [number for number, _ in self.wanted()])
        self.hook.released.set()
        with self.hook.lock:
            self.hook.answers.clear()
        self.world.call("notify")
        self.assertEqual([each["sequence"] for each in self.hook.taken], [number for number, _ in self.wanted()])

    def test_killed_between_nothing_is_lost_and_ids_repeat(self):
        self.notify("{name: log, file: notices.jsonl}")
        for _ in range(12):
            process = subprocess.Popen([GODWIT, "apply", "-q", "plan.json", "--execute"], cwd=self.world.folder,
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(0.35)
            process.send_signal(signal.SIGKILL)
            process.wait()
        self.apply()
        ids = {}
        for line in self.lines():
            self.assertEqual(ids.setdefault(line["id"], line), line, "one id, one notice")
        self.assertEqual(sorted(line["sequence"] for line in ids.values()), [number for number, _ in self.wanted()])

    def test_a_command_gets_the_notice_on_stdin_and_no_secrets(self):
        script = self.world.folder / "page.sh"
        script.write_text("#!/bin/sh\ncat >> paged.jsonl\nenv >> paged.env\n")
        script.chmod(0o755)
        self.notify(f"{{name: pager, command: [{script}], events: [switch]}}")
        self.apply()
        paged = [json.loads(line) for line in (self.world.folder / "paged.jsonl").read_text().splitlines()]
        self.assertEqual([(each["sequence"], each["event"]) for each in paged],
                         [each for each in self.wanted() if each[1] == "switch"])
        self.assertNotIn(KEY, (self.world.folder / "paged.env").read_text())

    def test_a_plan_that_nobody_signed_asks_for_it(self):
        self.notify("{name: log, file: notices.jsonl}")
        plan = json.loads((self.world.folder / "plan.json").read_text())
        plan["warnings"].append("changed after it was signed")
        (self.world.folder / "plan.json").write_text(json.dumps(plan))
        self.apply(expect=(2,))
        self.assertEqual([line["event"] for line in self.lines()], ["approval_wanted"])
        self.assertIn("godwit approve plan.json", self.lines()[0]["text"])

    def test_try_out_says_who_takes_it(self):
        self.webhook(404)
        done = self.world.call("notify", "--test", env={"GODWIT_HOOK_KEY": KEY}, expect=(1,))
        self.assertEqual(done.stdout, "hook: it answered 404\n")
        done = self.world.call("notify", "--test", env={"GODWIT_HOOK_KEY": KEY})
        self.assertEqual(done.stdout, "hook: taken\n")
        self.assertIn("GODWIT_HOOK_KEY", self.world.call("notify", "--test", expect=(2,)).stderr)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[4:]], verbosity=2)
