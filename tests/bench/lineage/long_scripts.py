"""long_scripts.py: time and memory of one script of 100 MB, of several kinds. A process of its own, and a small one: what
a child uses is counted from what its parent did."""
import os
import pathlib
import subprocess
import tempfile
import time

import godwit

SCRIPT_BYTES = 100 << 20
QUERY = b"SELECT a, b + 1 AS c FROM ods.items WHERE id IN (SELECT id FROM ods.picked)"

# name: what the script starts with, what fills it, what it ends with
SCRIPTS = {
    "statements, a line each": (b"", b"INSERT INTO t " + QUERY + b";\n", b""),
    "statements, all in one line": (b"", b"INSERT INTO t " + QUERY + b"; ", b""),
    "one statement, UNION ALL": (b"INSERT INTO t ", QUERY + b"\nUNION ALL\n", QUERY),
    "one statement, IN list": (b"SELECT 1 FROM a WHERE b IN (", b"100000, ", b"1)"),
    "parentheses": (b"SELECT ", b"(", b"1"),
    "a string that does not close": (b"SELECT '", b"all work and no play ", b""),
    "bytes of no language": (b"", bytes(range(256)), b""),
}


def write(path, head, text, tail):
    block = text * max(1, (1 << 20) // len(text))
    with path.open("wb") as file:
        file.write(head)
        for _ in range(SCRIPT_BYTES // len(block)):
            file.write(block)
        file.write(tail)


def run(path):
    """Exit code, seconds, megabytes, and how many megabytes the answer has."""
    with tempfile.TemporaryFile() as answer:
        begin = time.monotonic()
        process = subprocess.Popen([godwit.GODWIT, "extract", path], stdout=answer, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - begin
        return os.waitstatus_to_exitcode(status), seconds, usage.ru_maxrss / 1024, answer.seek(0, os.SEEK_END) / 2**20


if __name__ == "__main__":
    print(f"\n{'a script of 100 MB':<30} {'exit':>5} {'s':>6} {'peak MB':>8} {'answer MB':>10}")
    with tempfile.TemporaryDirectory() as folder:
        for name, parts in SCRIPTS.items():
            script = pathlib.Path(folder) / "script.sql"
            write(script, *parts)
            code, seconds, megabytes, answer = run(script)
            print(f"{name:<30} {code:>5} {seconds:>6.1f} {megabytes:>8.0f} {answer:>10.0f}", flush=True)
