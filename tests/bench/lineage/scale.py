"""scale.py SHARED: a million short statements; two threads against two processes."""
import sys

import godwit
import workloads

MILLION = 1_000_000
MILLION_SECONDS = 6      # on one quiet core
TWO_THREADS_MIN = 0.9    # of what two processes reach
ROUNDS = 3


def repeated(statements, count):
    """Requests of the statements over and over, `count` of them."""
    copies, rest = divmod(count, len(statements))
    return godwit.request_lines(statements, copies) + godwit.request_lines(statements[:rest])


def million(statements):
    requests = repeated(statements, MILLION)
    for name, options in (("tables", []), ("columns too", ["--columns"])):
        seconds = min(godwit.cpu_seconds(requests, "--jobs", "1", *options) for _ in range(ROUNDS))
        bar = f"(bar {MILLION_SECONDS} s)" if name == "tables" else ""
        print(f"a million short statements ({len(requests) / 1e6:.0f} MB), {name}: {seconds:.2f} s of CPU {bar}")


def two_threads(statements):
    """Speed of two threads over half of it on two processes, and what two processes reach over one."""
    half = repeated(statements, MILLION)
    best = [1e9] * 3
    for _ in range(ROUNDS):
        best[0] = min(best[0], godwit.wall_seconds((half, ["--jobs", "1"])))
        best[1] = min(best[1], godwit.wall_seconds((half, ["--jobs", "1"]), (half, ["--jobs", "1"])))
        best[2] = min(best[2], godwit.wall_seconds((half + half, ["--jobs", "2"])))
    processes, threads = 2 * best[0] / best[1], 2 * best[0] / best[2]
    print(f"two processes: {processes:.2f}x of one; two threads: {threads:.2f}x, {threads / processes:.0%} of that "
          f"(bar {TWO_THREADS_MIN:.0%})")


if __name__ == "__main__":
    short = workloads.all_workloads(sys.argv[1], "tests/parser")["short Hive"]
    print()
    million(short)
    two_threads(short)
