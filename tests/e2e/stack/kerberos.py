"""A Kerberos realm of its own on the loopback interface, and the certificate of its servers."""
import os
import shutil

from .fetch import java_home, run
from .processes import free_ports, listens, wait_until

REALM = "GODWIT.TEST"
HOST = "localhost"
PACKAGES = {"krb5-kdc": "krb5kdc", "krb5-admin-server": "kadmin.local", "krb5-user": "kinit", "curl": "curl"}
PASSWORD = "changeit"  # of the key store: it guards nothing

KRB5_CONF = """[libdefaults]
  default_realm = {realm}
  dns_lookup_kdc = false
  dns_canonicalize_hostname = false
  rdns = false
  udp_preference_limit = 1
[realms]
  {realm} = {{
    kdc = 127.0.0.1:{port}
  }}
[domain_realm]
  localhost = {realm}
"""
KDC_CONF = """[kdcdefaults]
  kdc_listen = 127.0.0.1:{port}
  kdc_tcp_listen = 127.0.0.1:{port}
[realms]
  {realm} = {{
    database_name = {folder}/principal
    key_stash_file = {folder}/stash
    acl_file = {folder}/acl
  }}
"""


class Realm:
    """While it runs, `environment` holds what clients of the realm need, the ticket of `user` among it."""

    def __init__(self, processes, cache, user="root"):
        self.processes, self.user = processes, user
        self.folder = processes.folder / "kerberos"
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.port,) = free_ports(1)
        self.log = self.folder / "setup.log"
        names = {"realm": REALM, "port": self.port, "folder": self.folder}
        (self.folder / "krb5.conf").write_text(KRB5_CONF.format(**names))
        (self.folder / "kdc.conf").write_text(KDC_CONF.format(**names))
        self.environment = {
            "KRB5_CONFIG": str(self.folder / "krb5.conf"),
            "KRB5_KDC_PROFILE": str(self.folder / "kdc.conf"),
            "KRB5CCNAME": f"FILE:{self.folder}/ticket",
            "JAVA_TOOL_OPTIONS": f"-Djava.security.krb5.conf={self.folder}/krb5.conf",
        }
        self.keytab = self.folder / "servers.keytab"
        self.key_store = self.folder / "servers.jks"
        self.ca_file = self.folder / "servers.pem"
        cache.packages([package for package, program in PACKAGES.items() if not shutil.which(program)])

    @staticmethod
    def principal(service):
        return f"{service}/{HOST}@{REALM}"

    def start(self):
        os.environ.update(self.environment)
        run(self.log, "kdb5_util", "create", "-s", "-r", REALM, "-P", "nobody keeps it")
        for service in ("nn", "dn", "HTTP"):
            self._admin(f"addprinc -randkey {self.principal(service)}")
            self._admin(f"ktadd -k {self.keytab} {self.principal(service)}")
        self._admin(f"addprinc -randkey {self.user}@{REALM}")
        self._admin(f"ktadd -k {self.folder}/user.keytab {self.user}@{REALM}")
        record = self.processes.start("kerberos/kdc", ["krb5kdc", "-n", "-r", REALM])
        wait_until("the KDC", lambda: listens(self.port), record)
        run(self.log, "kinit", "-k", "-t", self.folder / "user.keytab", f"{self.user}@{REALM}")
        self._certify()

    def stop(self):
        for name in self.environment:
            os.environ.pop(name, None)

    def _admin(self, command):
        run(self.log, "kadmin.local", "-r", REALM, "-q", command)

    def _certify(self):
        keytool = java_home() / "bin/keytool"
        store = ["-keystore", self.key_store, "-storepass", PASSWORD, "-alias", "servers"]
        run(self.log, keytool, "-genkeypair", *store, "-keyalg", "RSA", "-validity", "2", "-dname", f"CN={HOST}",
            "-ext", f"SAN=dns:{HOST},ip:127.0.0.1")
        run(self.log, keytool, "-exportcert", *store, "-rfc", "-file", self.ca_file)
