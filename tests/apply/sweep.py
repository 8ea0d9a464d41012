#!/usr/bin/env python3
"""Kills godwit right before and right after every commit of its journal, in a whole small migration, starts it again,
and sees that the end is the same. `kill -9` of the real binary; kill_at.c says when.

    sweep.py GODWIT KILL_AT.so PYTHON [FOLDER]"""
import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys

from world import Failed, World

WORKERS = 2


def sweep(world, points, wanted):
    killed, problems = 0, []
    for when, number in points:
        world.reset()
        try:
            killed += world.die(when, number)
            world.apply()
            end = world.end()
        except (Failed, subprocess.TimeoutExpired) as error:
            problems.append(f"killed {when} commit {number}: {error}")
            continue
        if end != wanted:
            different = [key for key in wanted if end[key] != wanted[key]]
            problems.append(f"killed {when} commit {number}: another end in {different}: {[end[key] for key in different]}")
    return killed, problems


def main():
    godwit, shim, python = (os.path.abspath(path) for path in sys.argv[1:4])
    folder = pathlib.Path(sys.argv[4] if len(sys.argv) > 4 else "crash").resolve()
    worlds = [World(godwit, shim, python, folder / str(n)) for n in range(WORKERS)]
    commits = worlds[0].commits()
    wanted = worlds[0].end()
    moved = [side for _, side, _ in wanted["units"].values()]
    tables = {key: value for key, value in wanted["source"].items() if "." in key}
    if set(moved) != {"target"} or any(wanted["target"].get(key, {}).get("partitions") != table["partitions"]
                                       for key, table in tables.items()):
        raise SystemExit(f"the undisturbed migration is not right: {json.dumps(wanted, indent=1)}")
    points = [(when, number) for number in range(1, commits + 1) for when in ("before", "after")]
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        results = list(pool.map(lambda n: sweep(worlds[n], points[n::WORKERS], wanted), range(WORKERS)))
    killed = sum(each for each, _ in results)
    problems = [problem for _, each in results for problem in each]
    for problem in problems:
        print(problem)
    print(f"{commits} commits, {len(points)} points, {killed} kills, {len(problems)} bad ends")
    return 1 if problems or killed < len(points) * 0.9 else 0


if __name__ == "__main__":
    sys.exit(main())
