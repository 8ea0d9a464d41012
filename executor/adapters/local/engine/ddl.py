"""Statements that change metadata."""
import os

from sqlglot import exp

import insert
from errors import EngineError
from hive_types import hive_type
from translate import table_name

_FORMATS = {"PARQUET": "parquet", "ORC": "parquet", "TEXTFILE": "csv", "CSV": "csv"}


def run(session, tree, statement):
    if isinstance(tree, exp.Create):
        return _create(session, tree, statement)
    if isinstance(tree, exp.Drop):
        return _drop(session, tree)
    if isinstance(tree, exp.Alter):
        return _alter(session, tree)
    if isinstance(tree, exp.TruncateTable):
        return _truncate(session, tree)
    raise EngineError(f"this statement is not known here: {statement[:200]}")


def _columns(definitions):
    columns = []
    for definition in definitions:
        comment = next((constraint.kind.this.name for constraint in definition.args.get("constraints") or []
                        if isinstance(constraint.kind, exp.CommentColumnConstraint)), "")
        columns.append({"name": definition.name.lower(), "type": hive_type(definition.args["kind"]), "comment": comment})
    return columns


def _properties(tree):
    return tree.args["properties"].expressions if tree.args.get("properties") else []


def _find(tree, kind):
    return next((each for each in _properties(tree) if isinstance(each, kind)), None)


# --- CREATE


def _create(session, tree, statement):
    if tree.kind in ("DATABASE", "SCHEMA"):
        return _create_database(session, tree)
    temporary = _find(tree, exp.TemporaryProperty) is not None
    if temporary and tree.expression is not None:
        return session.add_temporary(tree.find(exp.Table).name, tree.expression, tree.kind)
    target = tree.this.this if isinstance(tree.this, exp.Schema) else tree.this
    db, name = table_name(target, session.database)
    known = session.site.find_table(db, name)
    if known and tree.args.get("exists"):
        return None
    if known and not tree.args.get("replace"):
        raise EngineError(f"AlreadyExistsException {db}.{name} already exists")
    if tree.kind == "VIEW":
        return _create_view(session, tree, db, name)
    return _create_table(session, tree, db, name)


def _create_database(session, tree):
    name = tree.this.name.lower()
    place = _find(tree, exp.LocationProperty)
    location = place.this.name if place else os.path.join(session.site.root, "warehouse", f"{name}.db")
    session.site.create_database(name, location, bool(tree.args.get("exists")))


def _create_view(session, tree, db, name):
    """Its text is kept with every table's database written out."""
    query = tree.expression
    described = session.duck.execute("DESCRIBE " + session.translate(query.copy())).fetchall()
    names = [column.name.lower() for column in tree.this.expressions] if isinstance(tree.this, exp.Schema) else []
    if names:
        query = exp.select("*").from_(exp.Subquery(this=query, alias=exp.TableAlias(
            this=exp.to_identifier("v"), columns=[exp.to_identifier(each) for each in names])))
    own = {cte.alias_or_name.lower() for cte in query.find_all(exp.CTE)}
    for table in query.find_all(exp.Table):
        if not table.db and table.name.lower() not in own:
            table.set("db", exp.to_identifier(session.database))
    columns = [{"name": names[i] if names else row[0].lower(), "type": _described_type(row[1]), "comment": ""}
               for i, row in enumerate(described)]
    comment = _find(tree, exp.SchemaCommentProperty)
    session.site.put_table({"db": db, "name": name, "kind": "view", "columns": columns,
                            "view_text": query.sql(dialect="hive"), "owner": session.owner(),
                            "parameters": {"comment": comment.this.name} if comment else {}})


def _described_type(duckdb_text):
    return hive_type(exp.DataType.build(duckdb_text, dialect="duckdb"))


def _create_table(session, tree, db, name):
    like = _find(tree, exp.LikeProperty)
    if like:
        model = session.site.table(*table_name(like.this, session.database))
        columns, keys, storage = model.columns, model.partition_keys, model.storage
    else:
        columns, keys = _declared_columns(session, tree)
        storage = {"format": _format(tree)}
    external = _find(tree, exp.ExternalProperty) is not None
    place = _find(tree, exp.LocationProperty)
    location = place.this.name if place else os.path.join(session.site.database_location(db), name)
    comment = _find(tree, exp.SchemaCommentProperty)
    parameters = {each.this.name: each.args["value"].name for each in _properties(tree) if type(each) is exp.Property}
    if comment:
        parameters["comment"] = comment.this.name
    session.site.put_table({"db": db, "name": name, "kind": "external" if external else "managed", "columns": columns,
                            "partition_keys": keys, "location": location, "storage": storage,
                            "parameters": parameters, "owner": session.owner()})
    if tree.expression is not None:
        insert.insert_sql(session, session.site.table(db, name), {}, session.translate(tree.expression), overwrite=True)


def _declared_columns(session, tree):
    """(columns, partition keys), from the schema or from the query of CREATE TABLE AS."""
    keys = _find(tree, exp.PartitionedByProperty)
    key_columns = _columns(keys.this.expressions) if keys else []
    if isinstance(tree.this, exp.Schema):
        return _columns(tree.this.expressions), key_columns
    described = session.duck.execute("DESCRIBE " + session.translate(tree.expression.copy())).fetchall()
    return [{"name": row[0].lower(), "type": _described_type(row[1]), "comment": ""} for row in described], key_columns


def _format(tree):
    named = _find(tree, exp.FileFormatProperty)
    if named:
        text = named.this.name.upper()
        if text not in _FORMATS:
            raise EngineError(f"STORED AS {text} is not known here")
        return _FORMATS[text]
    return "csv" if _find(tree, exp.RowFormatDelimitedProperty) else "parquet"


# --- DROP, ALTER, TRUNCATE


def _drop(session, tree):
    target = (tree.args.get("tables") or [tree.this])[0]
    if tree.kind == "VIEW" and not target.db and session.is_temporary(target.name):
        return session.drop_temporary(target.name)
    table = session.site.find_table(*table_name(target, session.database))
    if table is None:
        if tree.args.get("exists"):
            return None
        raise EngineError(f"Table not found: {target.sql(dialect='hive')}")
    return session.site.drop_table(table)


def _spec(expressions):
    return {part.this.name.lower(): part.expression.name for part in expressions if isinstance(part, exp.EQ)}


def _matching(session, table, spec):
    keys = [key["name"] for key in table.partition_keys]
    for partition in session.site.partitions(table):
        values = dict(zip(keys, partition.values))
        if all(values.get(key) == value for key, value in spec.items()):
            yield partition


def _alter(session, tree):
    table = session.site.table(*table_name(tree.this, session.database))
    for action in tree.args["actions"]:
        if isinstance(action, exp.AddPartition):
            _add_partition(session, table, action)
        elif isinstance(action, exp.DropPartition):
            for part in action.expressions:
                for partition in list(_matching(session, table, _spec(part.expressions))):
                    session.site.drop_partition(table, partition.name)
        elif isinstance(action, (exp.Schema, exp.ColumnDef)):
            added = action.expressions if isinstance(action, exp.Schema) else [action]
            _rewrite(session, table, columns=table.columns + _columns(added))
        elif isinstance(action, exp.AlterSet):
            given = {each.this.name: each.args["value"].name for each in action.find_all(exp.Property)}
            _rewrite(session, table, parameters={**table.parameters, **given})
        else:
            raise EngineError(f"ALTER TABLE … {action.sql(dialect='hive')} is not known here")


def _add_partition(session, table, action):
    spec = _spec(action.this.expressions)
    values = [spec[key["name"]] for key in table.partition_keys]
    change = session.site.new_change(table, values, overwrite=False)
    if session.site.partition(table, change.partition):
        if not action.args.get("exists"):
            raise EngineError(f"AlreadyExistsException partition {change.partition} of {table.text} already exists")
        return
    if action.args.get("location"):
        change.location = action.args["location"].this.name
    session.site.commit([(table, [change])])


def _rewrite(session, table, **changed):
    with session.site.writing(table.db, table.name) as connection:
        session.site.put_table_row(connection, {
            "db": table.db, "name": table.name, "kind": table.kind, "owner": table.owner, "columns": table.columns,
            "partition_keys": table.partition_keys, "location": table.location, "view_text": table.view_text,
            "parameters": table.parameters, "storage": table.storage, **changed})


def _truncate(session, tree):
    table = session.site.table(*table_name(tree.expressions[0], session.database))
    partition = tree.args.get("partition")
    spec = _spec(partition.expressions) if partition else {}
    changes = [session.site.new_change(table, found.values, overwrite=True)
               for found in list(_matching(session, table, spec))]
    session.site.commit([(table, changes)])
