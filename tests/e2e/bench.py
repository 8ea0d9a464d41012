"""`./dev bench hadoop [SCALE [PERCENT]]`: the bars of two clusters, on servers of this machine. SCALE 1 is 1,000 tables, 20,000 partitions and
100,000 small files; the default is a tenth of it. PERCENT of the files are compared by content, all by default (`verify.percent`). Prints ratios within one run: seconds alone mean little on a busy machine."""
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from stack.fetch import Cache, say  # noqa: E402
from stack.stack import Stack  # noqa: E402

BUILD = HERE.parent.parent / "build"


def main(arguments):
    scale = float(arguments[0]) if arguments else 0.1
    percent = arguments[1] if len(arguments) > 1 else "100"
    cache = Cache(BUILD / "e2e/cache")
    cache.fill()
    stack = Stack(BUILD / "e2e/bench", cache, database="postgres")
    try:
        stack.up()
        stack_file = stack.folder / "stack.json"
        say(f"copying at scale {scale}")
        subprocess.run([BUILD / "tests/real_bench", stack_file, str(max(1, round(1000 * scale))), "20", "5", percent],
                       check=True)
        say("metastore, 20,000 partitions each way")
        subprocess.run([BUILD / "tests/real_test", "--gtest_filter=*ManyPartitions*/0"], check=True, stderr=sys.stdout,
                       env={**os.environ, "GODWIT_STACK": str(stack_file), "GODWIT_LONG": "20", "GODWIT_BENCH": "1"})
    finally:
        stack.down()


if __name__ == "__main__":
    main(sys.argv[1:])
