"""The statements that every tool reads: TPC-like, short Hive, and machine-written ones of 50-200 KB."""
import gzip
import json
import pathlib
import re

SHORT_MAX = 2000  # characters


def corpus(shared):
    path = pathlib.Path(shared) / "corpora" / "statements.jsonl.gz"
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [row for row in map(json.loads, lines) if row["scored"]]


def fixtures(folder):
    """Inputs of our own fixtures, for a tree that stands alone."""
    rows = []
    for path in sorted(pathlib.Path(folder).glob("*.test")):
        for case in re.split(r"^## ", path.read_text(encoding="utf-8"), flags=re.M)[1:]:
            header, _, body = case.partition("\n")
            sql = body.split("\n----")[0].strip()
            rows.append({"dialect": "spark" if "dialect=spark" in header else "hive", "source": "fixtures", "sql": sql})
    return rows


def tpc(rows):
    return [(row["dialect"], row["sql"]) for row in rows if row["source"] == "spark_tpc_ssb"]


def short_hive(rows):
    return [("hive", row["sql"]) for row in rows if row["dialect"] == "hive" and len(row["sql"]) <= SHORT_MAX]


def wide_insert(columns):
    """A statement as generators write them: a column a line, each an expression, a dozen joins."""
    items = []
    for i in range(columns):
        items.append(
            f"  CASE WHEN t{i % 12}.flag_{i} = 'Y' AND coalesce(t{i % 12}.amount_{i}, 0) > {i} THEN "
            f"round(t{i % 12}.amount_{i} * 1.{i % 10}, 2) ELSE nvl(t{(i + 1) % 12}.value_{i}, 'n/a') END AS column_{i}")
    joins = [f"LEFT JOIN dwd.fact_{j} t{j} ON t0.id = t{j}.id AND t{j}.ds = '2024-01-01'" for j in range(1, 12)]
    return ("INSERT OVERWRITE TABLE dws.wide PARTITION (ds = '2024-01-01')\nSELECT\n" + ",\n".join(items) +
            "\nFROM dwd.fact_0 t0\n" + "\n".join(joins) + "\nWHERE t0.ds = '2024-01-01'")


def long_union(queries, size):
    """INSERT … query UNION ALL query …, of whole queries."""
    parts = []
    length = 0
    while length < size:
        query = queries[len(parts) % len(queries)]
        part = f"SELECT q{len(parts)}.* FROM (\n{query}\n) q{len(parts)}"
        parts.append(part)
        length += len(part)
    return "INSERT INTO TABLE ads.all_queries\n" + "\nUNION ALL\n".join(parts)


def long_in_list(size):
    values = ", ".join(f"'{100000 + i}'" for i in range(size // 10))
    return f"INSERT INTO mart.picked SELECT id, name FROM ods.items WHERE id IN ({values})"


def large(queries):
    plain = [sql for _, sql in queries if sql.lstrip()[:6].lower() == "select"]
    return [("spark", wide_insert(300)), ("spark", wide_insert(1000)), ("spark", long_union(plain, 60_000)),
            ("spark", long_union(plain, 150_000)), ("spark", long_in_list(80_000))]


def all_workloads(shared, own):
    has_corpus = (pathlib.Path(shared) / "corpora" / "statements.jsonl.gz").exists()
    rows = corpus(shared) if has_corpus else fixtures(own)
    queries = tpc(rows) if has_corpus else [(row["dialect"], row["sql"]) for row in rows if "JOIN" in row["sql"].upper()]
    return {"TPC-like": queries, "50-200 KB": large(queries), "short Hive": short_hive(rows)}
