#!/usr/bin/env python3
"""Writers, barriers and the engine's command lines, at a real site.   writing_test.py GODWIT"""
import os
import pathlib
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest

ENGINE = pathlib.Path(__file__).resolve().parent.parent.parent / "executor/adapters/local/engine"
sys.path.insert(0, str(ENGINE))

import insert  # noqa: E402
from errors import DENIED, DeniedError  # noqa: E402
from session import Session  # noqa: E402
from site_catalog import SiteCatalog, escape, unescape  # noqa: E402
from sql_shell import parse_arguments  # noqa: E402
from translate import parse  # noqa: E402

GODWIT = sys.argv.pop(1) if __name__ == "__main__" else ""


class AtASite(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        # Longer than a socket's path may be: nothing may depend on a short one.
        self.root = os.path.join(folder.name, "x" * 100, "site")
        self.outside = os.path.join(folder.name, "outside")
        subprocess.run([GODWIT, "local", "init", "-q", self.root, "--jdbc", self.outside], check=True)
        os.makedirs(os.path.join(self.root, "jobs"))
        self.environment = {**os.environ, "GODWIT_SITE": self.root, "GODWIT_PYTHON": sys.executable,
                            "PATH": f"{ENGINE}/bin:{os.environ['PATH']}"}
        os.environ.pop("GODWIT_RUN", None)
        self.sql("CREATE DATABASE d; CREATE TABLE d.t (id bigint) PARTITIONED BY (dt string);"
                 "INSERT INTO d.t PARTITION (dt = '1') VALUES (1)")

    def sql(self, text):
        Session(SiteCatalog(self.root)).run_script(text)

    def rows(self, query):
        session = Session(SiteCatalog(self.root))
        return session.duck.execute(session.translate(parse(query, "hive"))).fetchall()

    def db(self, sql, *values):
        connection = sqlite3.connect(os.path.join(self.root, "site.db"))
        with connection:
            answer = connection.execute(sql, values).fetchall()
        connection.close()
        return answer

    def close(self, table="t"):
        self.db("INSERT OR REPLACE INTO barriers VALUES('d', ?, 'writers', 1, 2)", table)

    def files(self):
        return sorted(str(path) for path in pathlib.Path(self.root, "warehouse").rglob("*") if path.is_file())

    def shell(self, script, stdin=None, **environment):
        return subprocess.run(["bash", "-c", script], input=stdin, capture_output=True, text=True, cwd=self.root,
                              env={**self.environment, **environment}, timeout=120)

    def begin_run(self):
        self.db("INSERT INTO runs(id, job, due, attempt, state, pid, pid_start, started_ms) "
                "VALUES(7, 'j', '2026-11-01', 1, 'running', 1, 1, 1)")
        os.environ["GODWIT_RUN"] = "7"
        self.addCleanup(os.environ.pop, "GODWIT_RUN", None)


class Writing(AtASite):
    def test_a_job_that_ignores_the_freeze_is_turned_away(self):
        self.close()
        before = self.files(), self.db("SELECT * FROM partitions"), self.db("SELECT * FROM tables")
        ended = self.shell("hive -e \"INSERT OVERWRITE TABLE d.t PARTITION (dt = '1') SELECT 99\"")
        self.assertEqual(ended.returncode, DENIED, ended.stderr)
        self.assertIn("d.t is closed to writers", ended.stderr)
        self.assertEqual(before, (self.files(), self.db("SELECT * FROM partitions"), self.db("SELECT * FROM tables")))

    def test_a_barrier_that_closes_while_rows_are_written_keeps_them_out(self):
        site = SiteCatalog(self.root)
        session = Session(site)
        prepared = insert._prepare(session, parse("INSERT OVERWRITE TABLE d.t PARTITION (dt = '1') SELECT 99", "hive"))
        before = [path for path in self.files() if "/." not in path]
        self.close()
        with self.assertRaises(DeniedError):
            site.commit([prepared])
        self.assertEqual(self.files(), before)
        self.assertEqual(self.rows("SELECT id FROM d.t"), [(1,)])

    def test_a_multi_insert_is_all_or_nothing(self):
        self.sql("CREATE TABLE d.u (id bigint)")
        site = SiteCatalog(self.root)
        session = Session(site)
        statements = insert.split_multi_insert(
            "FROM (SELECT 5 AS id) s INSERT INTO TABLE d.t PARTITION (dt = '1') SELECT id INSERT INTO TABLE d.u SELECT id")
        prepared = [insert._prepare(session, parse(each, "hive")) for each in statements]
        self.close("u")
        with self.assertRaises(DeniedError):
            site.commit(prepared)
        self.assertEqual(self.rows("SELECT id FROM d.t"), [(1,)])
        self.assertEqual(self.rows("SELECT id FROM d.u"), [])

    def test_a_closed_table_is_neither_dropped_nor_altered(self):
        self.close()
        for statement in ("DROP TABLE d.t", "TRUNCATE TABLE d.t", "ALTER TABLE d.t DROP PARTITION (dt = '1')",
                          "ALTER TABLE d.t ADD COLUMNS (x int)", "ALTER TABLE d.t ADD PARTITION (dt = '9')"):
            with self.assertRaises(DeniedError, msg=statement):
                self.sql(statement)
        self.assertEqual(self.rows("SELECT id FROM d.t"), [(1,)])

    def test_a_run_that_was_given_up_commits_nothing(self):
        self.begin_run()
        self.sql("INSERT INTO d.t PARTITION (dt = '2') VALUES (2)")
        self.db("UPDATE runs SET state = 'failed' WHERE id = 7")
        with self.assertRaises(DeniedError):
            self.sql("INSERT INTO d.t PARTITION (dt = '3') VALUES (3)")
        self.assertEqual(self.rows("SELECT id FROM d.t ORDER BY id"), [(1,), (2,)])

    def test_what_a_run_wrote_is_noted(self):
        self.begin_run()
        self.sql("INSERT INTO d.t PARTITION (dt = '2') VALUES (2)")
        self.assertEqual(self.db("SELECT * FROM run_outputs"), [(7, "d", "t")])

    def test_a_denial_is_noted_with_the_run(self):
        self.begin_run()
        self.close()
        self.shell("hive -e \"INSERT INTO d.t PARTITION (dt = '2') VALUES (2)\" || exit 1", GODWIT_RUN="7")
        self.assertEqual(self.db("SELECT message FROM runs"), [("denied: d.t is closed to writers",)])

    def test_statistics_are_kept(self):
        def statistics(name):
            return self.db("SELECT json_extract(parameters, '$.numRows') FROM partitions WHERE name = ?", name)[0][0]
        self.sql("INSERT INTO d.t PARTITION (dt = '1') VALUES (2), (3)")
        self.assertEqual(statistics("dt=1"), "3")
        self.sql("INSERT OVERWRITE TABLE d.t PARTITION (dt = '1') SELECT 9")
        self.assertEqual(statistics("dt=1"), "1")

    def test_a_partition_stays_where_the_catalog_has_it(self):
        elsewhere = os.path.join(self.root, "warehouse/d.db/_godwit/t/a1/dt=5")
        self.db("INSERT INTO partitions(db, tbl, name, location) VALUES('d', 't', 'dt=5', ?)", elsewhere)
        self.sql("INSERT OVERWRITE TABLE d.t PARTITION (dt = '5') SELECT 5")
        self.assertTrue(os.listdir(elsewhere))
        self.assertEqual(self.rows("SELECT id FROM d.t WHERE dt = '5'"), [(5,)])

    def test_only_the_partitions_asked_for_are_read(self):
        self.sql("INSERT INTO d.t PARTITION (dt = '2') VALUES (2)")
        location = self.db("SELECT location FROM partitions WHERE name = 'dt=2'")[0][0]
        pathlib.Path(location, "part-broken.parquet").write_text("no parquet")
        self.assertEqual(self.rows("SELECT id FROM d.t WHERE dt = '1'"), [(1,)])

    def test_partition_values_round_trip(self):
        for code in range(1, 256):
            self.assertEqual(unescape(escape(chr(code))), chr(code))
        self.assertEqual(escape("a/b=c %"), "a%2Fb%3Dc %25")


class CommandLines(AtASite):
    def test_here_documents_files_and_variables(self):
        pathlib.Path(self.root, "q.hql").write_text("SELECT '${a}', '${hiveconf:b}';")
        for script in ("hive --hivevar a=1 --hiveconf b=2 <<'SQL'\nSELECT '${a}', '${hiveconf:b}';\nSQL",
                       "hive -hivevar a=1 -hiveconf b=2 -f q.hql", "hive -S -d a=1 --hiveconf b=2 -f q.hql",
                       "beeline -u 'jdbc:hive2://host:10000/d;principal=x' -n me --silent=true --hivevar a=1 --hiveconf b=2 -f q.hql",
                       "spark-sql --master yarn --executor-memory 4G --conf b=2 -d a=1 -f q.hql",
                       "hive --hivevar=a=1 --hiveconf=b=2 --file=q.hql"):
            ended = self.shell(script)
            self.assertEqual((ended.stdout, ended.returncode), ("1\t2\n", 0), script + ended.stderr)

    def test_databases(self):
        for script in ("hive --database d -e 'SELECT id FROM t'", "hive -e 'USE d; SELECT id FROM t'",
                       "beeline -u jdbc:hive2://host:10000/d -e 'SELECT id FROM t'", "spark-sql --database d -e 'SELECT id FROM t'"):
            self.assertEqual(self.shell(script).stdout, "1\n", script)

    def test_mistakes_have_an_exit_code_and_a_message(self):
        for script, message in (("hive -e 'SELECT * FROM d.nothing'", "Table not found: d.nothing"), ("hive -f no.hql", "no.hql"),
                                ("hive -e", "-e needs a value"), ("hive script.hql", "what is 'script.hql'"),
                                ("hive -e 'SELECT nothing'", "nothing"), ("hadoop jar no.jar", "no such jar"),
                                ("sqoop list-tables", "no such tool"), ("hive --database no -e 'SELECT * FROM t'", "no.t")):
            ended = self.shell(script)
            self.assertEqual(ended.returncode, 1, script)
            self.assertIn(message, ended.stderr, script)
            self.assertNotIn("Traceback", ended.stderr, script)

    def test_options_are_told_from_their_values(self):
        pieces, variables, options = parse_arguments(["-S", "-e", "x", "--hivevar", "a=b=c", "--outputformat=tsv2", "-u", "url"],
                                                     ("-u",))
        self.assertEqual(pieces, [("text", "x")])
        self.assertEqual(variables, [("hivevar", "a", "b=c")])
        self.assertEqual(options, {"-u": "url"})

    def test_sqoop_both_ways(self):
        os.makedirs(os.path.join(self.outside, "db.example"))
        outside = sqlite3.connect(os.path.join(self.outside, "db.example/shop.db"), isolation_level=None)
        outside.executescript("CREATE TABLE s(id INTEGER, note TEXT); CREATE TABLE r(dt TEXT, id TEXT, note TEXT);")
        outside.executemany("INSERT INTO s VALUES(?, ?)", [(1, 'a "quoted", one'), (2, None), (3, "")])
        self.sql("CREATE TABLE d.s (id bigint, note string) PARTITIONED BY (dt string)")
        load = ("sqoop import --connect jdbc:mysql://db.example:3306/shop --username u --password-file /x --table s "
                "--where 'id < 4' --hive-import --hive-overwrite --hive-database d --hive-table s "
                "--hive-partition-key dt --hive-partition-value 2026-11-01 -m 1")
        for _ in range(2):
            self.assertEqual(self.shell(load).returncode, 0)
        self.assertEqual(self.rows("SELECT id, note FROM d.s ORDER BY id"), [(1, 'a "quoted", one'), (2, None), (3, "")])
        out = ("sqoop export --connect jdbc:mysql://db.example:3306/shop --table r --hcatalog-database d --hcatalog-table s "
               "--hcatalog-partition-keys dt --hcatalog-partition-values 2026-11-01 --update-key dt,id --update-mode allowinsert")
        for _ in range(2):
            ended = self.shell(out, GODWIT_DUE="2026-11-01")
            self.assertEqual(ended.returncode, 0, ended.stderr)
        self.assertEqual(outside.execute("SELECT count(*) FROM r WHERE dt = '2026-11-01'").fetchone(), (3,))
        self.assertEqual(outside.execute("SELECT site, due, target, rows FROM sqoop_exports").fetchall(),
                         [(os.path.realpath(self.root), "2026-11-01", "r", 3)] * 2)
        self.begin_run()
        self.db("INSERT INTO barriers VALUES('_job', 'j', 'writers', 1, 2)")
        self.assertEqual(self.shell(out, GODWIT_RUN="7").returncode, DENIED)
        self.assertEqual(outside.execute("SELECT count(*) FROM sqoop_exports").fetchone(), (2,))
        self.close("s")
        self.assertEqual(self.shell(load).returncode, DENIED)
        self.assertIn("link failure", self.shell(load.replace("db.example", "no.example").replace("d --hive-table s", "d --hive-table t")).stderr)

    def test_a_jar_reads_and_writes(self):
        jar = pathlib.Path(self.root, "x.jar")
        jar.mkdir()
        (jar / "__main__.py").write_text(
            "import sys\nrows = warehouse.rows('SELECT id FROM d.t')\n"
            "warehouse.insert('d.t', {'dt': sys.argv[1]}, [(id + 1,) for (id,) in rows])\nsys.exit(int(sys.argv[2]))")
        self.assertEqual(self.shell("hadoop jar x.jar com.example.Main 9 0").returncode, 0)
        self.assertEqual(self.rows("SELECT id FROM d.t WHERE dt = '9'"), [(2,)])
        self.assertEqual(self.shell("spark-submit --class com.example.Main --master yarn x.jar 9 3").returncode, 3)


class Server(AtASite):
    def setUp(self):
        super().setUp()
        self.server = subprocess.Popen([sys.executable, ENGINE / "server.py", self.root], stdin=subprocess.PIPE)
        self.addCleanup(self.server.wait)
        self.addCleanup(self.server.stdin.close)
        socket = os.path.join(self.root, "_godwit/engine.sock")
        while not os.path.exists(socket):
            time.sleep(0.01)

    def test_is_like_the_engine_itself(self):
        ended = self.shell("cd jobs; V=x hive -S <<'SQL'\nSELECT 'in';\nSQL\nhive -e 'SELECT 1 +'; echo $?; pwd")
        self.assertEqual(ended.stdout, f"in\n1\n{os.path.realpath(self.root)}/jobs\n", ended.stderr)
        self.assertIn("ParseException", ended.stderr)

    def test_serves_many_at_once(self):
        ended = self.shell("for i in $(seq 8); do hive -e \"INSERT INTO d.t PARTITION (dt = 'p$i') VALUES ($i)\" & done; wait")
        self.assertEqual(ended.returncode, 0)
        self.assertEqual(self.rows("SELECT count(*), sum(id) FROM d.t WHERE dt LIKE 'p%'"), [(8, 36)])

    def test_a_caller_that_is_killed_commits_nothing(self):
        # Holds the database's lock, so that the writer waits before its commit while its caller dies.
        blocker = sqlite3.connect(os.path.join(self.root, "site.db"), isolation_level=None)
        blocker.execute("BEGIN IMMEDIATE")
        writer = subprocess.Popen(["hive", "-e", "INSERT INTO d.t PARTITION (dt = 'late') VALUES (1)"], env=self.environment)
        while not [path for path in self.files() if "dt=late" in path]:
            time.sleep(0.01)
        writer.kill()
        writer.wait()
        time.sleep(0.3)
        blocker.execute("COMMIT")
        time.sleep(0.5)
        self.assertEqual(self.rows("SELECT count(*) FROM d.t WHERE dt = 'late'"), [(0,)])

    def test_ends_with_whoever_started_it(self):
        self.server.stdin.close()
        self.assertEqual(self.server.wait(timeout=30), 0)
        self.assertFalse(os.path.exists(os.path.join(self.root, "_godwit/engine.sock")))
        self.assertEqual(self.shell("hive -e 'SELECT id FROM d.t'").stdout, "1\n")  # without it, only slower

    def test_a_dead_server_is_done_without(self):
        self.server.send_signal(signal.SIGKILL)
        self.server.wait()
        self.assertEqual(self.shell("hive -e 'SELECT id FROM d.t'").stdout, "1\n")


if __name__ == "__main__":
    unittest.main()
