"""One Hive Metastore, on Derby or on PostgreSQL."""
import os
import pathlib
import pwd
import tempfile

from . import java
from .fetch import postgres_home, run
from .processes import free_ports, listens, wait_until

SERVER = "org.apache.hadoop.hive.metastore.HiveMetaStore"
SCHEMA_TOOL = {
    "3.1.3": "org.apache.hadoop.hive.metastore.tools.MetastoreSchemaTool",
    "4.0.1": "org.apache.hadoop.hive.metastore.tools.schematool.MetastoreSchemaTool",
}
CLEANER = "org.apache.hadoop.hive.metastore.events.EventCleanerTask"


class Postgres:
    """A PostgreSQL cluster of its own. It refuses to run as root, so it runs as user postgres then."""

    def __init__(self, processes, name="postgres"):
        self.processes, self.name = processes, name
        self.folder = processes.folder / name
        (self.port,) = free_ports(1)
        self.record = None

    def _as_postgres(self, *argv):
        if os.geteuid() != 0:
            return list(argv)
        account = pwd.getpwnam("postgres")
        return ["setpriv", f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups", *argv]

    def _home(self):
        """Its own folder, unless only root may pass through one above it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if all(parent.stat().st_mode & 0o001 for parent in self.folder.parents):
            return self.folder
        self._elsewhere = tempfile.TemporaryDirectory(prefix="godwit-postgres-")  # removed with this program
        return pathlib.Path(self._elsewhere.name)

    def start(self):
        home = self._home()
        data = home / "data"
        if os.geteuid() == 0:
            os.chown(home, pwd.getpwnam("postgres").pw_uid, -1)
        log = self.processes.folder / f"{self.name}-init.log"
        run(log, *self._as_postgres(postgres_home() / "initdb", "-D", data, "-U", "hive", "--auth=trust",
                                    "--encoding=UTF8", "--locale=C.UTF-8"))
        self.record = self.processes.start(self.name + "/server", self._as_postgres(
            postgres_home() / "postgres", "-D", data, "-p", str(self.port), "-c", "listen_addresses=127.0.0.1",
            "-c", "unix_socket_directories=", "-c", "fsync=off"), folder="/")
        wait_until("PostgreSQL", lambda: listens(self.port), self.record)

    def create(self, database):
        run(self.processes.folder / f"{self.name}-init.log", postgres_home() / "createdb", "-h", "127.0.0.1", "-p",
            self.port, "-U", "hive", database)


class Metastore:
    def __init__(self, processes, cache, name, version, hdfs, postgres=None, extra=None):
        self.processes, self.cache, self.name, self.version = processes, cache, name, version
        self.postgres = postgres
        self.folder = processes.folder / name
        self.conf = self.folder / "conf"
        (self.port,) = free_ports(1)
        self.uri = f"thrift://127.0.0.1:{self.port}"
        self._configure(hdfs, extra or {})
        self.record = None

    def _configure(self, hdfs, extra):
        java.write_logging(self.conf)
        java.write_site(self.conf / "core-site.xml", {"fs.defaultFS": hdfs.uri, "hadoop.tmp.dir": self.folder / "tmp"})
        java.write_site(self.conf / "hdfs-site.xml", java.HDFS_CLIENT)
        properties = {
            "metastore.thrift.uris": self.uri,
            "metastore.thrift.port": self.port,
            "metastore.thrift.bind.host": "127.0.0.1",
            # A 4.0 server keeps this folder for transactional tables, and all others out of it.
            "metastore.warehouse.dir": f"{hdfs.uri}/" + ("managed" if self.version == "4.0.1" else "warehouse"),
            "metastore.warehouse.external.dir": f"{hdfs.uri}/warehouse",
            "metastore.expression.proxy": "org.apache.hadoop.hive.metastore.DefaultPartitionExpressionProxy",
            "metastore.event.db.notification.api.auth": "false",
            "metastore.server.min.threads": 4,
            "metastore.task.threads.always": CLEANER,
            "metastore.task.threads.remote": CLEANER,
            **self._database(),
            **extra,
        }
        if self.version == "3.1.3":
            properties["metastore.transactional.event.listeners"] = (
                "org.apache.hive.hcatalog.listener.DbNotificationListener")
        java.write_site(self.conf / "metastore-site.xml", properties)

    def _database(self):
        if self.postgres:
            return {"javax.jdo.option.ConnectionURL": f"jdbc:postgresql://127.0.0.1:{self.postgres.port}/{self.name}",
                    "javax.jdo.option.ConnectionDriverName": "org.postgresql.Driver",
                    "javax.jdo.option.ConnectionUserName": "hive",
                    "javax.jdo.option.ConnectionPassword": "hive"}
        return {"javax.jdo.option.ConnectionURL": f"jdbc:derby:;databaseName={self.folder}/db;create=true",
                "javax.jdo.option.ConnectionDriverName": "org.apache.derby.jdbc.EmbeddedDriver",
                "javax.jdo.option.ConnectionUserName": "APP",
                "javax.jdo.option.ConnectionPassword": "mine"}

    def _argv(self, main, *arguments):
        home = self.cache.metastore(self.version)
        class_path = [self.conf, home / "lib/*", self.cache.extras / "*", self.cache.hadoop / "*"]
        return ["env", f"METASTORE_HOME={home}", *java.argv(main, class_path, 768, *arguments, options=[
            f"-Dderby.stream.error.file={self.folder}/derby.log",
            "-Dderby.system.durability=test",  # nobody pulls the plug: no waits for the disk
            f"-Dlog4j.configurationFile={self.conf}/log4j2.properties"])]

    def create_schema(self):
        if self.postgres:
            self.postgres.create(self.name)
        kind = "postgres" if self.postgres else "derby"
        run(self.folder / "schema.log", *self._argv(SCHEMA_TOOL[self.version], "-dbType", kind, "-initSchema"))

    def start(self):
        self.record = self.processes.start(f"{self.name}/server", self._argv(SERVER, "-p", str(self.port)))

    def wait(self):
        wait_until(f"metastore {self.name}", lambda: listens(self.port), self.record)
