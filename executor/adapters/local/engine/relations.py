"""Tables as DuckDB reads them: a view over the files that the catalog points to."""
import random

from hive_types import duckdb_type, literal, quote
from site_catalog import data_files

# Nothing about a text file is guessed.
CSV_FORM = "auto_detect = false, quote = '\"', escape = '\"', new_line = '\\n'"


def column_list(table):
    return table.columns + table.partition_keys


def select_from_table(table, partitions):
    """SQL that gives the rows of these partitions, with the table's columns and types, partition columns last.

    Files come in no particular order, as everywhere in Hive: nobody may rely on one.
    """
    columns = ", ".join(f"CAST(r.{quote(c['name'])} AS {duckdb_type(c['type'])}) AS {quote(c['name'])}"
                        for c in table.columns)
    keys = "".join(f", CAST(p.{quote(k['name'])} AS {duckdb_type(k['type'])}) AS {quote(k['name'])}"
                   for k in table.partition_keys)
    files = [(path, partition.values) for partition in partitions for path in data_files(partition.location)]
    if not files:
        return _no_rows(table)
    random.shuffle(files)
    rows = f"({_no_columns(table)} UNION ALL BY NAME {_read(table, [path for path, _ in files])}) AS r"
    if not table.partition_keys:
        return f"SELECT {columns} FROM {rows}"
    names = ", ".join(quote(name) for name in ["godwit_file"] + [key["name"] for key in table.partition_keys])
    values = ", ".join(f"({', '.join([literal(path)] + [literal(value) for value in values])})" for path, values in files)
    return (f"SELECT {columns}{keys} FROM {rows} JOIN (VALUES {values}) AS p({names}) "
            f"ON r.godwit_file = p.godwit_file")


def _no_columns(table):
    """No rows, but every column of the table: a file that is older than a column lacks it."""
    columns = ", ".join(f"CAST(NULL AS {duckdb_type(c['type'])}) AS {quote(c['name'])}" for c in table.columns)
    return f"SELECT {columns} WHERE false"


def _no_rows(table):
    columns = ", ".join(f"CAST(NULL AS {duckdb_type(c['type'])}) AS {quote(c['name'])}" for c in column_list(table))
    return f"SELECT {columns} WHERE false"


def _read(table, paths):
    files = "[" + ", ".join(literal(path) for path in paths) + "]"
    if table.format == "csv":
        types = ", ".join(f"{literal(c['name'])}: {literal(duckdb_type(c['type']))}" for c in table.columns)
        delimiter = literal(table.storage.get("delimiter", ","))
        return (f"SELECT * FROM read_csv({files}, columns = {{{types}}}, header = false, delim = {delimiter}, "
                f"{CSV_FORM}, filename = 'godwit_file')")
    return f"SELECT * FROM read_parquet({files}, union_by_name = true, filename = 'godwit_file', hive_partitioning = false)"
