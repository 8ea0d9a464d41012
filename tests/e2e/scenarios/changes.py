"""One migration during which everything happens that happens to a living warehouse: partitions overwritten without a word,
dropped, columns added, a table renamed, a full quota, a NameNode in safe mode, a metastore that dies in a switch, a file that
a writer holds open. What is read back through Spark on the target decides."""
import http.client
import json
import re
import threading
import time
import urllib.parse

from stack.processes import wait_until

from .migrate import STATIC, Migration, sql

TEXT = "ROW FORMAT DELIMITED FIELDS TERMINATED BY ',' STORED AS TEXTFILE"
PARTITIONED = "CREATE TABLE {} (id BIGINT, v STRING) PARTITIONED BY (dt STRING) "
FILL = "INSERT INTO {} PARTITION (dt) SELECT id, concat('v', id % 7), concat('d', id % 3) FROM range(0, 300, 1, 1)"


def partitioned(name, stored):
    return PARTITIONED.format(name) + stored, FILL.format(name)


TABLES = {
    "mig.seed": STATIC["mig.seed"],
    "mig.overwritten": partitioned("mig.overwritten", TEXT),
    "mig.dropped": partitioned("mig.dropped", "STORED AS PARQUET"),
    "mig.widened": partitioned("mig.widened", "STORED AS PARQUET"),
    "mig.renamed": partitioned("mig.renamed", "STORED AS ORC"),
    "mig.held_open": (f"CREATE TABLE mig.held_open (id BIGINT, v STRING) {TEXT}",
                      "INSERT INTO mig.held_open SELECT id, 'closed' FROM range(0, 50, 1, 1)"),
    "mig.owned": partitioned("mig.owned", "STORED AS PARQUET"),
    "full.big": partitioned("full.big", "STORED AS PARQUET"),
}
OWNED = "/warehouse/mig.db/owned"
# path below OWNED: owner, group, permission
RIGHTS = {"": ("etl", "bi", "750"), "/dt=d0": ("etl", "analysts", "700"), "/dt=d1": ("etl", "bi", "775")}
FILE_RIGHTS = ("etl", "analysts", "640")


class OpenFile:
    """A file that its writer has open: WebHDFS writes as the bytes come, and closes when they end."""

    def __init__(self, hdfs, path, user, append=False):
        operation = {"op": "APPEND"} if append else {"op": "CREATE", "overwrite": "true"}
        method = "POST" if append else "PUT"
        query = urllib.parse.urlencode({**operation, "user.name": user, "noredirect": "true"})
        front = http.client.HTTPConnection(hdfs.webhdfs.removeprefix("http://"), timeout=60)
        front.request(method, f"/webhdfs/v1{path}?{query}")
        place = urllib.parse.urlsplit(json.load(front.getresponse())["Location"])
        self._connection = http.client.HTTPConnection(place.netloc, timeout=120)
        self._connection.putrequest(method, f"{place.path}?{place.query}")
        self._connection.putheader("Transfer-Encoding", "chunked")
        self._connection.putheader("Content-Type", "application/octet-stream")
        self._connection.endheaders()

    def write(self, text):
        data = text.encode()
        self._connection.send(b"%x\r\n%s\r\n" % (len(data), data))

    def close(self):
        self._connection.send(b"0\r\n\r\n")
        answer = self._connection.getresponse()
        if answer.status not in (200, 201):
            raise RuntimeError(f"closing: {answer.status} {answer.read()[:300]}")


class Changes(Migration):
    databases = ("mig", "full")

    def __init__(self, stack, build):
        super().__init__(stack, build, "changes", TABLES, plan=("--cap", "100%"))
        settings = json.loads((self.folder / "godwit.yaml").read_text())
        settings["copy"]["copies_per_unit"] = len(TABLES)  # so that all of it happens while all is copied
        settings["freeze"]["budget"] = "120s"
        settings["limits"] = {"breaker": {"cool_down": "3s"}}
        (self.folder / "godwit.yaml").write_text(json.dumps(settings, indent=1))
        self.give_rights()
        self.new_file = OpenFile(stack.source, "/warehouse/mig.db/held_open/part-open", "etl")
        self.new_file.write("1000,open\n")
        grown = "/warehouse/mig.db/held_open/part-grown"
        closed = OpenFile(stack.source, grown, "etl")
        closed.write("2000,closed\n")
        closed.close()
        self.grown_file = OpenFile(stack.source, grown, "etl", append=True)
        self.grown_file.write("2001,open\n")
        self.ended = threading.Event()
        self.errors = []

    # --- what godwit says while it runs ---

    def log(self):
        return (self.folder / "godwit.log").read_text(errors="replace")

    def await_line(self, pattern, seconds=240):
        """Waits until a line of the log matches."""
        found = []

        def look():
            found[:] = re.findall(f"^.*{pattern}.*$", self.log(), re.MULTILINE)
            return found or self.ended.is_set()

        wait_until(f"a line like {pattern!r}", look, seconds=seconds)
        if not found:
            raise AssertionError(f"godwit ended without a line like {pattern!r}")
        return found[0]

    def unit_of(self, table):
        return next(unit for unit in self.status()["units"] if table in unit["tables"])

    def status(self):
        return json.loads(self.output("status", "--format", "json"))

    def await_unit(self, table, check, seconds=240):
        wait_until(f"the unit of {table}", lambda: check(self.unit_of(table)), seconds=seconds)

    # --- what happens ---

    def overwritten(self):
        """Other rows in a file of the same name and length: no notification, no new partition."""
        self.await_line(r"copy mig\.overwritten: 3 partitions")
        folder = "/warehouse/mig.db/overwritten/dt=d1"
        for entry in self.entries("source", folder):
            path = f"{folder}/{entry['pathSuffix']}"
            rows = self.stack.source.call("GET", path, "OPEN", user="etl")
            changed = rows.replace(b",v", b",w")
            if changed == rows:
                raise AssertionError(f"{path} holds no rows")
            self.stack.source.call("PUT", path, "CREATE", data=changed, user="etl", overwrite="true")

    def dropped(self):
        self.await_line(r"copy mig\.dropped: 3 partitions")
        sql(self.stack, "source", "ALTER TABLE mig.dropped DROP PARTITION (dt = 'd1')")

    def widened(self):
        self.await_line(r"copy mig\.widened: 3 partitions")
        sql(self.stack, "source", "ALTER TABLE mig.widened ADD COLUMNS (more DECIMAL(9,2))")
        sql(self.stack, "source", "INSERT INTO mig.widened PARTITION (dt = 'd7') SELECT id, 'wide', id * 1.25 FROM range(0, 40, 1, 1)")

    def renamed(self):
        """A table that is gone holds its unit; it goes on when the table has its name again and a person says so."""
        self.await_line(r"copy mig\.renamed: 3 partitions")
        sql(self.stack, "source", "ALTER TABLE mig.renamed RENAME TO mig.strayed")
        self.await_unit("mig.renamed", lambda unit: unit["held"] and "mig.renamed does not exist" in unit["held_why"])
        sql(self.stack, "source", "ALTER TABLE mig.strayed RENAME TO mig.renamed")
        self.godwit("unit", "retry", self.unit_of("mig.renamed")["id"])

    def quota(self):
        """A copy that does not fit fails; when there is room it is made again, by itself or when a person says so."""
        self.await_line(r"problem +u\d+ +copy .*[Qq]uota")
        self.stack.target.admin("-clrSpaceQuota", "/warehouse/full.db")

    def safe_mode(self):
        self.await_line(r"publish mig\.")
        self.stack.target.admin("-safemode", "enter")
        try:
            self.await_line(r"[Ss]afe ?[Mm]ode")
        finally:
            self.stack.target.admin("-safemode", "leave")

    def held_open(self):
        """A freeze waits for who writes a new file and for who appends to an old one; what they wrote last is moved."""
        self.await_line("freeze_begun")
        self.await_unit("mig.held_open", lambda unit: unit["state"] == "final_copy")
        generation = self.unit_of("mig.held_open")["generation"]
        for file, row in ((self.new_file, "1001,open\n"), (self.grown_file, "2001,open\n")):
            time.sleep(5)
            unit = self.unit_of("mig.held_open")
            if (unit["state"], unit["generation"]) != ("final_copy", generation):
                raise AssertionError(f"the freeze did not wait for the writer of {row!r}: {unit['state']}")
            file.write(row * 20)
            file.close()
        self.await_unit("mig.held_open", lambda unit: unit["state"] != "final_copy", seconds=60)
        if self.unit_of("mig.held_open")["generation"] != generation:
            raise AssertionError("the freeze was given up although the writer had closed its file")

    def metastore(self):
        """The target's metastore dies as soon as the jobs' unit has begun to switch."""
        self.await_line("freeze_begun", seconds=400)
        unit = self.unit_of("mig.daily")["id"]
        self.await_line(rf"{unit} .*-> switching", seconds=400)
        self.stack.processes.stop(self.stack.target_hms.record, number=9)
        if self.unit_of("mig.daily")["state"] not in ("switching", "unfreezing"):
            raise AssertionError("the metastore died too late")
        self.stack.target_hms.start()
        self.stack.target_hms.wait()

    def operator(self):
        """Whoever has mended something tells the units that gave up after so many failures."""
        self.await_line("transition")
        while not self.ended.wait(3):
            for unit in self.status()["units"]:
                if unit["held"] and unit["held_why"].startswith("failed "):
                    self.godwit("unit", "retry", unit["id"])

    def disturb(self, work):
        try:
            work()
        except BaseException as error:  # raised again by move()
            print(f"       {work.__name__}: {error!r}", flush=True)
            self.errors.append((work.__name__, error))

    def move(self):
        self.stack.target.call("PUT", "/warehouse/full.db", "MKDIRS")
        self.stack.target.admin("-setSpaceQuota", "1m", "/warehouse/full.db")
        works = (self.overwritten, self.dropped, self.widened, self.renamed, self.quota, self.safe_mode, self.held_open,
                 self.metastore, self.operator)
        threads = [threading.Thread(target=self.disturb, args=(work,)) for work in works]
        for thread in threads:
            thread.start()
        try:
            self.godwit("apply", "plan.json", "--execute", "--wait", seconds=500)
        finally:
            self.ended.set()
            for thread in threads:
                thread.join()
        if self.errors:
            raise RuntimeError("; ".join(f"{name}: {error}" for name, error in self.errors))

    # --- whose the files are ---

    def entries(self, side, folder):
        listing = getattr(self.stack, side).call("GET", folder, "LISTSTATUS")
        return [entry for entry in json.loads(listing)["FileStatuses"]["FileStatus"] if entry["type"] == "FILE"]

    def give_rights(self):
        source = self.stack.source
        for path, (owner, group, permission) in RIGHTS.items():
            source.call("PUT", OWNED + path, "SETOWNER", owner=owner, group=group)
            source.call("PUT", OWNED + path, "SETPERMISSION", permission=permission)
        source.call("PUT", OWNED, "MODIFYACLENTRIES", aclspec="user:auditor:r-x")
        for entry in self.entries("source", OWNED + "/dt=d0"):
            path = f"{OWNED}/dt=d0/{entry['pathSuffix']}"
            source.call("PUT", path, "SETOWNER", owner=FILE_RIGHTS[0], group=FILE_RIGHTS[1])
            source.call("PUT", path, "SETPERMISSION", permission=FILE_RIGHTS[2])

    def rights(self, path):
        status = json.loads(self.stack.target.call("GET", path, "GETFILESTATUS"))["FileStatus"]
        return status["owner"], status["group"], status["permission"]

    def check_rights(self):
        folder = {}
        for file in sql(self.stack, "target", "SELECT DISTINCT input_file_name() FROM mig.owned").split():
            path = file.removeprefix(self.stack.target.uri)
            folder["/" + path.split("/")[-2]] = path.rpartition("/")[0]
            if "/dt=d0/" in path and self.rights(path) != FILE_RIGHTS:
                raise AssertionError(f"{path} has {self.rights(path)}")
        for partition in ("/dt=d0", "/dt=d1"):
            if self.rights(folder[partition]) != RIGHTS[partition]:
                raise AssertionError(f"{partition} has {self.rights(folder[partition])} at the target")
        acl = json.loads(self.stack.target.call("GET", OWNED, "GETACLSTATUS"))["AclStatus"]
        if "user:auditor:r-x" not in acl["entries"] or (acl["owner"], acl["group"], acl["permission"]) != RIGHTS[""]:
            raise AssertionError(f"the table's folder at the target: {acl}")

    def check(self):
        self.check_static()
        self.check_living()
        self.check_places()
        self.check_rights()
        for statement, expected in (
                ("SELECT concat_ws(' ', v, count(*)) FROM mig.overwritten WHERE dt = 'd1' AND v LIKE 'v%' GROUP BY v", []),
                ("SHOW PARTITIONS mig.dropped", ["dt=d0", "dt=d2"]),
                ("SELECT concat_ws(' ', count(*), sum(more)) FROM mig.widened WHERE dt = 'd7'", ["40 975.00"]),
                ("SELECT concat_ws(' ', count(*), max(id)) FROM mig.held_open", ["93 2001"])):
            got = [line.strip() for line in sql(self.stack, "target", statement).splitlines()]
            if got != expected:
                raise AssertionError(f"{statement}: {got}, not {expected}")


def changes(stack, build):
    Changes(stack, build).run(lambda migration: migration.move())
