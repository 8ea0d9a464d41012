"""The engine of a local site: plays `hive`, `beeline`, `spark-sql`, `sqoop`, `hadoop jar` and `spark-submit`, and looks at
rows for godwit.

    main.py NAME ARGUMENT…          with GODWIT_SITE, and GODWIT_RUN within a run of the scheduler"""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))

import duckdb  # noqa: E402

import programs  # noqa: E402
import rows  # noqa: E402
import sql_shell  # noqa: E402
import sqoop  # noqa: E402
from errors import DeniedError, EngineError  # noqa: E402
from site_catalog import SiteCatalog  # noqa: E402

COMMANDS = {
    "hive": sql_shell.hive,
    "beeline": sql_shell.beeline,
    "spark-sql": sql_shell.spark_sql,
    "sqoop": sqoop.sqoop,
    "hadoop": programs.hadoop,
    "spark-submit": programs.spark_submit,
    "godwit-rows": rows.rows,
}


def run(name, arguments):
    """The exit code."""
    site = SiteCatalog(os.environ["GODWIT_SITE"])
    try:
        return COMMANDS[name](site, arguments) or 0
    except DeniedError as error:
        site.note_denied(str(error))
        print(f"{name}: denied: {error}", file=sys.stderr)
        return error.exit_code
    except (EngineError, duckdb.Error) as error:
        print(f"FAILED: {error}", file=sys.stderr)
        return getattr(error, "exit_code", 1)


if __name__ == "__main__":
    sys.exit(run(sys.argv[1], sys.argv[2:]))
