"""Functions of Hive and Spark that DuckDB lacks or means otherwise: a few as DuckDB macros, the rest by rewriting calls."""
from sqlglot import exp

# Dates are text in most Hive tables, so functions on dates give text: it compares with a partition column as it stands.
MACROS = """
CREATE MACRO hive_date_add(d, n) AS strftime(CAST(d AS DATE) + CAST(n AS INTEGER), '%Y-%m-%d');
CREATE MACRO hive_add_months(d, n) AS strftime(CAST(d AS DATE) + to_months(CAST(n AS INTEGER)), '%Y-%m-%d');
CREATE MACRO hive_last_day(d) AS strftime(last_day(CAST(d AS DATE)), '%Y-%m-%d');
CREATE MACRO hive_trunc(d, unit) AS strftime(CASE upper(unit)
  WHEN 'MM' THEN date_trunc('month', CAST(d AS DATE)) WHEN 'MON' THEN date_trunc('month', CAST(d AS DATE))
  WHEN 'MONTH' THEN date_trunc('month', CAST(d AS DATE)) WHEN 'Q' THEN date_trunc('quarter', CAST(d AS DATE))
  WHEN 'YY' THEN date_trunc('year', CAST(d AS DATE)) WHEN 'YEAR' THEN date_trunc('year', CAST(d AS DATE))
  WHEN 'YYYY' THEN date_trunc('year', CAST(d AS DATE)) WHEN 'WEEK' THEN date_trunc('week', CAST(d AS DATE)) END, '%Y-%m-%d');
CREATE MACRO hive_timestamp(t) AS TRY_CAST(t AS TIMESTAMP);
CREATE MACRO hive_epoch(t) AS CAST(epoch(TRY_CAST(t AS TIMESTAMP)) AS BIGINT);
CREATE MACRO hive_json(j, path) AS CASE WHEN json_valid(j) THEN json_extract_string(j, path) END;
CREATE MACRO hive_str_to_map(s, pairs, sign) AS
  map_from_entries(list_transform(string_split(s, pairs), lambda x: (split_part(x, sign, 1), split_part(x, sign, 2))));
CREATE MACRO hive_size(x) AS CASE WHEN x IS NULL THEN -1 ELSE array_length(x) END;
CREATE MACRO hive_pmod(a, b) AS ((a % b) + b) % b;
CREATE MACRO hive_substr(s, p, n) AS substr(CAST(s AS VARCHAR), CASE WHEN p = 0 THEN 1 ELSE p END, n);
CREATE MACRO hive_substr_to_end(s, p) AS substr(CAST(s AS VARCHAR), CASE WHEN p = 0 THEN 1 ELSE p END);
CREATE MACRO hive_parse_url(u, part) AS CASE upper(part)
  WHEN 'HOST' THEN regexp_extract(u, '^[a-z]+://([^/:?#]+)', 1) WHEN 'PATH' THEN regexp_extract(u, '^[a-z]+://[^/?#]+([^?#]*)', 1)
  WHEN 'PROTOCOL' THEN regexp_extract(u, '^([a-z]+)://', 1) WHEN 'QUERY' THEN regexp_extract(u, '\\?([^#]*)', 1) END;
CREATE MACRO hive_parse_url_key(u, part, key) AS nullif(regexp_extract(u, '[?&]' || key || '=([^&#]*)', 1), '');
"""

_LISTS = (exp.ArrayAgg, exp.ArrayUniqueAgg, exp.Split, exp.RegexpSplit, exp.ArraySort, exp.Array, exp.ArrayDistinct)


def call(name, *arguments):
    return exp.Anonymous(this=name, expressions=list(arguments))


def _text(node):
    return exp.cast(node, "text")


def _concat(node):
    """NULL if any part is, as in Hive."""
    joined = None
    for part in node.expressions:
        joined = _text(part) if joined is None else exp.DPipe(this=joined, expression=_text(part))
    return exp.Paren(this=joined)


def _concat_ws(node):
    separator, *parts = node.expressions
    if len(parts) == 1 and isinstance(parts[0], _LISTS):
        return exp.Coalesce(this=call("array_to_string", parts[0], separator), expressions=[exp.Literal.string("")])
    return node


def _substring(node):
    arguments = [node.this, node.args["start"]] + ([node.args["length"]] if node.args.get("length") else [])
    return call("hive_substr" if len(arguments) == 3 else "hive_substr_to_end", *arguments)


def _parse_url(node):
    arguments = [node.this, node.args["part_to_extract"]] + ([node.args["key"]] if node.args.get("key") else [])
    return call("hive_parse_url_key" if len(arguments) == 3 else "hive_parse_url", *arguments)


def _anonymous(node):
    return call("hive_pmod", *node.expressions) if node.name.lower() == "pmod" else node


class FunctionRewriter:
    """Rewrites one node; for exp.Expression.transform. `now` is the site's time as a datetime."""

    def __init__(self, now):
        self._now = now
        self._rules = {
            exp.TsOrDsAdd: lambda node: call("hive_date_add", node.this, node.expression),
            exp.DateAdd: lambda node: call("hive_date_add", node.this, node.expression),
            exp.DateSub: lambda node: call("hive_date_add", node.this, exp.Neg(this=exp.paren(node.expression))),
            exp.AddMonths: lambda node: call("hive_add_months", node.this, node.expression),
            exp.LastDay: lambda node: call("hive_last_day", node.this),
            exp.JSONExtractScalar: lambda node: call("hive_json", node.this, self._path(node.expression)),
            exp.ArraySize: lambda node: call("hive_size", node.this),
            exp.StrToMap: lambda node: call("hive_str_to_map", node.this, node.args.get("pair_delim"),
                                            node.args.get("key_value_delim")),
            exp.Concat: _concat,
            exp.ConcatWs: _concat_ws,
            exp.Substring: _substring,
            exp.StrToUnix: self._epoch,
            exp.TimeToUnix: self._epoch,
            exp.CurrentDate: lambda node: exp.Literal.string(self._now.strftime("%Y-%m-%d")),
            exp.CurrentTimestamp: lambda node: exp.cast(exp.Literal.string(self._now.isoformat(" ", "milliseconds")),
                                                        "timestamp"),
            exp.Quantile: lambda node: call("quantile_cont", node.this, node.args["quantile"]),
            exp.ApproxQuantile: lambda node: call("quantile_cont", node.this, node.args["quantile"]),
            exp.TimestampTrunc: self._trunc,
            exp.DateTrunc: self._trunc,
            exp.WeekOfYear: lambda node: call("weekofyear", exp.cast(node.this, "date")),
            exp.Quarter: lambda node: call("quarter", exp.cast(node.this, "date")),
            exp.DayOfWeek: lambda node: exp.paren(call("dayofweek", exp.cast(node.this, "date")) + 1),
            exp.ParseUrl: _parse_url,
            exp.Hour: lambda node: call("hour", call("hive_timestamp", node.this)),
            exp.Minute: lambda node: call("minute", call("hive_timestamp", node.this)),
            exp.Second: lambda node: call("second", call("hive_timestamp", node.this)),
            exp.Anonymous: _anonymous,
        }

    def __call__(self, node):
        rule = self._rules.get(type(node))
        return rule(node) if rule else node

    @staticmethod
    def _path(path):
        return path if isinstance(path, exp.Literal) else exp.Literal.string(path.sql(dialect="hive").strip("'"))

    @staticmethod
    def _trunc(node):
        unit = node.args["unit"]
        return call("hive_trunc", node.this, exp.Literal.string(unit.name))

    def _epoch(self, node):
        if isinstance(node.this, exp.CurrentTimestamp):
            return exp.Literal.number(int(self._now.timestamp()))
        return call("hive_epoch", node.this)
