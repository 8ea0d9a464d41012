#!/usr/bin/env python3
"""Fails when docs/faults.md names a test that does not exist, or leaves a fault out.

    check_faults.py BUILD_FOLDER"""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
GROUPS = {"A": 30, "B": 20, "C": 33, "D": 25, "E": 12, "F": 22}


def found(path, pattern):
    return set(re.findall(pattern, (ROOT / path).read_text(), re.M))


def names_in(pattern, folder, suffix):
    return {name for path in (ROOT / folder).glob(suffix) for name in re.findall(pattern, path.read_text())}


def known_tests(build):
    """Kind of test -> its names; "" for those of ctest."""
    listed = subprocess.run(["ctest", "--test-dir", build, "-N"], capture_output=True, text=True, check=True).stdout
    ctests = set(re.findall(r"Test +#\d+: (.*)", listed))
    return {
        "": ctests,
        "sim": {fault for line in re.findall(r"kNames\[kFaults\] = \{([^}]*)\}",
                                             (ROOT / "tests/sim/swarm.cc").read_text())
                for fault in re.findall(r'"(\w+)"', line)},
        # Those that somebody notices.
        "mutant": {name for key in found("tests/sim/mutants.txt", r"^([a-z_+]+) +(?:seed|model)") for name in key.split("+")},
        "model": found("docs/model/check", r'^verify "([^"]+)"'),
        "refusals": found("tests/apply/refusals_test.py", r"def (test_\w+)"),
        "limits": found("tests/apply/limits_test.py", r"def (test_\w+)"),
        "report": found("tests/report/strangers_test.py", r"def (test_\w+)"),
        "disk": found("tests/apply/full_disk_test.py", r"def (test_\w+)"),
        "real": names_in(r"TEST_[FP]\(\w+, (\w+)\)", "tests/e2e/real", "*.cc"),
        "e2e": found("tests/e2e/scenarios/catalogue.py", r'@scenario\("(\w+)"'),
    }


def is_known(token, tests):
    kind, _, name = token.partition(" ")
    if name:
        return name in tests.get(kind, ())
    # A suite of fixtures, or a test with its parameters left out, stands for all of them.
    return any(test == token or test.startswith((token + ".", token + "/")) for test in tests[""])


def main():
    tests = known_tests(sys.argv[1])
    rows, problems, count = {}, [], {"shown": 0, "waiting": 0, "does not arise": 0, "open": 0}
    for line in (ROOT / "docs/faults.md").read_text().splitlines():
        row = re.match(r"\| ([A-F]\d+) \| (.*?) \| (.*) \|$", line)
        if not row:
            continue
        number, shown = row[1], row[3]
        tokens = re.findall(r"`([^`]+)`", shown)
        if number in rows:
            problems.append(f"{number} is there twice")
        rows[number] = tokens
        problems += [f"{number} names `{token}`, which does not exist" for token in tokens if not is_known(token, tests)]
        said = re.match(r"open\b|waiting(?=: \w+)|does not arise(?=: \w+)", shown)
        if not tokens and not said:
            problems.append(f"{number} says nothing")
        count["shown" if tokens else said[0] if said else "open"] += 1
    wanted = {f"{group}{n}" for group, size in GROUPS.items() for n in range(1, size + 1)}
    problems += [f"{number} is missing" for number in sorted(wanted - set(rows))]
    problems += [f"{number} is none of the faults" for number in sorted(set(rows) - wanted)]
    for problem in problems:
        print("docs/faults.md:", problem)
    print(f"{len(rows)} faults: {count['shown']} with tests, {count['waiting']} waiting, {count['does not arise']} do not arise, "
          f"{count['open']} open")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
