"""YARN: a ResourceManager and a NodeManager, and the client configurations of those who use the clusters."""
import json
import urllib.request

from . import java
from .processes import free_ports, wait_until

OPEN = ["--add-opens=java.base/java.lang=ALL-UNNAMED"]
SMALL = " ".join(["-Xmx384m", *java.OPTIONS, *OPEN])


def write_client(folder, hdfs, cache, yarn=None, others=()):
    """A client's configuration folder: HDFS `hdfs` is the default, `others` are reached too; MapReduce runs on `yarn`, or
    in the client."""
    java.write_logging(folder)
    java.write_site(folder / "core-site.xml", {"fs.defaultFS": hdfs.uri, "hadoop.tmp.dir": folder / "tmp",
                                               **hdfs.core_of_clients()})
    reached = {}
    for one in (*others, hdfs):
        reached.update(one.hdfs_of_clients())
    java.write_site(folder / "hdfs-site.xml", reached)
    if yarn is None:
        java.write_site(folder / "mapred-site.xml", {"mapreduce.framework.name": "local",
                                                     "mapreduce.local.map.tasks.maximum": 4})
        if hdfs.realm:  # who may renew the tokens that DistCp takes: nobody needs to, but it asks
            java.write_site(folder / "yarn-site.xml", {"yarn.resourcemanager.principal": hdfs.realm.principal("nn")})
        return
    java.write_site(folder / "mapred-site.xml", {
        "mapreduce.framework.name": "yarn",
        "mapreduce.application.classpath": f"{folder},{cache.hadoop}/*",
        "yarn.app.mapreduce.am.resource.mb": 512,
        "yarn.app.mapreduce.am.command-opts": SMALL,
        "mapreduce.map.memory.mb": 512,
        "mapreduce.map.java.opts": SMALL,
        "mapreduce.shuffle.port": yarn.shuffle,
        "yarn.app.mapreduce.am.staging-dir": "/tmp/hadoop-yarn/staging",
    })
    java.write_site(folder / "yarn-site.xml", yarn.properties)


class Yarn:
    def __init__(self, processes, cache, hdfs):
        self.processes, self.cache = processes, cache
        self.folder = processes.folder / "yarn"
        self.conf = self.folder / "conf"
        (self.rm, self.scheduler, self.tracker, self.rm_admin, self.rm_web, self.nm, self.localizer, self.nm_web,
         self.shuffle) = free_ports(9)
        self.web = f"http://127.0.0.1:{self.rm_web}"
        local = "127.0.0.1"
        self.properties = {
            "yarn.resourcemanager.hostname": local,
            "yarn.resourcemanager.bind-host": local,
            "yarn.resourcemanager.address": f"{local}:{self.rm}",
            "yarn.resourcemanager.scheduler.address": f"{local}:{self.scheduler}",
            "yarn.resourcemanager.resource-tracker.address": f"{local}:{self.tracker}",
            "yarn.resourcemanager.admin.address": f"{local}:{self.rm_admin}",
            "yarn.resourcemanager.webapp.address": f"{local}:{self.rm_web}",
            "yarn.nodemanager.hostname": local,
            "yarn.nodemanager.bind-host": local,
            "yarn.nodemanager.address": f"{local}:{self.nm}",
            "yarn.nodemanager.localizer.address": f"{local}:{self.localizer}",
            "yarn.nodemanager.webapp.address": f"{local}:{self.nm_web}",
            "yarn.nodemanager.aux-services": "mapreduce_shuffle",
            "yarn.nodemanager.aux-services.mapreduce_shuffle.class": "org.apache.hadoop.mapred.ShuffleHandler",
            "mapreduce.shuffle.port": self.shuffle,
            "yarn.nodemanager.local-dirs": self.folder / "local",
            "yarn.nodemanager.log-dirs": self.folder / "containers",
            "yarn.nodemanager.resource.memory-mb": 3072,
            "yarn.nodemanager.resource.cpu-vcores": 4,
            "yarn.nodemanager.vmem-check-enabled": "false",
            "yarn.nodemanager.disk-health-checker.enable": "false",
            "yarn.nodemanager.delete.debug-delay-sec": 600,
            "yarn.scheduler.minimum-allocation-mb": 256,
            "yarn.application.classpath": f"{self.conf},{cache.hadoop}/*",
        }
        write_client(self.conf, hdfs, cache, self)
        java.write_site(self.conf / "capacity-scheduler.xml", {
            "yarn.scheduler.capacity.root.queues": "default",
            "yarn.scheduler.capacity.root.default.capacity": 100,
            "yarn.scheduler.capacity.maximum-am-resource-percent": 0.9,
            "yarn.scheduler.capacity.resource-calculator":
                "org.apache.hadoop.yarn.util.resource.DefaultResourceCalculator",
        })
        self.manager = self.node = None

    def start(self):
        for part, main in (("manager", "resourcemanager.ResourceManager"), ("node", "nodemanager.NodeManager")):
            argv = java.argv("org.apache.hadoop.yarn.server." + main, [self.conf, self.cache.hadoop / "*"], 512,
                             options=OPEN)
            setattr(self, part, self.processes.start(f"yarn/{part}", argv))

    def wait(self):
        wait_until("YARN", self._live, self.manager)

    def running(self):
        """Applications that are not over."""
        with urllib.request.urlopen(f"{self.web}/ws/v1/cluster/apps?states=ACCEPTED,RUNNING", timeout=30) as page:
            return [one["id"] for one in (json.load(page)["apps"] or {}).get("app", [])]

    def kill(self, application):
        request = urllib.request.Request(f"{self.web}/ws/v1/cluster/apps/{application}/state?user.name=root", method="PUT",
                                         data=b'{"state": "KILLED"}', headers={"Content-Type": "application/json"})
        urllib.request.urlopen(request, timeout=30).close()

    def _live(self):
        try:
            with urllib.request.urlopen(self.web + "/ws/v1/cluster/metrics", timeout=5) as page:
                return json.load(page)["clusterMetrics"]["activeNodes"] >= 1
        except OSError:
            return False
