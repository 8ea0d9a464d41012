"""Spark: a Thrift server (HiveServer2's protocol) against one metastore, and scripts run by spark-submit's Python."""
import os

from . import java
from .fetch import java_home, run
from .processes import free_ports, listens, wait_until


def settings(hdfs, metastore, folder):
    """Spark's configuration for one site."""
    return {
        "spark.ui.enabled": "false",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.catalogImplementation": "hive",
        "spark.hadoop.hive.metastore.uris": metastore.uri,
        "spark.hadoop.fs.defaultFS": hdfs.uri,
        **{f"spark.hadoop.{key}": str(value) for key, value in java.HDFS_CLIENT.items()},
        "spark.hadoop.hive.exec.dynamic.partition.mode": "nonstrict",
        "spark.sql.warehouse.dir": f"{hdfs.uri}/warehouse",
        "spark.local.dir": str(folder / "spark-local"),
        "spark.sql.session.timeZone": "UTC",
    }


def environment(cache, user):
    return {"JAVA_HOME": str(java_home()), "SPARK_LOCAL_IP": "127.0.0.1", "HADOOP_USER_NAME": user,
            "SPARK_HOME": str(cache.spark_home()), "PYSPARK_PYTHON": str(cache.venv / "bin/python")}


class ThriftServer:
    """`authentication`: NOSASL, or NONE (SASL PLAIN; any password is good). `user`: whom HDFS sees; root is its superuser,
    whom no permission stops."""

    def __init__(self, processes, cache, name, hdfs, metastore, authentication="NOSASL", user="root"):
        self.processes, self.cache, self.name = processes, cache, name
        self.folder = processes.folder / name
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.port,) = free_ports(1)
        self.settings = settings(hdfs, metastore, self.folder)
        self.authentication, self.user = authentication, user
        self.record = None

    def start(self):
        conf = [part for key, value in self.settings.items() for part in ("--conf", f"{key}={value}")]
        hive = {"hive.server2.transport.mode": "binary", "hive.server2.authentication": self.authentication,
                "hive.server2.thrift.bind.host": "127.0.0.1", "hive.server2.thrift.port": self.port}
        argv = [self.cache.spark_home() / "bin/spark-submit", "--master", "local[2]", "--driver-memory", "1g",
                "--driver-java-options", " ".join(java.OPTIONS + [f"-Dderby.system.home={self.folder}", f"-Djava.io.tmpdir={self.folder}"]), *conf,
                "--class", "org.apache.spark.sql.hive.thriftserver.HiveThriftServer2", "spark-internal"]
        for key, value in hive.items():
            argv += ["--hiveconf", f"{key}={value}"]
        self.record = self.processes.start(f"{self.name}/server", argv, environment(self.cache, self.user), self.folder)

    def wait(self):
        wait_until(f"Spark {self.name}", lambda: listens(self.port), self.record)
