#!/usr/bin/env python3
"""Lineage graphs of several kinds, in the form of `godwit plan --graph`; the same for the same arguments.

    kinds.py KIND TABLES SEED OUT.lg

dbt     domains of sources that nobody writes, staging one to one, models upon models, a few hubs
star    a few huge fact tables that all marts read, with dimensions
chains  long chains with some reads across
web     everything may read everything, what is read much is read more
local   reads of what was made shortly before: a band"""
import math
import random
import sys

SOURCE, IMPORT, SQL, VIEW = (4000, 2.4), (3000, 2.3), (600, 2.2), (800, 2.0)  # sizes: median in MB, sigma of the logarithm


class Lineage:
    def __init__(self, rng):
        self.rng, self.tables, self.jobs, self.edges = rng, [], [], []

    def count(self):
        return len(self.tables)

    def table(self, size, layer, group):
        rng = self.rng
        megabytes = min(max(1, int(size[0] * math.exp(size[1] * rng.gauss(0, 1)))), 200_000_000)
        full_refresh = rng.random() < 0.2
        parts = 1 if full_refresh else max(2, int(200 * math.exp(0.8 * rng.gauss(0, 1))))
        self.tables.append((megabytes, max(1, megabytes // parts), layer, group))
        return len(self.tables) - 1

    def made(self, group, layer, reads, size=SQL, kind=1):
        """A table, its job, and what the job reads: a quarter scans all of it."""
        rng = self.rng
        self.jobs.append((int(60 * math.exp(1.5 + 1.2 * rng.gauss(0, 1))), kind, group, group))
        job, table = len(self.jobs) - 1, self.table(size, layer, group)
        for read in sorted(set(reads)):
            megabytes, changed, _, _ = self.tables[read]
            share = megabytes * rng.uniform(0.05, 1) if rng.random() < 0.25 else changed * rng.uniform(0.3, 1.5)
            self.edges.append((job, read, "R", max(1, int(share))))
        self.edges.append((job, table, "W", self.tables[table][1]))
        return table

    def some(self, mean, most):
        return min(1 + int(self.rng.expovariate(1 / mean)), most)

    def skewed(self, things, power):
        return things[int(len(things) * self.rng.random() ** power)]


def dbt(lineage, tables):
    rng, hubs, models = lineage.rng, [], []
    domains = max(3, tables // 60)
    for group in range(domains):
        size = max(4, int(tables / domains * rng.uniform(0.4, 1.8)))
        sources = [lineage.table(SOURCE, 0, group) for _ in range(max(1, int(size * 0.3)))]
        known = [lineage.made(group, 1, [source], VIEW, 4 if rng.random() < 0.5 else 1) for source in sources if rng.random() < 0.95]
        known = known or list(sources)
        for _ in range(int(size * 0.4)):
            reads = []
            for _ in range(lineage.some(1.3, 12)):
                kind = rng.random()
                if kind < 0.08 and hubs:
                    reads.append(lineage.skewed(hubs, 2.5))
                elif kind < 0.14 and models:
                    reads.append(rng.choice(models))
                elif kind < 0.6:
                    reads.append(known[-1 - int(rng.expovariate(1 / 6)) % len(known)])
                else:
                    reads.append(rng.choice(known))
            model = lineage.made(group, 2, reads)
            known.append(model)
            models.append(model)
            if rng.random() < 0.05:
                hubs.append(model)


def star(lineage, tables):
    rng = lineage.rng
    facts = [lineage.made(0, 0, [], (60_000, 1.5), 0) for _ in range(max(3, tables // 100))]
    dimensions = [lineage.made(0, 0, [], (200, 2.0), 0) for _ in range(max(5, tables // 30))]
    while lineage.count() < tables:
        group = 1 + lineage.count() // 40
        mart = lineage.made(group, 1, [lineage.skewed(facts, 2)]
                            + [lineage.skewed(dimensions, 2) for _ in range(int(rng.expovariate(1 / 3)))])
        for _ in range(int(rng.expovariate(1 / 2))):
            lineage.made(group, 2, [mart], (100, 2.0))


def chains(lineage, tables):
    rng = lineage.rng
    while lineage.count() < tables:
        group, table = lineage.count() // 50, lineage.made(lineage.count() // 50, 0, [], IMPORT, 0)
        for step in range(int(rng.expovariate(1 / 12)) + 2):
            across = [rng.randrange(max(0, lineage.count() - 300), lineage.count())] if rng.random() < 0.25 else []
            table = lineage.made(group, min(3, step // 4), [table, *across])


def web(lineage, tables):
    rng = lineage.rng
    pool = [lineage.made(0, 0, [], IMPORT, 0) for _ in range(tables // 6)]
    while lineage.count() < tables:
        reads = [rng.choice(pool) if rng.random() < 0.6 else rng.randrange(lineage.count()) for _ in range(lineage.some(1.5, 20))]
        pool += [*reads, lineage.made(lineage.count() // 80, 1, reads)]


def local(lineage, tables):
    rng = lineage.rng
    for _ in range(5):
        lineage.made(0, 0, [], IMPORT, 0)
    while lineage.count() < tables:
        reads = [max(0, lineage.count() - 1 - int(rng.expovariate(1 / 15))) for _ in range(lineage.some(1.2, 99))]
        lineage.made(lineage.count() // 50, 1, reads)


KINDS = {kind.__name__: kind for kind in (dbt, star, chains, web, local)}


def main():
    kind, tables, seed, out = sys.argv[1:5]
    lineage = Lineage(random.Random(f"{kind} {tables} {seed}"))
    KINDS[kind](lineage, int(tables))
    with open(out, "w", encoding="utf8") as file:
        file.write(f"LG {lineage.count()} {len(lineage.jobs)} {len(lineage.edges)}\n")
        for rows in (lineage.tables, lineage.jobs, lineage.edges):
            file.writelines(" ".join(map(str, row)) + "\n" for row in rows)


if __name__ == "__main__":
    main()
