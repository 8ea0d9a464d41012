"""Fetches the servers: Java and PostgreSQL from the distribution, Hadoop and the metastores from Maven Central, Spark
from PyPI. Everything lands under build/e2e/cache, and what is there is not fetched again."""
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile

SPARK = "pyspark==3.5.7"
METASTORES = {
    "3.1.3": "hive-standalone-metastore-3.1.3-bin.tar.gz",
    "4.0.1": "hive-standalone-metastore-server-4.0.1-bin.tar.gz",
}
HERE = pathlib.Path(__file__).resolve().parent


def say(text):
    print(f"== {text}", file=sys.stderr, flush=True)


def run(log, *argv):
    """Runs a command with its output in `log`; shows the log's end if it fails."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with open(log, "ab") as out:
        code = subprocess.run([str(a) for a in argv], stdin=subprocess.DEVNULL, stdout=out, stderr=out).returncode
    if code:
        tail = log.read_text(errors="replace").splitlines()[-20:]
        sys.exit("\n".join(tail) + f"\n{argv[0]} failed with exit code {code}; all of its output is in {log}")


def java_home():
    """Folder of a Java 17; None without one."""
    for folder in sorted(pathlib.Path("/usr/lib/jvm").glob("java-1.17*")) + sorted(
            pathlib.Path("/usr/lib/jvm").glob("java-17*")):
        if (folder / "bin/java").exists():
            return folder
    return None


def postgres_home():
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


def debian_packages(log):
    install(log, [package for package, there in (
        ("openjdk-17-jre-headless", java_home()), ("maven", shutil.which("mvn")), ("postgresql", postgres_home())) if not there])


def install(log, missing):
    if missing:
        say("installing " + " ".join(missing))
        if os.geteuid() != 0:
            sys.exit("only root may install them: sudo apt-get install --no-install-recommends " + " ".join(missing))
        run(log, "apt-get", "update", "-qq")
        run(log, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-y", "-qq",
            "--no-install-recommends", *missing)


class Cache:
    """What was fetched, under one folder."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder).resolve()
        self.hadoop = self.folder / "hadoop"        # jars
        self.extras = self.folder / "metastore"     # jars beside the metastores' own
        self.venv = self.folder / "spark"

    def metastore(self, version):
        return self.folder / f"metastore-{version}"

    def packages(self, missing):
        """Installs packages of the distribution that few need."""
        install(self.folder / "fetch.log", missing)

    def fill(self):
        log = self.folder / "fetch.log"
        debian_packages(log)
        self._maven(log, "hadoop", self.hadoop)
        self._maven(log, "metastore", self.extras)
        for version, archive in METASTORES.items():
            self._unpack(self.extras / archive, self.metastore(version))
        self._spark(log)

    def _maven(self, log, name, folder):
        pom = HERE / "maven" / f"{name}.xml"
        stamp = self.folder / f"{name}.xml"
        if stamp.exists() and stamp.read_bytes() == pom.read_bytes():
            return
        say(f"fetching {name} from Maven Central")
        run(log, "mvn", "-B", "-q", "-f", pom, f"-Dmaven.repo.local={self.folder / 'repository'}",
            "dependency:copy-dependencies", f"-DoutputDirectory={folder}", "-DincludeScope=runtime")
        shutil.copy(pom, stamp)

    def _unpack(self, archive, folder):
        if folder.exists():
            return
        part = folder.parent / (folder.name + ".part")
        shutil.rmtree(part, ignore_errors=True)
        with tarfile.open(archive) as tar:
            tar.extractall(part)
        (inside,) = part.iterdir()
        inside.rename(folder)
        part.rmdir()

    def _spark(self, log):
        stamp = self.venv / "requirements.txt"
        if stamp.exists() and stamp.read_text() == SPARK:
            return
        say(f"fetching {SPARK} from PyPI")
        run(log, "python3", "-m", "venv", self.venv)
        run(log, self.venv / "bin/python", "-m", "pip", "install", "--quiet", "--no-cache-dir", SPARK)
        stamp.write_text(SPARK)

    def spark_home(self):
        (home,) = self.venv.glob("lib/python3*/site-packages/pyspark")
        return home
