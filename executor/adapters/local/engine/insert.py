"""INSERT in all its forms: rows of a query → part files → one commit (docs/local_site.md, Writing a table)."""
import csv
import os
import tempfile

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.tokens import TokenType

from errors import EngineError
from hive_types import duckdb_type, literal, quote
from relations import CSV_FORM
from translate import parse, table_name

# Parts of one partition, as reducers would leave them: no order across files may be relied upon.
ROWS_OF_ONE_FILE_MAX = 200
FILES_MAX = 4

_ENDS_OF_SELECT_LIST = {TokenType.WHERE, TokenType.GROUP_BY, TokenType.HAVING, TokenType.ORDER_BY, TokenType.LIMIT,
                        TokenType.CLUSTER_BY, TokenType.DISTRIBUTE_BY, TokenType.SORT_BY, TokenType.WINDOW,
                        TokenType.LATERAL}


# --- FROM x INSERT … SELECT … INSERT … SELECT …


def _top_level(tokens):
    depth = 0
    for i, token in enumerate(tokens):
        if token.token_type == TokenType.L_PAREN:
            depth += 1
        elif token.token_type == TokenType.R_PAREN:
            depth -= 1
        elif depth == 0:
            yield i, token


def is_multi_insert(statement):
    """[WITH …] FROM … INSERT …"""
    words = statement.split(None, 1)
    if not words or words[0].upper() not in ("FROM", "WITH"):
        return False
    kinds = [token.token_type for _, token in _top_level(Dialect.get_or_raise("hive").tokenize(statement))
             if token.token_type in (TokenType.FROM, TokenType.INSERT, TokenType.SELECT)]
    return kinds[:2] == [TokenType.FROM, TokenType.INSERT]


def split_multi_insert(statement):
    """Each INSERT as a statement of its own, with the common FROM (and WITH) put into it."""
    tokens = Dialect.get_or_raise("hive").tokenize(statement)
    top = list(_top_level(tokens))
    begin = next(token.start for _, token in top if token.token_type == TokenType.FROM)
    inserts = [token.start for _, token in top if token.token_type == TokenType.INSERT]
    clause = statement[begin:inserts[0]].strip()
    heading = statement[:begin].strip()
    statements = []
    for start, end in zip(inserts, inserts[1:] + [len(statement)]):
        seen_select, place = False, end
        for _, token in top:
            if start <= token.start < end:
                seen_select = seen_select or token.token_type == TokenType.SELECT
                if seen_select and token.token_type in _ENDS_OF_SELECT_LIST:
                    place = token.start
                    break
        statements.append(f"{heading} {statement[start:place]} {clause} {statement[place:end]}".strip())
    return statements


def run_multi_insert(session, statement):
    """Nothing of it is seen before all of it is written."""
    prepared = [_prepare(session, parse(each, session.dialect)) for each in split_multi_insert(statement)]
    session.site.commit([(table, changes) for table, changes in prepared])


# --- one INSERT


def run_insert(session, tree):
    if isinstance(tree.this, exp.Directory):
        return _insert_directory(session, tree)
    return session.site.commit([_prepare(session, tree)])


def insert_sql(session, table, static, sql, overwrite):
    """The rows of a query in DuckDB's own SQL, into the partition that `static` spells out ({} for a plain table)."""
    session.site.guard(table.db, table.name)
    dynamic = [key["name"] for key in table.partition_keys if key["name"] not in static]
    session.site.commit([(table, _write(session, table, static, dynamic, sql, overwrite))])


def insert_tuples(session, table, static, rows, overwrite):
    """Rows as tuples in the order of the table's columns."""
    with tempfile.NamedTemporaryFile("w", newline="", suffix=".csv", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows(["\\N" if value is None else value for value in row] for row in rows)
        file.flush()
        columns = ", ".join(f"{literal(column['name'])}: 'VARCHAR'" for column in table.columns)
        insert_sql(session, table, static,
                   f"SELECT * FROM read_csv({literal(file.name)}, header = false, {CSV_FORM}, delim = ',', "
                   f"nullstr = '\\N', columns = {{{columns}}})", overwrite)


def _prepare(session, tree):
    """(table, its changes), written but not yet to be seen."""
    target = tree.this
    if isinstance(target, exp.Schema):
        columns = [column.name.lower() for column in target.expressions]
        target = target.this
    else:
        columns = None
    db, name = table_name(target, session.database)
    table = session.site.table(db, name)
    if table.kind == "view":
        raise EngineError(f"{table.text} is a view: it cannot be written")
    session.site.guard(db, name)
    query = tree.expression
    if isinstance(query, exp.Values):
        query = exp.select("*").from_(query)
    if tree.args.get("with_"):
        query.set("with_", tree.args["with_"])
    static, dynamic = _partition_spec(table, target.args.get("partition"))
    if columns:
        query = _by_name(table, dynamic, columns, query)
    return table, _write(session, table, static, dynamic, session.translate(query), bool(tree.args.get("overwrite")))


def _by_name(table, dynamic, columns, query):
    """INSERT INTO t (b, a): the table's order, NULL for what is not named."""
    source = exp.Subquery(this=query, alias=exp.TableAlias(
        this=exp.to_identifier("named"), columns=[exp.to_identifier(column) for column in columns]))
    wanted = [column["name"] for column in table.columns] + dynamic
    chosen = [exp.column(name) if name in columns else exp.alias_(exp.null(), name) for name in wanted]
    return exp.select(*chosen).from_(source)


def _partition_spec(table, partition):
    """({key: value} of the static keys, names of the dynamic ones)."""
    keys = [key["name"] for key in table.partition_keys]
    static, named = {}, []
    for part in partition.expressions if partition else []:
        name = (part.this if isinstance(part, exp.EQ) else part).name.lower()
        if name not in keys:
            raise EngineError(f"{table.text} has no partition column {name}")
        named.append(name)
        if isinstance(part, exp.EQ):
            value = part.expression
            static[name] = None if isinstance(value, exp.Null) else value.name if isinstance(
                value, exp.Literal) else value.sql(dialect="hive")
    dynamic = [key for key in keys if key not in static]
    if static and dynamic and keys[:len(static)] != list(static):
        raise EngineError(f"{table.text}: dynamic partition columns come after static ones")
    return static, dynamic


def _write(session, table, static, dynamic, sql, overwrite):
    """Runs the query once and writes each partition's rows. Returns the changes, sorted by partition."""
    duck, rows = session.duck, "godwit_rows"
    wanted = [(c["name"], c["type"]) for c in table.columns]
    wanted += [(k["name"], k["type"]) for k in table.partition_keys if k["name"] in dynamic]
    given = len(duck.execute(f"DESCRIBE {sql}").fetchall())
    if given != len(wanted):
        raise EngineError(f"{table.text} takes {len(wanted)} columns ({', '.join(name for name, _ in wanted)}), "
                          f"the query gives {given}")
    inner = ", ".join(f"c{i}" for i in range(given))
    casts = ", ".join(f"TRY_CAST(c{i} AS {duckdb_type(kind)}) AS {quote(name)}" for i, (name, kind) in enumerate(wanted))
    duck.execute(f"CREATE TEMP TABLE {rows} AS SELECT {casts} FROM ({sql}) AS q({inner})")
    changes = [_write_partition(session, table, rows, static, dict(zip(dynamic, values)), overwrite)
               for values in _dynamic_values(duck, rows, dynamic, table, static)]
    duck.execute(f"DROP TABLE {rows}")
    return sorted(changes, key=lambda change: change.partition)


def _dynamic_values(duck, rows, dynamic, table, static):
    """One tuple of texts for each partition that has rows; without dynamic keys the one partition, rows or not."""
    if not dynamic:
        return [()]
    names = ", ".join(f"CAST({quote(name)} AS VARCHAR)" for name in dynamic)
    return duck.execute(f"SELECT DISTINCT {names} FROM {rows} ORDER BY ALL").fetchall()


def _write_partition(session, table, rows, static, dynamic, overwrite):
    values = [{**static, **dynamic}[key["name"]] for key in table.partition_keys]
    change = session.site.new_change(table, values, overwrite)
    condition = " AND ".join(f"CAST({quote(name)} AS VARCHAR) IS NOT DISTINCT FROM {literal(value)}"
                             for name, value in dynamic.items()) or "true"
    columns = ", ".join(quote(column["name"]) for column in table.columns)
    source = f"SELECT {columns}, rowid AS godwit_row FROM {rows} WHERE {condition}"
    change.rows = session.duck.execute(f"SELECT count(*) FROM ({source})").fetchone()[0]
    if change.rows == 0:
        return change
    files = 1 if change.rows <= ROWS_OF_ONE_FILE_MAX else min(FILES_MAX, 2 + change.rows // 5000)
    extension = "csv" if table.format == "csv" else "parquet"
    options = "FORMAT csv, HEADER false" if table.format == "csv" else "FORMAT parquet, COMPRESSION snappy"
    for part in range(files):
        path = session.site.new_file(change, extension)
        session.duck.execute(f"COPY (SELECT {columns} FROM ({source}) WHERE godwit_row % {files} = {part}) "
                             f"TO {literal(path)} ({options})")
    return change


def _insert_directory(session, tree):
    """INSERT OVERWRITE [LOCAL] DIRECTORY: text files, as Hive's default."""
    folder = tree.this.name
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, "000000_0")
    session.duck.execute(f"COPY ({session.translate(tree.expression)}) TO {literal(path)} "
                         f"(FORMAT csv, HEADER false, DELIM '\x01')")
