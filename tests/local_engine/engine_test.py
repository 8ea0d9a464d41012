#!/usr/bin/env python3
"""The engine of a local site. Cases are in *.test beside this file, in the form of tests/fixture/fixture.h:

    ## a name | dialect=spark
    statements
    ----
    what they print, or the error they end with

    engine_test.py GODWIT            runs them (GODWIT: the program that makes sites)
    engine_test.py GODWIT --rewrite  writes what they print as expected; read it before you keep it
"""
import contextlib
import io
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent / "executor/adapters/local/engine"))

from errors import EngineError  # noqa: E402
from session import Session  # noqa: E402
from site_catalog import SiteCatalog  # noqa: E402


def parse(path):
    """(preamble, [[header, input, expected]])"""
    preamble, cases, part = "", [], 0
    for line in path.read_text(encoding="utf-8").splitlines(keepends=True):
        if line.startswith("## "):
            cases.append([line.strip(), "", ""])
            part = 1
        elif part == 0:
            preamble += line
        elif line == "----\n":
            part = 2
        else:
            cases[-1][part] += line
    return preamble, [[header, text.strip(), expected.strip()] for header, text, expected in cases]


def run(header, text, root):
    dialect = "spark" if "dialect=spark" in header else "hive"
    shown = io.StringIO()
    session = Session(SiteCatalog(root), dialect)
    try:
        with contextlib.redirect_stdout(shown):
            session.run("CREATE DATABASE d")
            session.run("USE d")
            session.run_script(text)
    except EngineError as error:
        print(f"{type(error).__name__}: {str(error).splitlines()[0]}", file=shown)
    return "\n".join(line.rstrip() for line in shown.getvalue().strip().splitlines())


def main():
    godwit, rewrite = sys.argv[1], "--rewrite" in sys.argv
    failed = count = 0
    for path in sorted(HERE.glob("*.test")):
        preamble, cases = parse(path)
        for case in cases:
            count += 1
            with tempfile.TemporaryDirectory() as folder:
                root = os.path.join(folder, "site")
                subprocess.run([godwit, "local", "init", "-q", root], check=True)
                subprocess.run([godwit, "local", "clock", "-q", root, "--set", "2026-11-22T08:30:00", "--speed", "0"],
                               check=True, stdout=subprocess.DEVNULL)
                actual = run(case[0], case[1], root)
            if rewrite:
                case[2] = actual
            elif actual != case[2]:
                failed += 1
                print(f"{path.name}: {case[0]}\n{case[1]}\n--- expected\n{case[2]}\n--- actual\n{actual}\n")
        if rewrite:
            path.write_text(preamble + "\n".join(f"{header}\n{text}\n----\n{expected}\n"
                                                 for header, text, expected in cases), encoding="utf-8")
    print(f"{count} cases, {failed} failed")
    return 1 if failed or not count else 0


if __name__ == "__main__":
    sys.exit(main())
