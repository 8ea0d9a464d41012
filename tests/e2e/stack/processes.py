"""Servers as child processes. Each is recorded by process id and start time, so that nothing but a recorded process is
ever killed, and a guardian stops them all when the program that started them dies, however it dies."""
import json
import os
import pathlib
import signal
import socket
import subprocess
import time


def start_time(pid):
    """Clock ticks between boot and the start of `pid`: with the pid it names a process for ever. None: no such one."""
    try:
        stat = pathlib.Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] == "Z" else int(fields[19])


def alive(record):
    return start_time(record["pid"]) == record["start_time"]


PORTS = range(20000, 32000)  # below those that the system gives to clients: a client would take a port before its server starts
_handed_out = set()


def is_free(port):
    with socket.socket() as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            one.bind(("127.0.0.1", port))
        except OSError:
            return False
    return not listens(port)


def free_ports(count):
    """Ports of the loopback interface that nobody listens on now, and that were not handed out before."""
    found = []
    for i in range(len(PORTS)):
        port = PORTS[(os.getpid() * 97 + i) % len(PORTS)]
        if port not in _handed_out and is_free(port):
            _handed_out.add(port)
            found.append(port)
        if len(found) == count:
            return found
    raise RuntimeError(f"no {count} free ports between {PORTS[0]} and {PORTS[-1]}")


def stop_recorded(file, patience_seconds=20):
    """Stops the processes that `file` names, newest first, and removes the file."""
    records = [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []
    for record in reversed(records):
        send(record, signal.SIGTERM)
    deadline = time.monotonic() + patience_seconds
    while any(alive(record) for record in records) and time.monotonic() < deadline:
        time.sleep(0.1)
    for record in records:
        send(record, signal.SIGKILL)
    file.unlink(missing_ok=True)


def send(record, number):
    """Signals a recorded process and its group; the group is its own (start_new_session)."""
    if alive(record):
        try:
            os.killpg(record["pid"], number)
        except ProcessLookupError:
            pass


class Processes:
    """The running servers of one test run, below `folder`."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder).resolve()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.file = self.folder / "processes.jsonl"
        stop_recorded(self.file)  # of a run whose guardian was killed too
        self._guard()

    def _guard(self):
        """The guardian holds the reading end of a pipe whose writing end only this process has."""
        reading, self._writing = os.pipe()
        if os.fork():
            os.close(reading)
            return
        os.setsid()
        os.close(self._writing)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # whoever ends the program by name ends it as well
            signal.signal(number, signal.SIG_IGN)
        os.read(reading, 1)
        stop_recorded(self.file)
        os._exit(0)

    def start(self, name, argv, environment=None, folder=None):
        """Starts a server; its output goes to FOLDER/NAME.log. Returns its record."""
        log = self.folder / f"{name}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        with open(log, "ab") as out:
            child = subprocess.Popen([str(a) for a in argv], stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                                     env={**os.environ, **(environment or {})}, cwd=folder, start_new_session=True)
        record = {"name": name, "pid": child.pid, "start_time": start_time(child.pid), "log": str(log)}
        with open(self.file, "a", encoding="utf-8") as out:
            out.write(json.dumps(record) + "\n")
        record["child"] = child
        return record

    def stop(self, record, number=signal.SIGTERM, patience_seconds=20):
        """Ends one server and waits until it is gone."""
        send(record, number)
        try:
            record["child"].wait(patience_seconds)
        except subprocess.TimeoutExpired:
            send(record, signal.SIGKILL)
            record["child"].wait()

    def stop_all(self):
        stop_recorded(self.file)


def log_end(record, lines=15):
    """Where a server's log is, and what it says last: the log may be gone when somebody reads of the failure."""
    text = pathlib.Path(record["log"]).read_text(errors="replace").splitlines()[-lines:]
    return "\n".join([f"the end of {record['log']}:", *("  " + line[:300] for line in text)])


def wait_until(what, check, record=None, seconds=180):
    """Waits for `check()` to be true. Fails at once if the process of `record` ends."""
    deadline = time.monotonic() + seconds
    while not check():
        if record and record["child"].poll() is not None:
            raise RuntimeError(f"{what}: {record['name']} ended with exit code {record['child'].returncode}; {log_end(record)}")
        if time.monotonic() > deadline:
            raise RuntimeError(f"{what}: not within {seconds} s" + (f"; {log_end(record)}" if record else ""))
        time.sleep(0.1)


def listens(port):
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0
