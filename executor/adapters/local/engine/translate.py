"""A Hive or Spark query → DuckDB's SQL. Tables become scans of just the partitions that the query can need."""
import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.scope import traverse_scope

from errors import EngineError
from functions import FunctionRewriter, call
from hive_types import quote

VIEW_DEPTH_MAX = 16


def parse(text, dialect):
    """One statement."""
    try:
        return sqlglot.parse_one(text, dialect=dialect, error_level=sqlglot.ErrorLevel.RAISE)
    except SqlglotError as error:
        raise EngineError(f"ParseException {error}") from error


def table_name(table, database):
    """(db, name) of an exp.Table, lower case."""
    return (table.db or database).lower(), table.name.lower()


# --- LATERAL VIEW


def _exploded(lateral):
    """The query whose rows a LATERAL VIEW joins to each row of its left side."""
    function = lateral.this
    names = [quote(column.name) for column in lateral.args["alias"].columns]
    argument = function.this.sql(dialect="duckdb") if isinstance(function.this, exp.Expression) else ""
    if isinstance(function, exp.Posexplode):
        position, value = names or ["pos", "col"]
        return f"SELECT unnest(range(len({argument}))) AS {position}, unnest({argument}) AS {value}"
    if isinstance(function, exp.Explode) and len(names) == 2:
        return f"SELECT e.key AS {names[0]}, e.value AS {names[1]} FROM (SELECT unnest(map_entries({argument})) AS e)"
    if isinstance(function, exp.Explode):
        return f"SELECT unnest({argument}) AS {names[0] if names else 'col'}"
    if isinstance(function, exp.Anonymous) and function.name.lower() == "json_tuple":
        text, *keys = [part.sql(dialect="duckdb") for part in function.expressions]
        return "SELECT " + ", ".join(f"hive_json({text}, '$.' || {key}) AS {name}" for key, name in zip(keys, names))
    raise EngineError(f"LATERAL VIEW of {function.sql(dialect='hive')} is not known here")


def _join_laterals(select):
    """LATERAL VIEWs as lateral joins, after the joins that stand before them."""
    for lateral in select.args.pop("laterals", None) or []:
        query = sqlglot.parse_one(_exploded(lateral), dialect="duckdb")
        alias = exp.TableAlias(this=lateral.args["alias"].this)
        joined = exp.Lateral(this=exp.Subquery(this=query), alias=alias)
        outer = bool(lateral.args.get("outer")) or isinstance(lateral.this, (exp.ExplodeOuter, exp.PosexplodeOuter))
        join = exp.Join(this=joined, side="LEFT", on=exp.true()) if outer else exp.Join(this=joined, kind="CROSS")
        select.append("joins", join)


# --- which partitions


_PREDICATES = (exp.EQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.In, exp.Between, exp.Or, exp.Paren)


def _rejects_null(predicate):
    """Comparisons, and nothing around them that could make NULL true: such a predicate may be asked of partitions."""
    if isinstance(predicate, exp.Or):
        return _rejects_null(predicate.left) and _rejects_null(predicate.right)
    if isinstance(predicate, exp.Paren):
        return _rejects_null(predicate.this)
    return isinstance(predicate, _PREDICATES) and not predicate.find(exp.Is, exp.Coalesce, exp.Case, exp.If, exp.Query)


def _conjuncts(condition):
    return list(condition.flatten()) if isinstance(condition, exp.And) else [condition]


def _conditions_on(scope, alias):
    """What holds for every row of this source that takes part in the result."""
    select = scope.expression
    conditions = []
    if isinstance(select, exp.Select) and select.args.get("where"):
        conditions += _conjuncts(select.args["where"].this)
    for join in select.args.get("joins") or []:
        if join.alias_or_name == alias and join.side in ("", "LEFT") and join.args.get("on"):
            conditions += _conjuncts(join.args["on"])
    return conditions


def partition_predicate(scope, alias, keys):
    """An exp over bare partition columns, or None if the query says nothing about them."""
    alone = len(scope.sources) == 1
    found = []
    for condition in _conditions_on(scope, alias):
        columns = list(condition.find_all(exp.Column))
        ours = all(column.name.lower() in keys and (column.table == alias or (not column.table and alone))
                   for column in columns)
        if columns and ours and _rejects_null(condition):
            bare = condition.copy()
            for column in bare.find_all(exp.Column):
                column.set("table", None)
            found.append(bare)
    return exp.and_(*found) if found else None


# --- the whole


class Translator:
    """Of one session, which knows the site's tables and makes DuckDB's relations."""

    def __init__(self, session, dialect):
        self._session = session
        self._dialect = dialect

    def query(self, query, database, depth=0):
        """SQL for DuckDB. `query` is changed."""
        if depth > VIEW_DEPTH_MAX:
            raise EngineError(f"views are nested more than {VIEW_DEPTH_MAX} deep")
        for scope in traverse_scope(query):
            for alias, (node, source) in scope.selected_sources.items():
                if isinstance(source, exp.Table):
                    self._replace_table(scope, alias, node, database, depth)
        for column in query.find_all(exp.Column):
            column.set("db", None)  # db.table.column: the relation goes by the table's name alone
        return self.expression(query)

    def expression(self, tree):
        for select in tree.find_all(exp.Select):
            self._rewrite_select(select)
        rewritten = tree.transform(FunctionRewriter(self._session.now()))
        for select in rewritten.find_all(exp.Select):
            _join_laterals(select)
        return rewritten.sql(dialect="duckdb", unsupported_level=sqlglot.ErrorLevel.IGNORE)

    def _replace_table(self, scope, alias, node, database, depth):
        if not node.db and self._session.is_temporary(node.name):
            return
        db, name = table_name(node, database)
        table = self._session.site.table(db, name)
        if table.kind == "view":
            text = self.query(parse(table.view_text, "hive"), db, depth + 1)
            relation = self._session.add_relation(text)
        else:
            keys = [key["name"] for key in table.partition_keys]
            predicate = partition_predicate(scope, alias, keys)
            relation = self._session.add_scan(table, self.expression(predicate) if predicate else None)
        replacement = exp.to_table(relation)
        replacement.set("alias", exp.TableAlias(this=exp.to_identifier(alias)))
        for key in ("joins", "laterals", "sample"):
            if node.args.get(key):
                replacement.set(key, node.args[key])
        node.replace(replacement)

    @staticmethod
    def _rewrite_select(select):
        for key in ("distribute", "sort", "cluster", "hint"):
            select.set(key, None)
        group = select.args.get("group")
        if group and group.args.get("grouping_sets"):
            group.set("expressions", [])  # Hive lists the columns once more
        for key, function in (("cube", "cube"), ("rollup", "rollup")):
            marks = group.args.get(key) if group else None
            if marks and not marks[0].expressions:  # GROUP BY a, b WITH CUBE
                group.set("expressions", [call(function, *group.expressions)])
                group.set(key, None)
