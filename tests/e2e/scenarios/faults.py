"""What goes wrong on real clusters, seen through godwit's probe: the small program build/tests/real_probe, which makes one
call of a port and prints what it says."""
import concurrent.futures
import contextlib
import json
import subprocess
import threading

from stack.processes import wait_until


def probe(stack, *arguments, seconds=180):
    """One call; returns (code, text): "done", "already" or the error's code, and the answer or message."""
    path = stack.cache.folder.parent.parent / "tests/real_probe"
    result = subprocess.run([str(path), str(stack.folder / "stack.json"), *arguments], capture_output=True, text=True,
                            timeout=seconds, check=False)
    if result.returncode:
        raise RuntimeError(f"probe {arguments}: {result.stderr}")
    answer = json.loads(result.stdout)
    return answer["code"], answer["text"]


def expect(got, *codes):
    if got[0] not in codes:
        raise AssertionError(f"expected {' or '.join(codes)}, got {got}")


def safe_mode(stack):
    """In safe mode reads go on and changes are refused as unavailable; afterwards they work."""
    stack.target.call("PUT", "/warehouse/safe.db/t/part-0", "CREATE", data=b"1", overwrite="true")
    stack.target.admin("-safemode", "enter")
    try:
        expect(probe(stack, "list", "target", "/warehouse/safe.db/t"), "done")
        expect(probe(stack, "close", "target", "safe.t", "2"), "unavailable", "invalid_input")
        code, text = probe(stack, "doctor", "target", "default")
        if "safe_mode" not in text:
            raise AssertionError("doctor does not see the safe mode: " + text)
    finally:
        stack.target.admin("-safemode", "leave")
    expect(probe(stack, "write", "target", "/warehouse/safe.db/t/part-1", "x"), "done")


@contextlib.contextmanager
def failing_over(pair):
    """Meanwhile the pair's NameNodes change places, every third time because one is killed. Yields how often they did."""
    done, errors, number = threading.Event(), [], 0

    def go_on():
        nonlocal number
        try:
            while not done.wait(2):
                pair.fail_over(kill=number % 3 == 1)
                number += 1
        except Exception as error:  # told by the program that waits for this thread
            errors.append(error)

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        yield lambda: number
    finally:
        done.set()
        thread.join()
    if errors:
        raise errors[0]


def quota(stack):
    """A copy that meets the target's quota fails with the reason and leaves nothing behind."""
    stack.source.call("PUT", "/warehouse/quota.db/t/part-0", "CREATE", data=b"x" * 3_000_000, overwrite="true")
    stack.target.call("PUT", "/warehouse/quota.db/_godwit", "MKDIRS")
    stack.target.admin("-setSpaceQuota", "1m", "/warehouse/quota.db")
    try:
        code, text = probe(stack, "copy", "quota:1:copy", "/warehouse/quota.db/t", "/warehouse/quota.db/_godwit/t/a1")
        if code != "failed" or "uota" not in text:
            raise AssertionError(f"expected a failure that names the quota, got {code} {text}")
    finally:
        stack.target.admin("-clrSpaceQuota", "/warehouse/quota.db")
    expect(probe(stack, "stat", "target", "/warehouse/quota.db/_godwit/t/a1"), "absent")
    expect(probe(stack, "copy", "quota:2:copy", "/warehouse/quota.db/t", "/warehouse/quota.db/_godwit/t/a2"), "done")


def application_killed(stack):
    """A copy whose application somebody kills on YARN fails with that reason and leaves nothing; the next one brings all."""
    for number in range(3):
        stack.source.call("PUT", f"/warehouse/killed.db/t/part-{number}", "CREATE", data=b"x" * 1_000_000, overwrite="true")
    with concurrent.futures.ThreadPoolExecutor() as threads:
        copying = threads.submit(probe, stack, "copy_on_yarn", "killed:1:copy", "/warehouse/killed.db/t",
                                 "/warehouse/killed.db/_godwit/t/a1", seconds=400)
        wait_until("an application", stack.yarn.running)
        for application in stack.yarn.running():
            stack.yarn.kill(application)
        code, text = copying.result()
    if code != "failed" or "killed" not in text.lower():  # as it ran, or as it was handed in
        raise AssertionError(f"expected a failure that says it was killed, got {code} {text}")
    expect(probe(stack, "stat", "target", "/warehouse/killed.db/_godwit/t/a1"), "absent")
    expect(probe(stack, "copy_on_yarn", "killed:2:copy", "/warehouse/killed.db/t", "/warehouse/killed.db/_godwit/t/a2",
                 seconds=400), "done")
    for number in range(3):
        copied = stack.target.call("GET", f"/warehouse/killed.db/_godwit/t/a2/part-{number}", "OPEN")
        if copied != b"x" * 1_000_000:
            raise AssertionError(f"part-{number} has {len(copied)} bytes")
    if json.loads(stack.target.call("GET", "/warehouse/killed.db/_godwit/.landing", "LISTSTATUS"))["FileStatuses"]["FileStatus"]:
        raise AssertionError("something is left of the killed copy")


def metastore_killed(stack):
    """While the metastore is gone calls say unavailable at once; when it is back they work, and nothing is doubled."""
    expect(probe(stack, "create", "target", "hmskill.t"), "done")
    stack.processes.stop(stack.target_hms.record, number=9)
    try:
        expect(probe(stack, "publish", "target", "hmskill.t", "dt=1"), "unavailable")
    finally:
        stack.target_hms.start()
        stack.target_hms.wait()
    wait_until("metastore serves", lambda: probe(stack, "publish", "target", "hmskill.t", "dt=1")[0] in (
        "done", "already"))
    expect(probe(stack, "publish", "target", "hmskill.t", "dt=1"), "already")

