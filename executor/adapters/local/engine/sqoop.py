"""`sqoop import` and `sqoop export`: rows between the site and the databases outside, which are SQLite files in the folder
that the site's setting 'jdbc' names: jdbc:mysql://HOST[:PORT]/DB is FOLDER/HOST/DB.db.

An export writes into table `sqoop_exports` of the database who did it, as a database server's log would."""
import os
import re
import sqlite3
import time

import insert
from errors import EngineError
from session import Session
from translate import parse

_FLAGS = {"--hive-import", "--hive-overwrite", "--create-hive-table", "--delete-target-dir", "--append", "--compress",
          "--as-parquetfile", "--as-textfile", "--verbose", "--direct", "--batch", "--null-non-string"}
_URL = re.compile(r"jdbc:\w+://(?P<host>[\w.-]+)(?::\d+)?/(?P<db>\w+)")


def _options(arguments):
    options = {}
    rest = iter(arguments)
    for argument in rest:
        name, equals, value = argument.partition("=")
        if name in _FLAGS:
            options[name] = "true"
        elif name.startswith("-"):
            options[name] = value if equals and name.startswith("--") else next(rest, "")
        else:
            raise EngineError(f"sqoop: what is '{argument}'?")
    return options


def _need(options, *names):
    for name in names:
        if options.get(name):
            return options[name]
    raise EngineError(f"sqoop: {' or '.join(names)} is missing")


def _outside(site, options):
    match = _URL.match(_need(options, "--connect"))
    path = os.path.join(site.setting("jdbc"), match["host"], f"{match['db']}.db") if match else ""
    if not os.path.exists(path):
        raise EngineError(f"sqoop: Communications link failure: {options['--connect']} ({path or 'no JDBC address'})")
    return sqlite3.connect(path, timeout=30, isolation_level=None)


def _hive_name(options, prefix):
    database = options.get(f"--{prefix}-database", "default")
    name = _need(options, f"--{prefix}-table").lower()
    return tuple(name.split(".", 1)) if "." in name else (database.lower(), name)


def _partition(options, prefix, plural):
    keys = options.get(f"--{prefix}-partition-key{plural}", "").split(",")
    values = options.get(f"--{prefix}-partition-value{plural}", "").split(",")
    return dict(zip(keys, values)) if keys != [""] else {}


def _import(site, options):
    db, name = _hive_name(options, "hive")
    table = site.table(db, name)
    site.guard(db, name)
    query = options.get("--query", "").replace("$CONDITIONS", "1 = 1")
    if not query:
        columns = options.get("--columns") or ", ".join(f'"{column["name"]}"' for column in table.columns)
        where = f" WHERE {options['--where']}" if options.get("--where") else ""
        query = f"SELECT {columns} FROM \"{_need(options, '--table')}\"{where}"
    rows = _outside(site, options).execute(query)
    if len(rows.description) != len(table.columns):
        raise EngineError(f"sqoop: {table.text} takes {len(table.columns)} columns, the query gives {len(rows.description)}")
    insert.insert_tuples(Session(site), table, _partition(options, "hive", ""), rows, "--hive-overwrite" in options)


def _export(site, options):
    db, name = _hive_name(options, "hcatalog")
    partition = _partition(options, "hcatalog", "s")
    table = site.table(db, name)
    columns = [column["name"] for column in table.columns] + list(partition)
    session = Session(site, database=db)
    where = " AND ".join(f"`{key}` = '{value}'" for key, value in partition.items()) or "true"
    chosen = ", ".join(f"CAST(`{column}` AS string)" for column in columns)
    query = parse(f"SELECT {chosen} FROM {name} WHERE {where}", "hive")
    _upsert(site, options, columns, session.duck.execute(session.translate(query)).fetchall())


def _upsert(site, options, columns, rows):
    target = _need(options, "--table")
    keys = [key for key in options.get("--update-key", "").split(",") if key]
    outside = _outside(site, options)
    with site.outside_write():
        _replace(site, outside, target, keys, columns, rows)


def _replace(site, outside, target, keys, columns, rows):
    outside.execute("BEGIN IMMEDIATE")
    if keys:
        condition = " AND ".join(f'"{key}" IS ?' for key in keys)
        outside.executemany(f'DELETE FROM "{target}" WHERE {condition}',
                            {tuple(row[columns.index(key)] for key in keys) for row in rows})
    names = ", ".join(f'"{column}"' for column in columns)
    outside.executemany(f'INSERT INTO "{target}"({names}) VALUES({", ".join("?" * len(columns))})', rows)
    outside.execute("CREATE TABLE IF NOT EXISTS sqoop_exports(site TEXT, run INTEGER, due TEXT, target TEXT, rows INTEGER, "
                    "at REAL)")
    outside.execute("INSERT INTO sqoop_exports VALUES(?, ?, ?, ?, ?, ?)",
                    (site.root, site.run, os.environ.get("GODWIT_DUE", ""), target, len(rows), time.time()))
    outside.execute("COMMIT")


def sqoop(site, arguments):
    tool, options = (arguments[0] if arguments else ""), _options(arguments[1:])
    tools = {"import": _import, "export": _export}
    if tool not in tools:
        raise EngineError(f"sqoop: no such tool: '{tool}'")
    try:
        tools[tool](site, options)
    except sqlite3.Error as error:
        raise EngineError(f"sqoop: {error}") from error
