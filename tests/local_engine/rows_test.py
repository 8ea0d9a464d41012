#!/usr/bin/env python3
"""Digests and differences of rows: what must be equal is, what must differ does.   rows_test.py GODWIT"""
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent.parent / "executor/adapters/local/engine"))

import rows  # noqa: E402
from session import Session  # noqa: E402
from site_catalog import SiteCatalog  # noqa: E402

GODWIT = sys.argv.pop(1) if __name__ == "__main__" else ""


class Rows(unittest.TestCase):
    def setUp(self):
        self._folder = tempfile.TemporaryDirectory()
        self.addCleanup(self._folder.cleanup)
        self.roots = [os.path.join(self._folder.name, name) for name in ("source", "target")]
        for root in self.roots:
            subprocess.run([GODWIT, "local", "init", "-q", root], check=True)
            Session(SiteCatalog(root)).run("CREATE DATABASE d")

    def fill(self, side, columns, query):
        session = Session(SiteCatalog(self.roots[side]))
        session.run_script(f"DROP TABLE IF EXISTS d.t; CREATE TABLE d.t ({columns}); INSERT OVERWRITE TABLE d.t {query}")

    def digest(self, side):
        site = SiteCatalog(self.roots[side])
        session = Session(site)
        return rows.digest(session.duck, site, {"table": "d.t", "partitions": [""]})["digests"][0]["digest"]

    def compare(self, limit=10):
        site = SiteCatalog(self.roots[0])
        return rows.compare(Session(site).duck, site,
                            {"table": "d.t", "partition": "", "other": self.roots[1], "limit": limit})

    def check(self, columns, one, other, equal):
        for side, query in enumerate((one, other)):
            self.fill(side, columns, query)
        same = self.digest(0) == self.digest(1)
        self.assertEqual(same, equal, f"{one} | {other}")
        self.assertEqual(not self.compare()["rows"], equal, f"{one} | {other}")

    def test_order_and_files_do_not_count(self):
        many = "SELECT explode(sequence(1, 3000))"
        self.check("x bigint", f"SELECT * FROM ({many} AS x) t ORDER BY x", f"SELECT * FROM ({many} AS x) t ORDER BY -x", True)

    def test_how_often_a_row_occurs_counts(self):
        self.check("x int", "SELECT explode(array(1, 1, 2, 2))", "SELECT explode(array(1, 1, 1, 2))", False)
        self.check("x int", "SELECT explode(array(1, 1))", "SELECT explode(array(2, 2))", False)
        self.check("x int", "SELECT explode(array(1, 1, 2))", "SELECT explode(array(1, 2))", False)

    def test_null_is_only_null(self):
        for other in ("''", "'NULL'", "'N'"):
            self.check("x string, y string", "SELECT NULL, 'a'", f"SELECT {other}, 'a'", False)
        self.check("x string, y string", "SELECT NULL, NULL", "SELECT CAST(NULL AS string), NULL", True)

    def test_values_do_not_run_into_each_other(self):
        self.check("x string, y string", "SELECT 'ab', 'c'", "SELECT 'a', 'bc'", False)
        self.check("x string, y string", "SELECT '1:a', ''", "SELECT '1', 'a'", False)
        self.check("x array<string>", "SELECT array('a', 'b')", "SELECT array('ab')", False)
        self.check("x array<string>", "SELECT array('a,b')", "SELECT array('a', 'b')", False)
        self.check("x array<array<int>>", "SELECT array(array(1), array(2))", "SELECT array(array(1, 2))", False)

    def test_numbers_have_one_form(self):
        self.check("x double", "SELECT CAST('-0.0' AS double)", "SELECT CAST('0' AS double)", True)
        self.check("x double", "SELECT CAST('NaN' AS double)", "SELECT -CAST('NaN' AS double)", True)
        self.check("x double", "SELECT CAST('NaN' AS double)", "SELECT NULL", False)
        self.check("x double", "SELECT CAST(0.1 AS double) + CAST(0.2 AS double)", "SELECT CAST(0.3 AS double)", False)
        self.check("x float", "SELECT 1.5", "SELECT 1.50", True)
        self.check("x decimal(10, 2)", "SELECT 1.5", "SELECT '1.50'", True)

    def test_maps_have_no_order_and_arrays_have(self):
        self.check("m map<string,int>", "SELECT map('a', 1, 'b', 2)", "SELECT map('b', 2, 'a', 1)", True)
        self.check("m map<string,int>", "SELECT map('a', 1, 'b', 2)", "SELECT map('a', 2, 'b', 1)", False)
        self.check("m map<string,int>", "SELECT map('a', NULL)", "SELECT map('a', 0)", False)
        self.check("x array<int>", "SELECT array(1, 2)", "SELECT array(2, 1)", False)

    def test_nested_types(self):
        kind = "s array<struct<a:double,m:map<string,array<int>>>>"
        one = "SELECT array(named_struct('a', CAST('-0.0' AS double), 'm', map('k', array(1), 'l', array(2))))"
        same = "SELECT array(named_struct('a', CAST('0.0' AS double), 'm', map('l', array(2), 'k', array(1))))"
        other = "SELECT array(named_struct('a', CAST('0.0' AS double), 'm', map('l', array(2), 'k', array(NULL))))"
        self.check(kind, one, same, True)
        self.check(kind, one, other, False)
        self.check(kind, "SELECT NULL", "SELECT array()", False)
        self.check("s struct<a:int>", "SELECT NULL", "SELECT named_struct('a', CAST(NULL AS int))", False)

    def test_padding_and_bytes(self):
        self.check("x char(5)", "SELECT 'a'", "SELECT 'a    '", True)
        self.check("x string", "SELECT 'a'", "SELECT 'a '", False)
        self.check("x binary, y date, z timestamp", "SELECT CAST('ab' AS binary), '2026-11-22', '2026-11-22 08:30:00'",
                   "SELECT CAST('ac' AS binary), '2026-11-22', '2026-11-22 08:30:00'", False)

    def test_names_that_need_quotes(self):
        self.check("`order` int, `x``y` string", "SELECT 1, 'a'", "SELECT 1, 'b'", False)

    def blame(self, columns, one, other):
        self.fill(0, columns, one)
        self.fill(1, columns, other)
        return self.compare()["columns"]

    def test_blames_the_fewest_columns(self):
        columns = "rn int, who string, amount int"
        one = "SELECT 1, 'a', 10 UNION ALL SELECT 2, 'a', 20 UNION ALL SELECT 1, 'b', 30"
        swapped = "SELECT 2, 'a', 10 UNION ALL SELECT 1, 'a', 20 UNION ALL SELECT 1, 'b', 30"
        self.assertEqual(self.blame(columns, one, swapped), ["rn"])
        self.assertEqual(self.blame(columns, one, one.replace("30", "31").replace("'b'", "'c'")), ["who", "amount"])
        self.assertEqual(self.blame(columns, one, "SELECT 5, 'x', 7 UNION ALL SELECT 6, 'x', 8 UNION ALL SELECT 7, 'x', 9"),
                         ["rn", "who", "amount"])

    def test_blames_nobody_where_rows_are_missing(self):
        self.assertEqual(self.blame("x int", "SELECT explode(array(1, 2))", "SELECT 1"), [])

    def test_shows_rows_as_json_can_say_them(self):
        self.fill(0, "filename double, d date, m map<int,decimal(5,2)>", "SELECT CAST('NaN' AS double), '2026-11-22', map(1, 2.5)")
        self.fill(1, "filename double, d date, m map<int,decimal(5,2)>", "SELECT 1, NULL, NULL")
        shown = self.compare()["rows"]
        self.assertIn({"filename": "nan", "d": "2026-11-22", "m": {"1": "2.50"}}, [row["row"] for row in shown])


if __name__ == "__main__":
    unittest.main()
