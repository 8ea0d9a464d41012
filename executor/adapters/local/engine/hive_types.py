"""Hive's type texts ("array<struct<a:int,b:string>>") and what DuckDB calls them."""
import functools

from sqlglot import exp
from sqlglot.errors import SqlglotError

from errors import EngineError


@functools.lru_cache(maxsize=None)
def parse_type(text):
    """A tree of exp.DataType; not to be changed."""
    try:
        parsed = exp.DataType.build(text, dialect="hive")
    except SqlglotError as error:
        raise EngineError(f"'{text}' is not a type") from error
    if parsed.this == exp.DataType.Type.USERDEFINED:
        raise EngineError(f"'{text}' is not a type that is known here")
    return parsed


def duckdb_type(text):
    parsed = parse_type(text)
    if text.strip().lower() in ("decimal", "numeric"):
        return "DECIMAL(10, 0)"
    return parsed.sql(dialect="duckdb")


def hive_type(data_type):
    """Hive's text of a type that sqlglot parsed, lower case and without spaces where Hive has none."""
    return data_type.sql(dialect="hive").lower().replace(": ", ":").replace(", ", ",")


def quote(name):
    """An identifier for DuckDB."""
    return '"' + name.replace('"', '""') + '"'


def literal(value):
    """A string for DuckDB; NULL for None."""
    return "NULL" if value is None else "'" + str(value).replace("'", "''") + "'"
