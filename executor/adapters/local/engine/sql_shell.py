"""The command lines of `hive`, `beeline` and `spark-sql`."""
import sys

from errors import EngineError
from session import Session

# What gives a piece of script, by option.
_SCRIPT = {"-e": "text", "-f": "file", "--execute": "text", "--file": "file", "-i": "file", "--init": "file"}
_VARIABLES = {"--hivevar": "hivevar", "-hivevar": "hivevar", "-d": "hivevar", "--define": "hivevar", "-define": "hivevar",
              "--hiveconf": "hiveconf", "-hiveconf": "hiveconf", "--conf": "hiveconf"}
_DATABASE = ("--database", "-database")


def parse_arguments(arguments, with_value):
    """(pieces of script, [(space, name, value)], {option: value}). Options that take a value and mean nothing here are
    named in `with_value`; others alone mean nothing either."""
    pieces, variables, options = [], [], {}
    rest = iter(arguments)
    for argument in rest:
        option, equals, value = argument.partition("=")
        joined = equals and option.startswith("--")
        known = option if joined else argument
        if known in _SCRIPT or known in _VARIABLES or known in _DATABASE or known in with_value:
            if not joined:
                value = next(rest, None)
            if value is None:
                raise EngineError(f"{known} needs a value")
            if known in _SCRIPT:
                pieces.append((_SCRIPT[known], value))
            elif known in _VARIABLES:
                name, _, assigned = value.partition("=")
                variables.append((_VARIABLES[known], name, assigned))
            else:
                options["--database" if known in _DATABASE else known] = value
        elif not argument.startswith("-"):
            raise EngineError(f"what is '{argument}'? Scripts are given by -e, -f or on stdin")
    return pieces, variables, options


def _text_of(kind, value):
    if kind == "text":
        return value
    try:
        with open(value, encoding="utf-8") as file:
            return file.read()
    except OSError as error:
        raise EngineError(f"{value}: {error.strerror}") from error


def _shell(site, arguments, dialect, with_value, database_of=lambda options: options.get("--database")):
    pieces, variables, options = parse_arguments(arguments, with_value)
    session = Session(site, dialect, (database_of(options) or "default").lower())
    for space, name, value in variables:
        session.variables.assign(f"{space}:{name}", value)
    for kind, value in pieces or [("text", sys.stdin.read())]:
        session.run_script(_text_of(kind, value))


def hive(site, arguments):
    _shell(site, arguments, "hive", ())


def _database_of_url(options):
    """jdbc:hive2://host:10000/db;principal=…"""
    path = options.get("-u", "").partition("://")[2].partition("/")[2]
    return options.get("--database") or path.partition(";")[0].partition("?")[0]


def beeline(site, arguments):
    _shell(site, arguments, "hive", ("-u", "-n", "-p", "-w"), _database_of_url)


def spark_sql(site, arguments):
    _shell(site, arguments, "spark",
           ("--master", "--queue", "--name", "--executor-memory", "--num-executors", "--driver-memory",
            "--deploy-mode", "--executor-cores", "--jars", "--files", "--driver-cores", "--principal", "--keytab",
            "--properties-file", "--packages"))
