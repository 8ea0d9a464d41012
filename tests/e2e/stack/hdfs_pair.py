"""An HDFS with two NameNodes, one of them active, that share their edits through a folder."""
import signal

from .fetch import run
from .hdfs import NAMENODE, Hdfs
from .processes import free_ports, wait_until

NAME = "pair"
FAILOVER = "org.apache.hadoop.hdfs.server.namenode.ha.ConfiguredFailoverProxyProvider"


class HdfsPair(Hdfs):
    def __init__(self, processes, cache, name, block_size):
        self.second_rpc, self.second_http = free_ports(2)
        self.active = "nn1"
        super().__init__(processes, cache, name, block_size)
        self.running = {}

    def _configure(self, block_size, extra):
        self.uri = f"hdfs://{NAME}"
        self.https = {"nn1": self.http, "nn2": self.second_http}
        folders = {f"dfs.namenode.name.dir.{NAME}.{node}": f"file://{self.folder}/name-{node}" for node in self.https}
        super()._configure(block_size, {
            "dfs.namenode.shared.edits.dir": f"file://{self.folder}/shared", "dfs.ha.fencing.methods": "shell(/bin/true)",
            "dfs.ha.tail-edits.period": 1, **folders, **extra})

    def hdfs_of_clients(self):
        rpc = {"nn1": self.rpc, "nn2": self.second_rpc}
        return {**super().hdfs_of_clients(), "dfs.nameservices": NAME, f"dfs.ha.namenodes.{NAME}": "nn1,nn2",
                f"dfs.client.failover.proxy.provider.{NAME}": FAILOVER,
                **{f"dfs.namenode.rpc-address.{NAME}.{node}": f"127.0.0.1:{port}" for node, port in rpc.items()},
                **{f"dfs.namenode.http-address.{NAME}.{node}": f"127.0.0.1:{port}" for node, port in self.https.items()}}

    @property
    def namenodes(self):
        return [f"http://127.0.0.1:{port}" for port in self.https.values()]

    def format(self):
        run(self.folder / "format.log", *self._node("nn1", "-format", "-nonInteractive", "-force"))

    def start_namenode(self):
        self._start("nn1")
        wait_until("the first NameNode", lambda: self._state("nn1") == "standby", self.running["nn1"])
        run(self.folder / "format.log", *self._node("nn2", "-bootstrapStandby", "-nonInteractive", "-force"))
        self._start("nn2")
        wait_until("the second NameNode", lambda: self._state("nn2") == "standby", self.running["nn2"])
        self._admin("-transitionToActive", "nn1")

    def fail_over(self, kill=False):
        """The other NameNode becomes the active one; with `kill` because this one died. A dead one comes back."""
        old, new = self.active, self._other()
        if kill:
            self.processes.stop(self.running[old], signal.SIGKILL)
            self._admin("-transitionToActive", "--forceactive", new)
            self._start(old)
            wait_until(f"the NameNode {old}", lambda: self._state(old) == "standby", self.running[old])
        else:
            self._admin("-transitionToStandby", old)
            self._admin("-transitionToActive", new)
        self.active = new
        self.webhdfs = f"http://127.0.0.1:{self.https[new]}"

    def _other(self):
        return "nn2" if self.active == "nn1" else "nn1"

    def _node(self, node, *arguments):
        return self._argv(NAMENODE, f"-Ddfs.ha.namenode.id={node}", *arguments)

    def _start(self, node):
        self.running[node] = self.namenode = self.processes.start(f"{self.name}/{node}", self._node(node))

    def _state(self, node):
        try:
            return self._bean("NameNodeStatus", f"http://127.0.0.1:{self.https[node]}")["State"]
        except (OSError, IndexError):
            return ""

    def _admin(self, *arguments):
        run(self.folder / "haadmin.log", *self._argv("org.apache.hadoop.hdfs.tools.DFSHAAdmin", *arguments))
