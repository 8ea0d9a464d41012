"""One HDFS: a NameNode and a DataNode on the loopback interface."""
import json
import urllib.parse
import urllib.request

from . import java
from .fetch import run
from .processes import free_ports, wait_until

NAMENODE = "org.apache.hadoop.hdfs.server.namenode.NameNode"
DATANODE = "org.apache.hadoop.hdfs.server.datanode.DataNode"


class Hdfs:
    def __init__(self, processes, cache, name, block_size, extra=None):
        self.processes, self.cache, self.name = processes, cache, name
        self.folder = processes.folder / name
        self.conf = self.folder / "conf"
        self.rpc, self.http, self.data, self.data_http, self.data_ipc = free_ports(5)
        self.uri = f"hdfs://127.0.0.1:{self.rpc}"
        self.webhdfs = f"http://127.0.0.1:{self.http}"
        self._configure(block_size, extra or {})
        self.namenode = self.datanode = None

    def _configure(self, block_size, extra):
        # The jars hold no web pages; without these folders the servers do not start. WebHDFS does not need the pages.
        for page in ("hdfs", "datanode", "secondary"):
            (self.conf / "webapps" / page).mkdir(parents=True, exist_ok=True)
        java.write_logging(self.conf)
        java.write_site(self.conf / "core-site.xml", {
            "fs.defaultFS": self.uri,
            "hadoop.tmp.dir": self.folder / "tmp",
            "hadoop.http.staticuser.user": "root",
            "hadoop.proxyuser.root.hosts": "*",
            "hadoop.proxyuser.root.groups": "*",
            "hadoop.proxyuser.etl.hosts": "*",  # a Thrift server that runs as etl
            "hadoop.proxyuser.etl.groups": "*",
            "fs.trash.interval": 60,
        })
        java.write_site(self.conf / "hdfs-site.xml", {
            **java.HDFS_CLIENT,
            "dfs.blocksize": block_size,
            "dfs.namenode.rpc-address": f"127.0.0.1:{self.rpc}",
            "dfs.namenode.rpc-bind-host": "127.0.0.1",
            "dfs.namenode.http-address": f"127.0.0.1:{self.http}",
            "dfs.namenode.name.dir": f"file://{self.folder}/name",
            "dfs.datanode.data.dir": f"file://{self.folder}/data",
            "dfs.datanode.address": f"127.0.0.1:{self.data}",
            "dfs.datanode.http.address": f"127.0.0.1:{self.data_http}",
            "dfs.datanode.ipc.address": f"127.0.0.1:{self.data_ipc}",
            "dfs.datanode.hostname": "localhost",
            "dfs.namenode.datanode.registration.ip-hostname-check": "false",
            "dfs.namenode.acls.enabled": "true",
            "dfs.namenode.safemode.extension": 0,
            "dfs.namenode.fs-limits.min-block-size": 4096,
            "dfs.permissions.superusergroup": "root",
            "dfs.namenode.handler.count": 8,
            "dfs.namenode.edits.noeditlogchannelflush": "true",  # nobody pulls the plug
            "dfs.namenode.replication.min": 1,
            **extra,
        })

    def _argv(self, main, *arguments, memory_mb=512):
        return java.argv(main, [self.conf, self.cache.hadoop / "*"], memory_mb, *arguments)

    def format(self):
        run(self.folder / "format.log", *self._argv(NAMENODE, "-format", "-nonInteractive", "-force"))

    def start(self):
        self.start_namenode()
        self.datanode = self.processes.start(f"{self.name}/datanode", self._argv(DATANODE))

    def start_namenode(self):
        self.namenode = self.processes.start(f"{self.name}/namenode", self._argv(NAMENODE))

    def wait(self):
        wait_until(f"HDFS {self.name}", self._live, self.namenode)

    def _live(self):
        try:
            return (self._bean("FSNamesystemState")["NumLiveDataNodes"] >= 1 and
                    self._bean("NameNodeInfo")["Safemode"] == "")
        except (OSError, IndexError):  # not up, or up without its beans
            return False

    def _bean(self, name):
        with urllib.request.urlopen(f"{self.webhdfs}/jmx?qry=Hadoop:service=NameNode,name={name}", timeout=5) as page:
            return json.load(page)["beans"][0]

    def call(self, method, path, operation, data=None, user="root", **parameters):
        """One WebHDFS call, redirects followed. Returns the answer's bytes."""
        query = urllib.parse.urlencode({"op": operation, "user.name": user, **parameters})
        url = f"{self.webhdfs}/webhdfs/v1{urllib.parse.quote(path)}?{query}"
        opener = urllib.request.build_opener(_StopAtRedirect)
        try:
            with opener.open(urllib.request.Request(url, method=method), timeout=60) as answer:
                return answer.read()
        except urllib.error.HTTPError as answer:
            if answer.code != 307:
                raise RuntimeError(f"{operation} {path}: {answer.code} {answer.read()[:300]}") from None
            request = urllib.request.Request(answer.headers["Location"], data=data, method=method,
                                             headers={"Content-Type": "application/octet-stream"})
            with opener.open(request, timeout=60) as second:
                return second.read()

    def admin(self, *arguments):
        """hdfs dfsadmin …"""
        run(self.folder / "dfsadmin.log", *self._argv("org.apache.hadoop.hdfs.tools.DFSAdmin", *arguments))


class _StopAtRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *arguments, **named):
        return None
