"""build/godwit as the benchmarks run it: a process that reads statements as JSON lines."""
import json
import resource
import subprocess
import tempfile
import time

GODWIT = "build/godwit"


def request_lines(statements, copies=1):
    lines = [json.dumps({"id": i, "dialect": dialect, "sql": sql}) for i, (dialect, sql) in enumerate(statements)]
    return ("\n".join(lines) + "\n").encode() * copies


def start(requests, *options):
    """A process that answers the requests into nothing."""
    source = tempfile.TemporaryFile()
    source.write(requests)
    source.seek(0)
    return subprocess.Popen([GODWIT, "extract", "--jsonl", *options], stdin=source, stdout=subprocess.DEVNULL)


def finish(*processes):
    for process in processes:
        if process.wait() != 0:
            raise SystemExit(f"{GODWIT} extract failed")


def cpu_seconds(requests, *options):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    finish(start(requests, *options))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def wall_seconds(*runs):
    """Of processes that run at the same time; each run is (requests, options)."""
    begin = time.monotonic()
    finish(*[start(requests, *options) for requests, options in runs])
    return time.monotonic() - begin
