"""The metastore part of site.db (docs/local_site.md), and the order in which a writer commits."""
import contextlib
import json
import os
import sqlite3
import time
import uuid

from errors import DeniedError, EngineError

DEFAULT_PARTITION = "__HIVE_DEFAULT_PARTITION__"
_ESCAPED = set('"#%\'*/:=?\\\x7f{[]^') | {chr(code) for code in range(0x20)}


def escape(value):
    """A partition value as it stands in a name (FileUtils.escapePathName, Hive 3.1)."""
    if value is None or value == "":
        return DEFAULT_PARTITION
    return "".join(f"%{ord(char):02X}" if char in _ESCAPED else char for char in str(value))


def unescape(text):
    """The value of a partition, None for the default one."""
    if text == DEFAULT_PARTITION:
        return None
    value, i = [], 0
    while i < len(text):
        code = text[i + 1:i + 3]
        if text[i] == "%" and len(code) == 2 and all(c in "0123456789abcdefABCDEF" for c in code):
            value.append(chr(int(code, 16)))
            i += 3
        else:
            value.append(text[i])
            i += 1
    return "".join(value)


def partition_values(name):
    """'dt=2026-11-01/city=a%2Fb' → ['2026-11-01', 'a/b']."""
    return [unescape(part.split("=", 1)[1]) for part in name.split("/")]


def data_files(location):
    """Full paths of the data files below a location, sorted; names that begin with '.' or '_' are not data."""
    found = []
    for folder, folders, files in os.walk(location):
        folders[:] = [name for name in folders if name[0] not in "._"]
        found += [os.path.join(folder, name) for name in files if name[0] not in "._"]
    return sorted(found)


class Table:
    """A table's metadata. `columns` and `partition_keys` are lists of {"name", "type", "comment"}."""

    def __init__(self, row):
        (self.db, self.name, self.kind, self.owner, columns, keys, self.location, self.view_text, parameters,
         storage) = row
        self.columns = json.loads(columns)
        self.partition_keys = json.loads(keys)
        self.parameters = json.loads(parameters)
        self.storage = json.loads(storage)

    @property
    def text(self):
        return f"{self.db}.{self.name}"

    @property
    def format(self):
        return self.storage.get("format", "parquet")


class Partition:
    def __init__(self, name, location, parameters):
        self.name, self.location, self.parameters = name, location, json.loads(parameters)

    @property
    def values(self):
        return partition_values(self.name) if self.name else []


class Change:
    """New files of one partition ("" for a plain table), not yet to be seen: (hidden path, visible path)."""

    def __init__(self, partition, values, location, overwrite):
        self.partition, self.values, self.location, self.overwrite = partition, values, location, overwrite
        self.files = []
        self.rows = 0


class SiteCatalog:
    """One connection to a site's database. Names are lower case, as in Hive."""

    def __init__(self, root):
        self.root = os.path.realpath(root)
        path = os.path.join(self.root, "site.db")
        if not os.path.exists(path):
            raise EngineError(f"{root}: no local site there (no site.db)")
        self._db = sqlite3.connect(path, timeout=10, isolation_level=None)
        self._db.execute("PRAGMA synchronous = NORMAL")
        self.run = int(os.environ.get("GODWIT_RUN") or 0)

    def setting(self, key):
        row = self._db.execute("SELECT value FROM site WHERE key = ?", (key,)).fetchone()
        return row[0] if row else ""

    def now_ms(self):
        """The site's clock."""
        real, site, speed = (float(self.setting(key)) for key in
                             ("clock_anchor_real_ms", "clock_anchor_site_ms", "clock_speed"))
        return site + (time.time() * 1000 - real) * speed

    # --- reading

    def find_table(self, db, name):
        row = self._db.execute(
            "SELECT db, name, kind, owner, columns, partition_keys, location, view_text, parameters, storage FROM tables "
            "WHERE db = ? AND name = ?", (db, name)).fetchone()
        return Table(row) if row else None

    def table(self, db, name):
        table = self.find_table(db, name)
        if table is None:
            raise EngineError(f"Table not found: {db}.{name}")
        return table

    def tables(self, db):
        return [row[0] for row in self._db.execute("SELECT name FROM tables WHERE db = ? ORDER BY name", (db,))]

    def databases(self):
        return [row[0] for row in self._db.execute("SELECT name FROM databases ORDER BY name")]

    def database_location(self, name):
        row = self._db.execute("SELECT location FROM databases WHERE name = ?", (name,)).fetchone()
        if row is None:
            raise EngineError(f"Database not found: {name}")
        return row[0]

    def partitions(self, table):
        """Sorted by name; a plain table has one, named ""."""
        if not table.partition_keys:
            return [Partition("", table.location, "{}")]
        rows = self._db.execute("SELECT name, location, parameters FROM partitions WHERE db = ? AND tbl = ? ORDER BY name",
                                (table.db, table.name))
        return [Partition(*row) for row in rows]

    def partition(self, table, name):
        if not table.partition_keys:
            return Partition("", table.location, "{}") if name == "" else None
        row = self._db.execute("SELECT name, location, parameters FROM partitions WHERE db = ? AND tbl = ? AND name = ?",
                               (table.db, table.name, name)).fetchone()
        return Partition(*row) if row else None

    # --- writing

    @contextlib.contextmanager
    def transaction(self):
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield self._db
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def guard(self, db, name):
        """Stops whoever is about to write a table that is closed to writers. Within a transaction the answer holds."""
        row = self._db.execute("SELECT closed FROM barriers WHERE db = ? AND tbl = ? AND party = 'writers'",
                               (db, name)).fetchone()
        if row and row[0]:
            raise DeniedError(f"{db}.{name} is closed to writers")

    @contextlib.contextmanager
    def outside_write(self):
        """While it lasts, whatever the run writes outside the site counts: its job is not fenced off, nor will be."""
        with self.transaction():
            self._guard_run()
            row = self._db.execute("SELECT job FROM runs WHERE id = ?", (self.run,)).fetchone()
            if row:
                self.guard("_job", row[0])
            yield

    def _guard_run(self):
        if not self.run:
            return
        row = self._db.execute("SELECT state FROM runs WHERE id = ?", (self.run,)).fetchone()
        if row is None or row[0] != "running":
            raise DeniedError(f"run {self.run} was given up by the scheduler")

    @contextlib.contextmanager
    def writing(self, db, name):
        """A transaction in which a table's metadata may change."""
        with self.transaction() as connection:
            self.guard(db, name)
            self._guard_run()
            yield connection

    def note_denied(self, message):
        """So that the run counts as denied whatever its script makes of the exit code."""
        if self.run:
            with self.transaction() as connection:
                connection.execute("UPDATE runs SET message = ? WHERE id = ? AND state = 'running'",
                                   (f"denied: {message}", self.run))

    def create_database(self, name, location, if_not_exists):
        with self.transaction() as connection:
            if name in self.databases():
                if if_not_exists:
                    return
                raise EngineError(f"Database {name} already exists")
            connection.execute("INSERT INTO databases(name, location) VALUES(?, ?)", (name, location))

    def put_table(self, table):
        """A new table or view, or a view's new text. `table` maps columns of `tables` to values."""
        with self.writing(table["db"], table["name"]) as connection:
            self.put_table_row(connection, table)

    @staticmethod
    def put_table_row(connection, table):
        row = {"owner": "", "columns": [], "partition_keys": [], "location": "", "view_text": "", "parameters": {},
               "storage": {}, **table}
        for key in ("columns", "partition_keys", "parameters", "storage"):
            row[key] = json.dumps(row[key], ensure_ascii=False)
        names = list(row)
        connection.execute(f"INSERT OR REPLACE INTO tables({', '.join(names)}) VALUES({', '.join('?' * len(names))})",
                           list(row.values()))

    def drop_table(self, table):
        """The metadata, and the files of a managed table."""
        locations = [partition.location for partition in self.partitions(table)] + [table.location]
        with self.writing(table.db, table.name) as connection:
            connection.execute("DELETE FROM tables WHERE db = ? AND name = ?", (table.db, table.name))
            connection.execute("DELETE FROM partitions WHERE db = ? AND tbl = ?", (table.db, table.name))
            if table.kind == "managed":
                for location in locations:
                    _remove(data_files(location))

    def drop_partition(self, table, name):
        partition = self.partition(table, name)
        if partition is None:
            return
        with self.writing(table.db, table.name) as connection:
            connection.execute("DELETE FROM partitions WHERE db = ? AND tbl = ? AND name = ?",
                               (table.db, table.name, name))
            if table.kind == "managed":
                _remove(data_files(partition.location))

    def commit(self, changes):
        """Makes new files visible, in all tables at once: `changes` are pairs of a table and its list of Change.

        The files change while the database's write lock is held: a barrier that closes finds all of it or nothing.
        """
        fresh = [hidden for _, each in changes for change in each for hidden, _ in change.files]
        try:
            with self.transaction() as connection:
                self._guard_run()
                for table, _ in changes:
                    self.guard(table.db, table.name)
                for table, each in changes:
                    for change in each:
                        self._show(connection, table, change)
                    self._note_output(connection, table)
        except BaseException:
            _remove(fresh)
            raise

    def _show(self, connection, table, change):
        old = data_files(change.location)
        os.makedirs(change.location, exist_ok=True)
        for hidden, visible in change.files:
            os.rename(hidden, visible)
        if change.overwrite:
            _remove(old)
        self._count(connection, table, change)

    def _count(self, connection, table, change):
        size = sum(os.path.getsize(path) for path in data_files(change.location))
        known = self.partition(table, change.partition)
        before = (known.parameters if change.partition else self.table(table.db, table.name).parameters) if known else {}
        rows = change.rows if change.overwrite else change.rows + int(before.get("numRows", 0))
        parameters = json.dumps({**before, "numRows": str(rows), "totalSize": str(size)}, ensure_ascii=False)
        if not change.partition:
            connection.execute("UPDATE tables SET parameters = ? WHERE db = ? AND name = ?",
                               (parameters, table.db, table.name))
        else:
            connection.execute("INSERT INTO partitions(db, tbl, name, location, parameters) VALUES(?, ?, ?, ?, ?) "
                               "ON CONFLICT DO UPDATE SET parameters = excluded.parameters",
                               (table.db, table.name, change.partition, change.location, parameters))

    def _note_output(self, connection, table):
        if self.run:
            connection.execute("INSERT OR IGNORE INTO run_outputs(run, db, tbl) VALUES(?, ?, ?)",
                               (self.run, table.db, table.name))

    def new_change(self, table, values, overwrite):
        """Where a partition's new files go. `values` in the order of the keys; empty for a plain table."""
        name = "/".join(f"{escape(key['name'])}={escape(value)}"
                        for key, value in zip(table.partition_keys, values, strict=True))
        known = self.partition(table, name)
        return Change(name, values, known.location if known else os.path.join(table.location, name), overwrite)

    def new_file(self, change, extension):
        """A hidden path in the partition's folder, never used before; it is seen once the change is committed."""
        os.makedirs(change.location, exist_ok=True)
        name = f"part-{self.run}-{len(change.files)}-{uuid.uuid4().hex[:8]}.{extension}"
        hidden = os.path.join(change.location, "." + name)
        change.files.append((hidden, os.path.join(change.location, name)))
        return hidden


def _remove(paths):
    for path in paths:
        with contextlib.suppress(FileNotFoundError):
            os.remove(path)
