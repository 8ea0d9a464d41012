"""`hadoop jar` and `spark-submit`: programs that nobody can read.

At a local site a jar is a folder with a `__main__.py`, which is run with its arguments as `sys.argv` and finds the session
`warehouse` (hive or spark) among its globals: `warehouse.run(text)`, `warehouse.rows(query)`, `warehouse.insert(…)`."""
import os
import runpy
import sys

import insert
from errors import EngineError
from session import Session
from translate import parse

_VALUES = {"--class", "--master", "--deploy-mode", "--queue", "--name", "--conf", "--jars", "--files", "--executor-memory",
           "--executor-cores", "--num-executors", "--driver-memory", "--packages", "-libjars", "-files", "-D"}


class Warehouse:
    """What a jar sees of its site."""

    def __init__(self, site, dialect):
        self._session = Session(site, dialect)

    def run(self, text):
        self._session.run_script(text)

    def rows(self, query):
        """A query's rows, as tuples."""
        return self._session.duck.execute(self._session.translate(parse(query, self._session.dialect))).fetchall()

    def insert(self, table, partition, rows, overwrite=True):
        """`rows` are tuples in the order of the table's columns; `partition` maps its keys to values."""
        db, name = self._session.name_of(table)
        insert.insert_tuples(self._session, self._session.site.table(db, name), partition, rows, overwrite)


def _run_jar(site, path, arguments, dialect):
    main = os.path.join(path, "__main__.py")
    if not os.path.exists(main):
        raise EngineError(f"{path}: no such jar")
    sys.argv = [path, *arguments]
    try:
        runpy.run_path(main, {"warehouse": Warehouse(site, dialect)}, run_name="__main__")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


def _program(arguments):
    """The arguments from the program's path on."""
    at = 0
    while at < len(arguments) and arguments[at].startswith("-"):
        at += 2 if arguments[at] in _VALUES else 1
    if at >= len(arguments):
        raise EngineError("which program?")
    return arguments[at:]


def hadoop(site, arguments):
    """`hadoop jar PATH [CLASS] ARGUMENT…`; `hadoop fs …` is left to the real thing."""
    if arguments[:1] != ["jar"] or len(arguments) < 2:
        raise EngineError(f"hadoop {' '.join(arguments[:1])}: not known here")
    path, *rest = arguments[1:]
    if rest and "." in rest[0] and not rest[0].startswith("-"):
        rest = rest[1:]  # the class with main()
    return _run_jar(site, path, rest, "hive")


def spark_submit(site, arguments):
    path, *rest = _program(arguments)
    return _run_jar(site, path, rest, "spark")
