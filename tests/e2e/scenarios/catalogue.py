"""The scenarios by name, each with the servers it needs. Scenarios with the same servers share one stack."""
import os
import signal
import subprocess
import sys
import time
import traceback

from stack.fetch import say
from stack.stack import Stack

from . import changes, faults, migrate

# name: (servers, what runs). A runner gets the stack and the build folder and raises if the scenario fails.
PLAIN = {"target": "3.1.3", "database": "postgres", "yarn": True, "spark": ("source", "target")}
MOVING = {"target": "3.1.3", "spark": ("source", "target"), "spark_user": "etl"}  # jobs are no superusers
SCENARIOS = {}
LIMIT_SECONDS = 2700  # of a whole run; the servers are stopped, whatever hung


def scenario(name, servers):
    def add(work):
        SCENARIOS[name] = (servers, work)
        return work
    return add


def program(stack, build, name, filters="*", environment=None, seconds=1500):
    """Runs a test program against the stack; its output goes to NAME.log beside the servers' logs."""
    log = stack.folder / f"{name}.log"
    with open(log, "ab") as out:
        code = subprocess.run([str(build / "tests" / name), f"--gtest_filter={filters}"], stdin=subprocess.DEVNULL,
                              stdout=out, stderr=out, timeout=seconds,
                              env={**os.environ, "GODWIT_STACK": str(stack.folder / "stack.json"),
                                   **(environment or {})}).returncode
    if code:
        lines = log.read_text(errors="replace").splitlines()
        failed = [line for line in lines if "FAILED" in line or "Failure" in line]
        raise RuntimeError(f"{name} failed; see {log}\n" + "\n".join(failed[-15:]))


@scenario("adapters", PLAIN)
def adapters(stack, build):
    """Each adapter against real servers: WebHDFS, metastores 3.1.3 on PostgreSQL and Derby, DistCp locally and on YARN,
    Spark."""
    program(stack, build, "real_test")


@scenario("conformance", PLAIN)
def conformance(stack, build):
    """The suite that every kind of site passes, on two real sites."""
    program(stack, build, "real_conformance", seconds=3000)


@scenario("safe_mode", PLAIN)
def safe_mode(stack, build):
    faults.safe_mode(stack)


@scenario("quota", PLAIN)
def quota(stack, build):
    faults.quota(stack)


@scenario("application_killed", PLAIN)
def application_killed(stack, build):
    faults.application_killed(stack)


@scenario("metastore_killed", PLAIN)
def metastore_killed(stack, build):
    faults.metastore_killed(stack)


@scenario("many_partitions", PLAIN)  # the last of them: whoever drops all of these waits for long
def many_partitions(stack, build):
    """Four thousand partitions into a metastore that stands on PostgreSQL, and out of it; the benchmark takes more."""
    program(stack, build, "real_test", "*ManyPartitions*/0", {"GODWIT_LONG": "4"})


@scenario("migrate", MOVING)
def whole_migration(stack, build):
    """Hive and Spark tables, a view among them, by the godwit command while jobs write; read back through Spark."""
    migrate.whole(stack, build)


@scenario("changes", MOVING)
def changed_meanwhile(stack, build):
    """Partitions overwritten and dropped, a column added, a table renamed, a quota, safe mode, a dead metastore, an open
    file, owners and rights: all in one migration."""
    changes.changes(stack, build)


@scenario("killed", MOVING)
def killed_migration(stack, build):
    """The same with kill -9 of the godwit command at ten commits of its journal."""
    migrate.killed(stack, build)


@scenario("metastore_4", {"target": "4.0.1"})
def metastore_4(stack, build):
    """The catalog against a 4.0.1 target, which has other rules for managed tables."""
    program(stack, build, "real_test", "*Catalog*:HdfsReal*")


@scenario("secured", {"target": None, "secured": True})
def secured(stack, build):
    """WebHDFS and DistCp with Kerberos and TLS: SPNEGO by the ticket, a delegation token, a proxy user, no ticket."""
    program(stack, build, "real_test", "HdfsReal*:SecuredReal*:*CopierReal*")


@scenario("namenode_failover", {"target": None, "pair": True})
def namenode_failover(stack, build):
    """A source with two NameNodes: the adapters find the active one; while it changes, and dies, no file is lost or
    written twice; DistCp goes on."""
    program(stack, build, "real_test", "HdfsReal*:*CopierReal*")
    with faults.failing_over(stack.source) as times:
        program(stack, build, "real_test", "FailoverReal*", {"GODWIT_FAILOVER_SECONDS": "20"})
    if times() < 3:
        raise AssertionError(f"only {times()} fail-overs")


def show():
    for name, (servers, work) in SCENARIOS.items():
        print(f"{name:20} {servers}  {(work.__doc__ or '').strip()}")
    return 0


def key(servers):
    return repr(sorted(servers.items()))


def run(build, cache, names):
    unknown = [name for name in names if name not in SCENARIOS]
    if unknown:
        print(f"no scenario {', '.join(unknown)}; tests/e2e/run list names them", file=sys.stderr)
        return 2
    chosen = {name: SCENARIOS[name] for name in SCENARIOS if not names or name in names}
    fetched = cache()
    signal.signal(signal.SIGALRM, lambda *_: sys.exit(f"FAILED: not done after {LIMIT_SECONDS} s; the logs are below {build}/e2e/run"))
    signal.alarm(LIMIT_SECONDS)
    passed, failed = [], []
    for servers in sorted({key(servers) for servers, _ in chosen.values()}, reverse=True):
        group = {name: value for name, value in chosen.items() if key(value[0]) == servers}
        run_group(build, fetched, group, passed, failed)
    for name in failed:
        print(f"FAILED {name}")
    print(f"{len(passed)} passed, {len(failed)} failed")
    return 1 if failed else 0


def run_group(build, fetched, group, passed, failed):
    options = next(iter(group.values()))[0]
    folder = build / "e2e/run" / "-".join(sorted(group))[:80]
    stack = Stack(folder, fetched, **options)
    try:
        began = time.monotonic()
        stack.up()
        say(f"servers {options} up in {time.monotonic() - began:.0f} s, logs in {folder}")
        for name, (_, work) in group.items():
            began = time.monotonic()
            try:
                work(stack, build)
                passed.append(name)
                print(f"ok     {name}  {time.monotonic() - began:.0f} s", flush=True)
            except Exception:  # the next scenario still runs
                traceback.print_exc()
                failed.append(name)
    finally:
        stack.down()
