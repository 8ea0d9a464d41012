"""`godwit-rows`: looks at rows for godwit. One JSON request on stdin, one JSON answer on stdout.

    {"ask": "digest", "table": "db.t", "partitions": ["dt=1", …]}   → {"digests": [{"rows": 3, "digest": "…"}, …]}
    {"ask": "compare", "table": "db.t", "partition": "dt=1", "other": FOLDER, "limit": 10}
                             → {"rows": [{"row": {…}, "source_count": 1, "target_count": 0}, …], "columns": ["word"]}

A partition's digest is that of the multiset of its rows: sums over rows of two halves of a hash, which keep count of rows
that occur twice (unlike XOR) and know no order. Rows are hashed in one canonical text, so that values that are equal in
SQL are equal here: NULL is not '', -0.0 is 0.0, every NaN is one, maps know no order of keys, char(n) no padding.
"""
import collections
import json
import math
import sys

import duckdb
from sqlglot import exp

from errors import EngineError
from hive_types import parse_type, quote
from relations import select_from_table
from site_catalog import SiteCatalog

DIFFERING_ROWS_MAX = 20_000  # beyond that columns are not told apart
_Type = exp.DataType.Type


# --- canonical texts, as SQL


def canonical(value, data_type, depth=0):
    """A text for the value of this type, distinct for distinct values; NULL for NULL."""
    kind, name = data_type.this, f"x{depth}"
    if kind in (_Type.ARRAY, _Type.LIST):
        inner = canonical(name, data_type.expressions[0], depth + 1)
        return f"({_framed_list(f'list_transform({value}, lambda {name}: {_framed(inner)})')})"
    if kind == _Type.MAP:
        key = canonical(f"{name}.key", data_type.expressions[0], depth + 1)
        item = canonical(f"{name}.value", data_type.expressions[1], depth + 1)
        entries = f"list_transform(map_entries({value}), lambda {name}: {_framed(key)} || {_framed(item)})"
        return f"({_framed_list(f'list_sort({entries})')})"
    if kind == _Type.STRUCT:
        fields = [_framed(canonical(f"({value}).{quote(field.name)}", field.args["kind"], depth + 1))
                  for field in data_type.expressions]
        return f"(CASE WHEN {value} IS NULL THEN NULL ELSE {' || '.join(fields)} END)"
    if kind in (_Type.FLOAT, _Type.DOUBLE):
        return (f"(CASE WHEN isnan({value}) THEN 'NaN' WHEN {value} = 0 THEN '0' "
                f"ELSE CAST({value} AS VARCHAR) END)")
    if kind in (_Type.CHAR, _Type.NCHAR):
        return f"rtrim({value}, ' ')"
    if kind in (_Type.BINARY, _Type.VARBINARY):
        return f"hex({value})"
    return f"CAST({value} AS VARCHAR)"


def _framed(text):
    """So that neither NULL nor what a text holds can be taken for its neighbour."""
    return f"coalesce(length({text}) || ':' || {text}, 'N')"


def _framed_list(texts):
    return f"len({texts}) || '[' || coalesce(array_to_string({texts}, ''), '')"


def row_text(table):
    parts = [_framed(canonical(quote(column["name"]), parse_type(column["type"]))) for column in table.columns]
    return " || ".join(parts) or "''"


# --- requests


def _table(site, text):
    db, _, name = text.partition(".")
    table = site.table(db, name)
    if table.kind == "view":
        raise EngineError(f"{text} is a view: it has no rows of its own")
    return table


def _rows_of(site, table, partition_name):
    partition = site.partition(table, partition_name)
    if partition is None:
        raise EngineError(f"{site.root}: {table.text} has no partition '{partition_name}'")
    return select_from_table(table, [partition])


def _digest(duck, site, table, partition):
    rows, low, high = duck.execute(
        f"SELECT count(*), coalesce(sum(md5_number_lower(t)), 0), coalesce(sum(md5_number_upper(t)), 0) "
        f"FROM (SELECT {row_text(table)} AS t FROM ({_rows_of(site, table, partition)}))").fetchone()
    return {"rows": rows, "digest": f"{rows:x}.{int(low):x}.{int(high):x}"}


def digest(duck, site, request):
    table = _table(site, request["table"])
    return {"digests": [_digest(duck, site, table, partition) for partition in request["partitions"]]}


def compare(duck, site, request):
    table = _table(site, request["table"])
    other_site = SiteCatalog(request["other"])
    other = _table(other_site, request["table"])
    if [c["name"] for c in table.columns] != [c["name"] for c in other.columns]:
        raise EngineError(f"{table.text} has other columns at {other_site.root}")
    columns = ", ".join(quote(column["name"]) for column in table.columns)
    sides = [f"SELECT {row_text(table)} AS godwit_row, {columns}, {mine} AS godwit_s, {1 - mine} AS godwit_t FROM "
             f"({_rows_of(where, shape, request['partition'])})"
             for where, shape, mine in ((site, table, 1), (other_site, other, 0))]
    firsts = ", ".join(f"any_value({quote(column['name'])}) AS {quote(column['name'])}" for column in table.columns)
    texts = ", ".join(_framed(canonical(quote(column["name"]), parse_type(column["type"]))) for column in table.columns)
    duck.execute(f"CREATE TEMP TABLE differing AS SELECT godwit_row, CAST(sum(godwit_s) AS BIGINT) AS godwit_s, "
                 f"CAST(sum(godwit_t) AS BIGINT) AS godwit_t, {firsts} FROM ({sides[0]} UNION ALL BY NAME {sides[1]}) "
                 f"GROUP BY godwit_row HAVING sum(godwit_s) <> sum(godwit_t)")
    shown = duck.execute(f"SELECT godwit_s, godwit_t, {columns} FROM differing ORDER BY godwit_row LIMIT {int(request['limit'])}").fetchall()
    names = [column["name"] for column in table.columns]
    differing = duck.execute(f"SELECT godwit_s - godwit_t, [{texts}] FROM differing LIMIT {DIFFERING_ROWS_MAX + 1}").fetchall()
    return {"rows": [{"row": _plain(dict(zip(names, row[2:]))), "source_count": row[0], "target_count": row[1]} for row in shown],
            "columns": differing_columns(names, differing)}


def differing_columns(names, differing):
    """The fewest columns without which the rows of both sides are the same; none if there are not as many rows.

    `differing` are pairs of a surplus (positive: of the source) and the row's texts. Tries single columns, then pairs,
    then takes columns away one by one.
    """
    if not differing or len(differing) > DIFFERING_ROWS_MAX or sum(surplus for surplus, _ in differing) != 0:
        return []

    def alike_without(dropped):
        left = collections.Counter()
        for surplus, texts in differing:
            left[tuple(text for i, text in enumerate(texts) if i not in dropped)] += surplus
        return not any(left.values())

    indices = range(len(names))
    for dropped in [{i} for i in indices] + [{i, j} for i in indices for j in indices if i < j]:
        if alike_without(dropped):
            return [names[i] for i in sorted(dropped)]
    dropped = set(indices)
    for i in indices:
        if alike_without(dropped - {i}):
            dropped -= {i}
    return [names[i] for i in sorted(dropped)]


def _plain(value):
    """What JSON can say of a value."""
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value if value is None or isinstance(value, (bool, int, float, str)) else str(value)


def rows(site, _arguments):
    request = json.load(sys.stdin)
    duck = duckdb.connect(":memory:", config={"threads": "1"})
    duck.execute("SET TimeZone = 'UTC'")
    try:
        answer = {"digest": digest, "compare": compare}[request["ask"]](duck, site, request)
    except duckdb.Error as error:
        raise EngineError(str(error)) from error
    json.dump(answer, sys.stdout, ensure_ascii=False, allow_nan=False)
