"""One HDFS: a NameNode and a DataNode on the loopback interface."""
import json
import subprocess
import urllib.parse
import urllib.request

from . import java, kerberos
from .fetch import run
from .processes import free_ports, wait_until

NAMENODE = "org.apache.hadoop.hdfs.server.namenode.NameNode"
DATANODE = "org.apache.hadoop.hdfs.server.datanode.DataNode"


class Hdfs:
    """With a `realm` all of it is secured: Kerberos at every door, TLS, and tokens for blocks."""

    def __init__(self, processes, cache, name, block_size, extra=None, realm=None):
        self.processes, self.cache, self.name, self.realm = processes, cache, name, realm
        self.folder = processes.folder / name
        self.conf = self.folder / "conf"
        self.rpc, self.http, self.data, self.data_http, self.data_ipc = free_ports(5)
        host = kerberos.HOST if realm else "127.0.0.1"  # tickets are for a name
        self.rpc_address = f"{host}:{self.rpc}"
        self.uri = f"hdfs://{self.rpc_address}"
        self.webhdfs = f"{'https' if realm else 'http'}://{host}:{self.http}"
        self._configure(block_size, extra or {})
        self.namenode = self.datanode = None

    @property
    def namenodes(self):
        """WebHDFS addresses of all NameNodes."""
        return [self.webhdfs]

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
            **self.core_of_clients(),
        })
        java.write_site(self.conf / "hdfs-site.xml", {
            **self.hdfs_of_clients(),
            "dfs.blocksize": block_size,
            "dfs.namenode.rpc-address": self.rpc_address,
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
            **self._secured(),
            **extra,
        })

    def core_of_clients(self):
        return {"hadoop.security.authentication": "kerberos"} if self.realm else {}

    def hdfs_of_clients(self):
        secured = {"dfs.namenode.kerberos.principal": self.realm.principal("nn"),
                   "dfs.data.transfer.protection": "authentication"} if self.realm else {}
        return {**java.HDFS_CLIENT, **secured}

    def _secured(self):
        if not self.realm:
            return {}
        self._write_tls()
        realm = self.realm
        return {
            "dfs.namenode.keytab.file": realm.keytab,
            "dfs.datanode.kerberos.principal": realm.principal("dn"),
            "dfs.datanode.keytab.file": realm.keytab,
            "dfs.web.authentication.kerberos.principal": realm.principal("HTTP"),
            "dfs.web.authentication.kerberos.keytab": realm.keytab,
            "hadoop.http.filter.initializers": "org.apache.hadoop.hdfs.web.AuthFilterInitializer",
            "hadoop.http.authentication.type": "kerberos",
            "hadoop.http.authentication.kerberos.principal": realm.principal("HTTP"),
            "hadoop.http.authentication.kerberos.keytab": realm.keytab,
            "dfs.block.access.token.enable": "true",
            "dfs.http.policy": "HTTPS_ONLY",
            "dfs.namenode.https-address": f"{kerberos.HOST}:{self.http}",
            "dfs.datanode.https.address": f"{kerberos.HOST}:{self.data_http}",
            "dfs.https.server.keystore.resource": "ssl-server.xml",
        }

    def _write_tls(self):
        store, password = self.realm.key_store, kerberos.PASSWORD
        java.write_site(self.conf / "ssl-server.xml", {
            "ssl.server.keystore.location": store, "ssl.server.keystore.password": password,
            "ssl.server.keystore.keypassword": password, "ssl.server.truststore.location": store,
            "ssl.server.truststore.password": password})
        java.write_site(self.conf / "ssl-client.xml", {
            "ssl.client.truststore.location": store, "ssl.client.truststore.password": password})

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

    def _bean(self, name, address=None):
        url = f"{address or self.webhdfs}/jmx?qry=Hadoop:service=NameNode,name={name}"
        if self.realm:
            return json.loads(self._curl("GET", url))["beans"][0]
        with urllib.request.urlopen(url, timeout=5) as page:
            return json.load(page)["beans"][0]

    def _curl(self, method, url, data=b""):
        """One request with the ticket, redirects followed. OSError if it fails."""
        done = subprocess.run(["curl", "-sS", "-L", "--fail-with-body", "--negotiate", "-u", ":", "--cacert",
                               self.realm.ca_file, "-X", method, "--data-binary", "@-",
                               "-H", "Content-Type: application/octet-stream", url],
                              input=data, capture_output=True, timeout=60)
        if done.returncode:
            raise OSError(f"{method} {url}: {done.stderr.decode()} {done.stdout[:300]}")
        return done.stdout

    def call(self, method, path, operation, data=None, user="root", **parameters):
        """One WebHDFS call, redirects followed. Returns the answer's bytes."""
        who = {} if self.realm else {"user.name": user}
        query = urllib.parse.urlencode({"op": operation, **who, **parameters})
        url = f"{self.webhdfs}/webhdfs/v1{urllib.parse.quote(path)}?{query}"
        if self.realm:
            return self._curl(method, url, data or b"")
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
