"""Java servers: their command lines and configuration files."""
import xml.sax.saxutils

from .fetch import java_home

# The second compiler never earns back what it takes from two cores in the minutes that a server lives.
OPTIONS = ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Djava.net.preferIPv4Stack=true"]
LOG4J = """log4j.rootLogger=INFO,console
log4j.appender.console=org.apache.log4j.ConsoleAppender
log4j.appender.console.target=System.err
log4j.appender.console.layout=org.apache.log4j.PatternLayout
log4j.appender.console.layout.ConversionPattern=%d{ISO8601} %p %c{2}: %m%n
"""
LOG4J2 = """status = WARN
appender.console.type = Console
appender.console.name = console
appender.console.target = SYSTEM_ERR
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d{ISO8601} %p %c{2}: %m%n
rootLogger.level = INFO
rootLogger.appenderRef.console.ref = console
"""


# A writer that closes its file before the DataNode has told the NameNode of the block waits this long, 400 ms where nobody
# says otherwise: for small files that is all the time there is.
HDFS_CLIENT = {"dfs.replication": 1, "dfs.client.block.write.locateFollowingBlock.initial.delay.ms": 10}


def argv(main, class_path, memory_mb, *arguments, options=()):
    return [java_home() / "bin/java", *OPTIONS, f"-Xmx{memory_mb}m", *options, "-cp",
            ":".join(str(part) for part in class_path), main, *arguments]


def write_site(file, properties):
    """A Hadoop configuration file from a dictionary."""
    file.parent.mkdir(parents=True, exist_ok=True)
    escape = xml.sax.saxutils.escape
    lines = [f"  <property><name>{escape(key)}</name><value>{escape(str(value))}</value></property>\n"
             for key, value in properties.items()]
    file.write_text("<configuration>\n" + "".join(lines) + "</configuration>\n")


def write_logging(folder):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "log4j.properties").write_text(LOG4J)
    (folder / "log4j2.properties").write_text(LOG4J2)
