"""The servers of a test run: two HDFS with different block sizes, two metastores, and on demand YARN and Spark."""
import json
import pathlib
import shutil
import threading

from .hdfs import Hdfs
from .hdfs_pair import HdfsPair
from .java import argv as java_argv
from .fetch import java_home
from .kerberos import Realm
from .metastore import Metastore, Postgres
from .processes import Processes
from .spark import ThriftServer
from .yarn import Yarn, write_client

MEGABYTE = 1 << 20


def together(*works):
    """Runs each in a thread; raises the first error."""
    errors = []

    def guarded(work):
        try:
            work()
        except BaseException as error:  # a SystemExit of a thread would be lost
            errors.append(error)

    threads = [threading.Thread(target=guarded, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise RuntimeError(str(errors[0])) from errors[0]


class Stack:
    """`target` is the version of the target's metastore, None: no metastores; `database` what the source's stands on:
    derby or postgres. `secured`: HDFS is, with Kerberos and TLS. `pair`: the source has two NameNodes."""

    def __init__(self, folder, cache, target="3.1.3", database="derby", yarn=False, spark=(), spark_user="root",
                 hdfs_extra=None, secured=False, pair=False):
        folder = pathlib.Path(folder)
        shutil.rmtree(folder, ignore_errors=True)
        self.processes = Processes(folder)
        self.folder = self.processes.folder
        self.cache = cache
        self.realm = Realm(self.processes, cache) if secured else None
        self.source = (HdfsPair(self.processes, cache, "source-hdfs", 64 * MEGABYTE) if pair else
                       Hdfs(self.processes, cache, "source-hdfs", 64 * MEGABYTE, hdfs_extra, self.realm))
        self.target = Hdfs(self.processes, cache, "target-hdfs", 128 * MEGABYTE, hdfs_extra, self.realm)
        self.postgres = Postgres(self.processes) if database == "postgres" else None
        self.metastores = []
        if target:
            self.source_hms = Metastore(self.processes, cache, "source_hms", "3.1.3", self.source, self.postgres)
            self.target_hms = Metastore(self.processes, cache, "target_hms", target, self.target)
            self.metastores = [self.source_hms, self.target_hms]
        self.yarn = Yarn(self.processes, cache, self.target) if yarn else None
        write_client(self.folder / "client", self.target, cache, others=[self.source])
        self.spark = {}
        for side in spark:
            self.spark[side] = ThriftServer(self.processes, cache, f"{side}-spark", getattr(self, side),
                                            getattr(self, f"{side}_hms"), user=spark_user)

    def up(self):
        if self.realm:
            self.realm.start()
        if self.postgres:
            self.postgres.start()
        together(self.source.format, self.target.format, *(server.create_schema for server in self.metastores))
        servers = (self.source, self.target, *self.metastores)
        for server in servers:
            server.start()
        for server in servers:
            server.wait()
        for hdfs in (self.source, self.target):
            for folder in ("/warehouse", "/tmp", "/user"):
                hdfs.call("PUT", folder, "MKDIRS", permission="1777")
        if self.yarn:
            self.yarn.start()
            self.yarn.wait()
        for server in self.spark.values():
            server.start()
        for server in self.spark.values():
            server.wait()
        self.describe()

    def describe(self):
        """Writes stack.json: where everything listens, for test programs."""
        sides = {}
        for side in ("source", "target"):
            hdfs, hms = getattr(self, side), getattr(self, f"{side}_hms", None)
            sides[side] = {"fs": hdfs.uri, "namenodes": hdfs.namenodes, "ca_file": str(self.realm.ca_file) if self.realm else "",
                           "metastore": hms.uri if hms else "", "metastore_version": hms.version if hms else "",
                           "spark": f"127.0.0.1:{self.spark[side].port}" if side in self.spark else ""}
        distcp = [str(part) for part in java_argv(
            "org.apache.hadoop.tools.DistCp", [self.client_conf(), self.cache.hadoop / "*"], 768)]
        (self.folder / "stack.json").write_text(json.dumps({
            **sides, "distcp": distcp, "yarn": self.yarn.web if self.yarn else "", "java_home": str(java_home()),
            "work": str(self.folder / "work")}, indent=1))

    def client_conf(self):
        return self.yarn.conf if self.yarn else self.folder / "client"

    def down(self):
        self.processes.stop_all()
        if self.realm:
            self.realm.stop()
