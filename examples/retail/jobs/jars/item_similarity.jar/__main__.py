"""Stands in for a compiled jar, which nobody can read: see the local sites' `hadoop jar`.

Reads dwd.order_detail of the last days, writes ads.item_similarity."""
import argparse
import collections
import datetime
import itertools

options = argparse.ArgumentParser()
options.add_argument("--day", required=True)
options.add_argument("--window", type=int, default=3)
options.add_argument("--keep", type=int, default=5)
options = options.parse_args()

day = datetime.date.fromisoformat(options.day)
since = day - datetime.timedelta(days=options.window - 1)
bought = warehouse.rows(  # noqa: F821: given by whoever runs the jar
    f"SELECT DISTINCT user_id, sku_id FROM dwd.order_detail WHERE dt BETWEEN '{since}' AND '{day}' AND status = 'paid'")

baskets = collections.defaultdict(set)
for user, sku in bought:
    baskets[user].add(sku)
together = collections.Counter()
for skus in baskets.values():
    together.update(itertools.permutations(sorted(skus), 2))

others = collections.defaultdict(list)
for (sku, other), count in together.items():
    others[sku].append((-count, other))
rows = [(sku, other, -count) for sku in sorted(others) for count, other in sorted(others[sku])[:options.keep]]
warehouse.insert("ads.item_similarity", {"dt": options.day}, rows)  # noqa: F821
print(f"{len(rows)} pairs")
