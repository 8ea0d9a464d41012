#!/usr/bin/env python3
"""Real full disks: a small file system under the target, and one under the state file. `apply` says what is full, loses
nothing, and goes on when there is room. Needs root, to mount; without it the tests are skipped, and say so.

    full_disk_test.py GODWIT PYTHON FOLDER"""
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import threading
import time
import unittest

from world import World

GODWIT, PYTHON, FOLDER = (os.path.abspath(path) for path in sys.argv[1:4])
SECONDS = 120


class FullDisk(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.world = World(GODWIT, "", PYTHON, pathlib.Path(FOLDER))
        cls.world.apply()
        cls.wanted = cls.world.end()

    def setUp(self):
        self.world.reset()

    def small_disk(self, folder, kilobytes):
        """Puts what is in the folder on a file system of its own."""
        kept = folder.with_name(folder.name + ".moved")
        shutil.move(folder, kept)
        folder.mkdir(mode=0o700)
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k,mode=0700", "tmpfs", folder],
                                 capture_output=True, text=True, check=False)
        if mounted.returncode:
            self.skipTest(f"SKIPPED: cannot mount a small file system: {mounted.stderr.strip()}")
        self.addCleanup(subprocess.run, ["umount", "--lazy", folder], check=True)
        shutil.copytree(kept, folder, symlinks=True, dirs_exist_ok=True)
        shutil.rmtree(kept)

    def fill(self, folder, but=0):
        """A file that leaves so many bytes."""
        ballast = folder / "filling"
        free = shutil.disk_usage(folder).free - but
        ballast.write_bytes(b"x" * max(0, free))
        return ballast

    def apply_until(self, wanted):
        """A running `apply` that has said so, and all that it said."""
        process = subprocess.Popen([GODWIT, "apply", "plan.json", "--execute"], cwd=self.world.folder, text=True,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.kill)
        watch = threading.Timer(SECONDS, process.kill)
        watch.start()
        said = ""
        for line in process.stderr:
            said += line
            if wanted(line):
                break
        watch.cancel()
        return process, said

    def end_of(self, process):
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=SECONDS)

    def test_a_full_target(self):
        data = self.world.folder / "target/warehouse"
        self.small_disk(data, 2000)
        ballast = self.fill(data)
        process, said = self.apply_until(lambda line: "no space" in line)
        self.assertIn("/target: no space", said.splitlines()[-1])
        self.assertIn("make room", said.splitlines()[-1])
        self.end_of(process)
        ballast.unlink()
        self.world.apply()
        self.assertEqual(self.world.end(), self.wanted)

    def test_little_room_for_the_state_file(self):
        """Nothing new begins before the disk is full."""
        self.small_disk(self.world.folder / ".godwit", 3000)
        process, said = self.apply_until(lambda line: "free for the state file" in line)
        self.assertIn("nothing new begins: only", said.splitlines()[-1])
        self.assertIn("make room there", said.splitlines()[-1])
        self.end_of(process)

    def test_a_full_disk_under_the_state_file(self):
        config = self.world.folder / "godwit.yaml"
        text = config.read_text()
        self.addCleanup(config.write_text, text)
        config.write_text(text + "state_file: {free_min: 0B, ballast: 0B}\n")
        state = self.world.folder / ".godwit"
        self.small_disk(state, 3000)
        ballast = self.fill(state, but=300_000)
        process, said = self.apply_until(lambda line: "state.db" in line and "full" in line)
        self.assertIn("make room on its disk", said[-2000:])
        time.sleep(1)
        if process.poll() is None:
            self.end_of(process)
        ballast.unlink()
        self.world.apply()
        self.assertEqual(self.world.end(), self.wanted)

    def test_a_full_disk_under_the_mirror(self):
        elsewhere = self.world.folder / "elsewhere"
        elsewhere.mkdir()
        config = self.world.folder / "godwit.yaml"
        text = config.read_text()
        self.addCleanup(config.write_text, text)
        config.write_text(text + "state_file: {mirror: elsewhere/log.ndjson}\n")
        self.small_disk(elsewhere, 1000)
        ballast = self.fill(elsewhere, but=12_000)
        process, said = self.apply_until(lambda line: "log.ndjson" in line)
        self.assertIn("No space left", said)
        self.end_of(process)
        ballast.unlink()
        self.world.apply()
        self.assertEqual(self.world.end(), self.wanted)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
