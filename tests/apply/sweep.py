#!/usr/bin/env python3
"""Kills godwit right before and right after every commit of its journal, in a whole small migration, starts it again,
and sees that the end is the same. `kill -9` of the real binary; kill_at.c says when.

    sweep.py GODWIT KILL_AT.so PYTHON FOLDER [--pairs COUNT]

--pairs: ordered pairs of kills instead, the second in the run that recovers from the first; COUNT of them, spread evenly,
or `all`."""
import argparse
import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys

from world import Failed, World

WORKERS = 2


def sweep(world, cases, wanted):
    """Each case is one or more points: in each run one kill. Returns the kills, and what ended otherwise."""
    killed, problems = 0, []
    for case in cases:
        name = ", then ".join(f"{when} commit {number}" for when, number in case)
        world.reset()
        try:
            killed += sum(world.die(when, number) for when, number in case)
            world.apply()
            end = world.end()
        except (Failed, subprocess.TimeoutExpired) as error:
            problems.append(f"killed {name}: {error}")
            continue
        if end != wanted:
            different = [key for key in wanted if end[key] != wanted[key]]
            problems.append(f"killed {name}: another end in {different}: {[end[key] for key in different]}")
    return killed, problems


def spread(cases, count):
    """`count` of them, from the first to the last."""
    if count == "all" or int(count) >= len(cases):
        return cases
    return [cases[n * (len(cases) - 1) // max(1, int(count) - 1)] for n in range(int(count))]


def main():
    parser = argparse.ArgumentParser()
    for name in ("godwit", "shim", "python"):
        parser.add_argument(name, type=os.path.abspath)
    parser.add_argument("folder", nargs="?", default="crash", type=lambda path: pathlib.Path(path).resolve())
    parser.add_argument("--pairs")
    options = parser.parse_args()
    godwit, shim, python, folder = options.godwit, options.shim, options.python, options.folder
    worlds = [World(godwit, shim, python, folder / str(n)) for n in range(WORKERS)]
    commits = worlds[0].commits()
    wanted = worlds[0].end()
    moved = [side for _, side, _ in wanted["units"].values()]
    tables = {key: value for key, value in wanted["source"].items() if "." in key}
    if set(moved) != {"target"} or any(wanted["target"].get(key, {}).get("partitions") != table["partitions"]
                                       for key, table in tables.items()):
        raise SystemExit(f"the undisturbed migration is not right: {json.dumps(wanted, indent=1)}")
    points = [(when, number) for number in range(1, commits + 1) for when in ("before", "after")]
    cases = [(point,) for point in points]
    if options.pairs:
        left = [(first, second) for first in points for second in points if first[1] + second[1] <= commits]
        cases = spread(left, options.pairs)  # a second kill after the end of what the first left to do is none
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        results = list(pool.map(lambda n: sweep(worlds[n], cases[n::WORKERS], wanted), range(WORKERS)))
    killed = sum(each for each, _ in results)
    problems = [problem for _, each in results for problem in each]
    for problem in problems:
        print(problem)
    print(f"{commits} commits, {len(points)} points, {len(cases)} cases, {killed} kills, {len(problems)} bad ends")
    # Records that come together are committed together, so another run may have fewer commits, more so on a busy machine; and of
    # a pair the second point may lie behind the end of what the first one left to do.
    return 1 if problems or killed < len(cases) * 2 / 3 else 0


if __name__ == "__main__":
    sys.exit(main())
