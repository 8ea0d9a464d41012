"""A session of Hive or Spark: runs statements one after another against a site."""
import datetime
import getpass
import os
import re

import duckdb
from sqlglot import exp

import ddl
import insert
from errors import EngineError
from functions import MACROS
from hive_types import literal, quote
from relations import select_from_table
from script import Variables, split_statements
from translate import Translator, parse

# Statements that change nothing here.
_IGNORED = re.compile(r"(add|delete|list)\s+(jar|file|archive)|create\s+temporary\s+function|reload\s+function|refresh|"
                      r"msck|analyze|uncache|clear\s+cache|explain|grant|revoke|reset|dfs|!", re.IGNORECASE)
_SET = re.compile(r"set\b\s*(?:(?P<name>[^=\s]+)\s*=\s*(?P<value>.*))?$", re.IGNORECASE | re.DOTALL)
_SHOW = re.compile(r"show\s+(?P<what>tables|databases|schemas|partitions)\b(?:\s+(?:in|from)\b)?\s*(?P<name>[\w.`]*)",
                   re.IGNORECASE)
_DESCRIBE = re.compile(r"desc(?:ribe)?\s+(?:formatted\s+|extended\s+)?(?P<name>[\w.`]+)", re.IGNORECASE)


def _connect():
    """A database in memory. With one thread it starts none, so that a process that has one may still fork."""
    duck = duckdb.connect(":memory:", config={"threads": "1"})
    duck.execute(MACROS + "SET old_implicit_casting = true; SET TimeZone = 'UTC'")
    return duck


_ready = []  # connections that were made beforehand


def warm_up():
    """Does what the first session of a process would have to wait for."""
    duck = _connect()
    for dialect in ("hive", "spark"):
        query = parse("WITH a AS (SELECT b.x, count(*) AS n FROM (SELECT 1 AS x) b LEFT JOIN (SELECT 2 AS x) c ON b.x = c.x "
                      "WHERE b.x > 0 GROUP BY b.x) SELECT x, CASE WHEN n > 1 THEN 'a' END FROM a", dialect)
        duck.execute(query.sql(dialect="duckdb")).fetchall()
    _ready.append(duck)


class Session:
    """`dialect` is hive or spark. Results of queries go to stdout, tab-separated."""

    def __init__(self, site, dialect="hive", database="default"):
        self.site, self.dialect, self.database = site, dialect, database
        self.variables = Variables()
        self.duck = _ready.pop() if _ready else _connect()
        self._translator = Translator(self, dialect)
        self._temporary = set()
        self._relations = 0

    def now(self):
        return datetime.datetime.fromtimestamp(self.site.now_ms() / 1000, datetime.timezone.utc)

    @staticmethod
    def owner():
        """Whoever runs the job owns what it makes."""
        return os.environ.get("HADOOP_USER_NAME") or getpass.getuser()

    def run_script(self, text):
        for statement in split_statements(text):
            self.run(statement)

    def run(self, statement):
        statement = self.variables.substitute(statement)
        try:
            self._run(statement)
        except duckdb.Error as error:
            raise EngineError(f"SemanticException {error}\nin: {statement[:400]}") from error

    def _run(self, statement):
        if match := _SET.match(statement):
            return self._set(match)
        if _IGNORED.match(statement):
            return None
        if match := _SHOW.match(statement):
            return self._show(match["what"].lower(), match["name"].replace("`", ""))
        if match := _DESCRIBE.match(statement):
            return self._describe(self.name_of(match["name"].replace("`", "")))
        if insert.is_multi_insert(statement):
            return insert.run_multi_insert(self, statement)
        return self._run_parsed(parse(statement, self.dialect), statement)

    def _run_parsed(self, tree, statement):
        if isinstance(tree, exp.Query):
            return self._print(self.translate(tree))
        if isinstance(tree, exp.Insert):
            return insert.run_insert(self, tree)
        if isinstance(tree, exp.Use):
            self.database = tree.this.name.lower()
            return self.site.database_location(self.database)
        if isinstance(tree, exp.Cache):
            if tree.expression:
                self.add_temporary(tree.this.name, tree.expression, "TABLE")
            return None
        return ddl.run(self, tree, statement)

    # --- names and relations

    def name_of(self, text):
        """(db, name) of 'db.name' or 'name'."""
        db, _, name = text.lower().rpartition(".")
        return db or self.database, name

    def translate(self, query):
        return self._translator.query(query, self.database)

    def is_temporary(self, name):
        return name.lower() in self._temporary

    def add_temporary(self, name, query, kind):
        """A temporary VIEW or TABLE of this session."""
        self.duck.execute(f"CREATE OR REPLACE TEMP {kind} {quote(name.lower())} AS {self.translate(query)}")
        self._temporary.add(name.lower())

    def drop_temporary(self, name):
        self.duck.execute(f"DROP VIEW IF EXISTS {quote(name.lower())}")
        self._temporary.discard(name.lower())

    def add_relation(self, sql):
        """A relation of DuckDB over a query; its name."""
        self._relations += 1
        name = f"godwit_scan_{self._relations}"
        self.duck.execute(f"CREATE TEMP VIEW {name} AS {sql}")
        return name

    def add_scan(self, table, predicate):
        """A relation over the partitions for which the predicate (DuckDB's SQL over bare partition columns) may hold."""
        partitions = self.site.partitions(table)
        if predicate and partitions:
            names = ", ".join(quote(key["name"]) for key in table.partition_keys)
            values = ", ".join("(" + ", ".join([str(i), *map(literal, partition.values)]) + ")"
                               for i, partition in enumerate(partitions))
            wanted = self.duck.execute(f"SELECT godwit_i FROM (VALUES {values}) AS p(godwit_i, {names}) WHERE {predicate}")
            partitions = [partitions[i] for (i,) in wanted.fetchall()]
        return self.add_relation(select_from_table(table, partitions))

    # --- answers

    def _print(self, sql):
        for row in self.duck.execute(sql).fetchall():
            print("\t".join("NULL" if value is None else _text(value) for value in row))

    def _set(self, match):
        if match["name"]:
            self.variables.assign(match["name"], match["value"].strip())

    def _show(self, what, name):
        if what == "partitions":
            names = [partition.name for partition in self.site.partitions(self.site.table(*self.name_of(name)))]
        elif what == "tables":
            names = self.site.tables(name.lower() or self.database)
        else:
            names = self.site.databases()
        print("\n".join(names))

    def _describe(self, name):
        table = self.site.table(*name)
        for column in table.columns + table.partition_keys:
            print(f"{column['name']}\t{column['type']}\t{column['comment']}")


def _text(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
