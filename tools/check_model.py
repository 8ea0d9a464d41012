#!/usr/bin/env python3
"""tools/check_model.py: the model (docs/model/unit.pml) and the product (docs/lifecycle.md, generated from its table of
transitions) make the same steps between the states that both know. Fails with every step that one of them has alone."""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent


def model():
    """The names of the model's states, its transitions, and those it leaves out on purpose."""
    text = (ROOT / "docs/model/unit.pml").read_text(encoding="utf-8")
    names = {int(value): name for value, name in re.findall(r"^#define S_\w+ +(\d+) +/\* (\w+) \*/", text, re.M)}
    left_out = set(re.findall(r"^ \*   (\w+) -> (\w+):", text, re.M))
    design = subprocess.run(["cpp", "-P", "-w"], input=text, stdout=subprocess.PIPE, text=True, check=True).stdout
    steps, sources = set(), []
    # What is assigned comes after the guard that names the state; a guard may span several states.
    for low, high, one, target in re.findall(r"st >= (\d+) && st <= (\d+)|st == (\d+)|\bst = (\d+)", design):
        if target:  # of none at the declaration
            steps |= {(names[source], names[int(target)]) for source in sources}
        else:
            sources = list(range(int(low), int(high) + 1)) if low else [int(one)]
    return set(names.values()), steps, left_out


def table():
    page = (ROOT / "docs/lifecycle.md").read_text(encoding="utf-8")
    return set(re.findall(r"^\| `(\w+)` \| \w+ \| `(\w+)` \|", page, re.M))


def main():
    states, steps, left_out = model()
    product = {step for step in table() if states.issuperset(step)}
    problems = [f"the model alone goes from {a} to {b}" for a, b in sorted(steps - product)]
    problems += [f"the product alone goes from {a} to {b}" for a, b in sorted(product - steps - left_out)]
    problems += [f"unit.pml leaves out {a} -> {b}, which is no step of the product's" for a, b in sorted(left_out - product)]
    for problem in problems:
        print("check_model:", problem, file=sys.stderr)
    print(f"{len(states)} states and {len(steps)} transitions of the model are the product's")
    return 1 if problems or not steps else 0


if __name__ == "__main__":
    sys.exit(main())
