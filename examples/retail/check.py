#!/usr/bin/env python3
"""Looks whether the example kept its promises. Independent of godwit: it reads the sites' databases, their files through
DuckDB, the world outside, and what `godwit status --format json` says.

    check.py source FOLDER                    history at the source is complete and right
    check.py watch FOLDER LOG                 notes pauses, cursors and barriers until it is told to stop (SIGTERM)
    check.py migrated FOLDER STATUS LOG BUDGET_SECONDS   after the migration

Exit code 1 if a promise is broken."""
import collections
import datetime
import json
import os
import pathlib
import signal
import sqlite3
import sys
import time

import duckdb

LOOK_EVERY_SECONDS = 0.05


class Promises:
    def __init__(self):
        self.broken = 0

    def tell(self, text, problems, measured=""):
        """One promise: kept if there are no problems; the first few of them are shown."""
        problems = list(problems)
        self.broken += bool(problems)
        print(f"{'BROKEN' if problems else 'kept  '}  {text}" + (f": {measured}" if measured else ""))
        for problem in problems[:8]:
            print(f"          {problem}")
        if len(problems) > 8:
            print(f"          … and {len(problems) - 8} more")


class Site:
    """A site as its files are: site.db, and the data below it."""

    def __init__(self, root):
        self.root = os.path.realpath(root)
        self.db = sqlite3.connect(os.path.join(self.root, "site.db"), timeout=30)

    def all(self, sql, *values):
        return self.db.execute(sql, values).fetchall()

    def tables(self):
        """{(db, name): (columns, storage)} of everything but views."""
        return {(db, name): (json.loads(columns), json.loads(storage).get("format", "parquet"))
                for db, name, columns, storage in
                self.all("SELECT db, name, columns, storage FROM tables WHERE kind <> 'view'")}

    def views(self):
        return {(db, name): text for db, name, text in self.all("SELECT db, name, view_text FROM tables WHERE kind = 'view'")}

    def partitions(self, table):
        """{name: location}; a plain table has one, named ''."""
        keys, location = self.all("SELECT partition_keys, location FROM tables WHERE db = ? AND name = ?", *table)[0]
        if not json.loads(keys):
            return {"": location}
        return dict(self.all("SELECT name, location FROM partitions WHERE db = ? AND tbl = ?", *table))

    def jobs(self):
        """{name: (kind, cursor, paused)}"""
        return {name: (kind, cursor, bool(paused)) for name, kind, cursor, paused in
                self.all("SELECT name, kind, cursor, paused FROM jobs")}

    def succeeded(self):
        """{job: [due, …]}, one entry a run."""
        runs = collections.defaultdict(list)
        for job, due in self.all("SELECT job, due FROM runs WHERE state = 'succeeded' ORDER BY job, due"):
            runs[job].append(due)
        return runs


def files_below(location):
    """Data files; names that begin with '.' or '_' are hidden."""
    found = []
    for folder, folders, files in os.walk(location):
        folders[:] = [name for name in folders if name[0] not in "._"]
        found += [os.path.join(folder, name) for name in files if name[0] not in "._"]
    return found


def rows_of(columns, form, location):
    """The multiset of a partition's rows, as texts."""
    files = files_below(location)
    if not files:
        return collections.Counter()
    names = ", ".join(f'CAST("{column["name"]}" AS VARCHAR)' for column in columns)
    if form == "csv":
        types = ", ".join(f"'{column['name']}': 'VARCHAR'" for column in columns)
        source = f"read_csv({files}, columns = {{{types}}}, header = false, auto_detect = false, delim = ',', quote = '\"')"
    else:
        source = f"read_parquet({files}, union_by_name = true, hive_partitioning = false)"
    return collections.Counter(duckdb.sql(f"SELECT {names} FROM {source}").fetchall())


def dates(first, last):
    day, end = datetime.date.fromisoformat(first), datetime.date.fromisoformat(last)
    return [str(day + datetime.timedelta(days=n)) for n in range((end - day).days + 1)]


# --- the source alone


def outside_database(folder, host, name):
    return sqlite3.connect(os.path.join(folder, "outside", host, f"{name}.db"))


def check_history(promises, site):
    due = dates("2026-11-01", max(cursor for _, cursor, _ in site.jobs().values()))
    runs = site.succeeded()
    promises.tell("every job ran once for every date", [
        f"{job}: {runs[job]}" for job in site.jobs() if runs[job] != due],
        f"{len(site.jobs())} jobs × {len(due)} dates, {sum(map(len, runs.values()))} runs")
    others = site.all("SELECT job, due, state, message FROM runs WHERE state <> 'succeeded'")
    promises.tell("no run failed", others)
    return due


def check_sales(promises, site, folder, due):
    """What the board sees, computed once more from the shop's own database."""
    trade = outside_database(folder, "trade-db.retail.example", "trade")
    wanted = collections.Counter()
    for row in trade.execute(
            "SELECT substr(o.created_at, 1, 10), o.channel, CAST(count(DISTINCT o.order_id) AS TEXT), "
            "CAST(count(DISTINCT o.user_id) AS TEXT), printf('%.2f', sum(i.quantity * i.price)) "
            "FROM orders o JOIN order_items i USING(order_id) WHERE o.status = 'paid' AND o.created_at < ? GROUP BY 1, 2",
            (due[-1] + " 24",)):
        wanted[row] += 1
    columns, form = site.tables()["ads", "gmv_daily"]
    found = collections.Counter()
    for name, location in site.partitions(("ads", "gmv_daily")).items():
        for row, count in rows_of(columns, form, location).items():
            found[(name.partition("=")[2], *row)] += count
    promises.tell("sales of every day and channel are right", [f"{row}: {count}" for row, count in (
        (wanted - found) + (found - wanted)).items()], f"{len(found)} sums")
    exported = collections.Counter(outside_database(folder, "report-db.retail.example", "report").execute(
        "SELECT dt, channel, orders, buyers, gmv FROM gmv_daily"))
    promises.tell("the report database has the same", list((wanted - exported) + (exported - wanted)))


def check_volume(promises, site):
    counts = {table: sum(sum(rows_of(columns, form, location).values()) for location in site.partitions(table).values())
              for table, (columns, form) in site.tables().items()}
    promises.tell("no table is empty", [f"{db}.{name}" for (db, name), rows in counts.items() if rows == 0],
                  f"{len(counts)} tables, {len(site.views())} view, {sum(counts.values())} rows")


def check_source(folder):
    promises, site = Promises(), Site(os.path.join(folder, "source"))
    due = check_history(promises, site)
    check_sales(promises, site, folder, due)
    check_volume(promises, site)
    return promises


# --- watching


def look(sites):
    """Everything that decides who may write, as one flat value."""
    seen = {}
    for name, site in sites.items():
        for job, (_, cursor, paused) in site.jobs().items():
            seen[f"{name} job {job}"] = [paused, cursor]
        for db, table, closed in site.all("SELECT db, tbl, closed FROM barriers WHERE party = 'writers'"):
            seen[f"{name} barrier {db}.{table}"] = bool(closed)
    return seen


def watch(folder, log):
    """Writes {"at": seconds, "what": key, "is": value} for each change."""
    stop = []
    signal.signal(signal.SIGTERM, lambda *_: stop.append(1))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sites = {name: Site(os.path.join(folder, name)) for name in ("source", "target")}
    known = {}
    with open(log, "w", encoding="utf-8", buffering=1) as file:
        while not stop:
            now = look(sites)
            for key, value in now.items():
                if known.get(key) != value:
                    file.write(json.dumps({"at": time.time(), "what": key, "is": value}) + "\n")
            known = now
            time.sleep(LOOK_EVERY_SECONDS)


# --- after the migration


def check_contents(promises, source, target):
    """Each partition that the source has is at the target, row for row."""
    problems, compared, rows = [], 0, 0
    for table, (columns, form) in sorted(source.tables().items()):
        if table not in target.tables():
            problems.append(f"{'.'.join(table)} is not at the target")
            continue
        there = target.partitions(table)
        for name, location in sorted(source.partitions(table).items()):
            compared += 1
            if name not in there:
                problems.append(f"{'.'.join(table)}/{name} is not at the target")
                continue
            mine = rows_of(columns, form, location)
            theirs = rows_of(*target.tables()[table], there[name])
            rows += sum(mine.values())
            if mine != theirs:
                problems.append(f"{'.'.join(table)}/{name}: {sum((mine - theirs).values())} rows only at the source, "
                                f"{sum((theirs - mine).values())} only at the target")
    promises.tell("every table equals its source, row for row", problems, f"{compared} partitions, {rows} rows")
    promises.tell("every view is there", [name for name, text in source.views().items() if name not in target.views()])


def modes_of(status):
    return {job["name"]: job["mode"] for unit in status["units"] for job in unit["jobs"]}


def check_runs(promises, source, target, status):
    """Every due date once, without a gap, from the first at the source to the last at the target."""
    at_source, at_target, modes = source.succeeded(), target.succeeded(), modes_of(status)
    problems, count, twice = [], 0, collections.Counter()
    for job in source.jobs():
        mine, theirs = at_source[job], at_target[job]
        count += len(mine) + len(theirs)
        both = set(mine) & set(theirs)
        twice[job] = len(both)
        if len(mine) != len(set(mine)) or len(theirs) != len(set(theirs)):
            problems.append(f"{job} ran twice for a date on one side")
        if both and modes.get(job) != "both":
            problems.append(f"{job} (mode {modes.get(job)}) ran on both sides for {sorted(both)}")
        done = sorted(set(mine) | set(theirs))
        if done != dates("2026-11-01", done[-1]):
            problems.append(f"{job} has a gap: {done}")
        if set(mine) - both and set(theirs) - both and max(set(mine) - both) > min(set(theirs) - both):
            problems.append(f"{job} went back to the source")
    dual = {job: n for job, n in twice.items() if n}
    promises.tell("every job ran once for every date, on the right side", problems,
                  f"{count} runs; in dual run {sum(dual.values())} by {len(dual)} jobs")
    dead = [f"{site.root}: {row}" for site in (source, target)
            for row in site.all("SELECT job, due, message FROM runs WHERE state = 'failed'")]
    promises.tell("no run failed", dead)


def check_owners(promises, source, target):
    here, there = source.jobs(), target.jobs()
    promises.tell("every job is at the target, and paused at the source", [
        job for job in here if not here[job][2] or there[job][2]], f"{len(here)} jobs")
    promises.tell("jobs went on at the target", [job for job in here if not target.succeeded()[job]])


def check_exports(promises, folder):
    report = outside_database(folder, "report-db.retail.example", "report")
    exports = collections.defaultdict(list)
    for site, due, table in report.execute("SELECT site, due, target FROM sqoop_exports"):
        exports[due, table].append(os.path.basename(site))
    promises.tell("every export left once, from one side", [f"{key}: {sides}" for key, sides in exports.items() if len(sides) != 1],
                  f"{len(exports)} exports, " + ", ".join(f"{n} from the {side}" for side, n in sorted(collections.Counter(
                      sides[0] for sides in exports.values()).items())))


def frozen_spans(log):
    """{job: seconds}: the longest time for which a job was paused at the source and not yet running at the target."""
    state, since, longest = {}, {}, collections.Counter()
    for line in log:
        event = json.loads(line)
        where, _, name = event["what"].partition(" job ")
        if not name:
            continue
        state[where, name] = event["is"][0]
        frozen = state.get(("source", name), False) and state.get(("target", name), True)
        if frozen and name not in since:
            since[name] = event["at"]
        elif not frozen and name in since:
            longest[name] = max(longest[name], event["at"] - since.pop(name))
    for name, begun in since.items():
        longest[name] = max(longest[name], time.time() - begun)
    return longest


def check_freezes(promises, log, status, budget):
    spans = frozen_spans(log)
    over = [f"{job}: {seconds:.1f} s" for job, seconds in spans.items() if seconds > budget]
    ordered = sorted(spans.values()) or [0]
    promises.tell(f"nobody was frozen longer than the budget of {budget:g} s", over,
                  f"longest {ordered[-1]:.1f} s, median {ordered[len(ordered) // 2]:.1f} s of {len(spans)} jobs, "
                  f"as seen by looking every {LOOK_EVERY_SECONDS * 1000:.0f} ms")
    promises.tell("every unit was switched", [f"{unit['id']} is {unit['state']}: {unit['waits_for']}" for unit in status["units"]
                                              if unit["state"] not in ("probation", "completed", "unfreezing")],
                  f"{len(status['units'])} units")


def check_dual_run(promises, status):
    """At least two workflows ran on both sides, and what row_number() leaves open was noticed."""
    differences = {table: found for unit in status["units"] for table, found in unit["differences"].items()}
    dual = sorted(job for job, mode in modes_of(status).items() if mode == "both")
    promises.tell("jobs went through dual run", [] if len(dual) >= 2 else ["fewer than two"], ", ".join(dual))
    promises.tell("the difference that row_number() makes was found",
                  [] if "dws.session_entry" in differences else [f"found only {sorted(differences)}"],
                  "; ".join(f"{table} in {', '.join(found['columns'])}" for table, found in differences.items()))


def check_migrated(folder, status_path, log_path, budget):
    promises = Promises()
    source, target = (Site(os.path.join(folder, name)) for name in ("source", "target"))
    status = json.loads(pathlib.Path(status_path).read_text(encoding="utf-8"))
    check_contents(promises, source, target)
    check_runs(promises, source, target, status)
    check_owners(promises, source, target)
    check_exports(promises, folder)
    check_freezes(promises, pathlib.Path(log_path).read_text(encoding="utf-8").splitlines(), status, float(budget))
    check_dual_run(promises, status)
    return promises


def main():
    what, arguments = sys.argv[1], sys.argv[2:]
    if what == "watch":
        watch(*arguments)
        return 0
    promises = {"source": check_source, "migrated": check_migrated}[what](*arguments)
    print("every promise was kept" if promises.broken == 0 else f"{promises.broken} promises were broken")
    return 1 if promises.broken else 0


if __name__ == "__main__":
    sys.exit(main())
