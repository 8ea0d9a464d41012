#!/usr/bin/env python3
"""The world outside the warehouse: the shop's own databases, which the warehouse imports from every night, and the one that
reports are exported to. SQLite files stand in for MySQL.

    generate.py FOLDER FIRST_DATE DAYS

writes FOLDER/trade-db.retail.example/trade.db, …/master.db, …/clicks.db and FOLDER/report-db.retail.example/report.db. What
happened on a day depends on its date alone, so that whoever imports a day, and however often, gets the same rows."""
import datetime
import json
import os
import random
import sqlite3
import sys

USERS, SKUS, SHOPS, COUPONS = 1200, 300, 24, 40
ORDERS_A_DAY, VIEWS_A_DAY = 420, 2600
CATEGORIES = ["kitchen", "garden", "toys", "books", "shoes", "audio"]
CHANNELS = ["app", "web", "mini", "store"]
METHODS = ["card", "wallet", "transfer"]
DEVICES = ["ios", "android", "pc"]
PAGES = ["home", "list", "sku", "cart", "pay"]
WORDS = ["gift", "sale", "new", "winter", "outdoor", "kids", "premium"]

MASTER = """
CREATE TABLE users(user_id INTEGER, nickname TEXT, phone TEXT, city_id INTEGER, registered_on TEXT, attributes TEXT);
CREATE TABLE skus(sku_id INTEGER, title TEXT, category TEXT, shop_id INTEGER, price TEXT, listed_on TEXT);
CREATE TABLE shops(shop_id INTEGER, name TEXT, city_id INTEGER, opened_on TEXT);
CREATE TABLE coupons(coupon_id INTEGER, title TEXT, discount TEXT, valid_from TEXT);
"""
TRADE = """
CREATE TABLE orders(order_id INTEGER, user_id INTEGER, shop_id INTEGER, status TEXT, amount TEXT, coupon_id INTEGER,
  channel TEXT, created_at TEXT, extra TEXT);
CREATE TABLE order_items(order_id INTEGER, line INTEGER, sku_id INTEGER, quantity INTEGER, price TEXT, created_at TEXT);
CREATE TABLE payments(payment_id INTEGER, order_id INTEGER, method TEXT, amount TEXT, paid_at TEXT);
CREATE TABLE refunds(refund_id INTEGER, order_id INTEGER, reason TEXT, amount TEXT, refunded_at TEXT);
CREATE INDEX orders_by_time ON orders(created_at);
CREATE INDEX order_items_by_time ON order_items(created_at);
"""
CLICKS = """
CREATE TABLE page_views(user_id INTEGER, session_id TEXT, page TEXT, sku_id INTEGER, device TEXT, tags TEXT, url TEXT,
  viewed_at TEXT, stay_ms INTEGER);
CREATE INDEX page_views_by_time ON page_views(viewed_at);
"""
REPORT = """
CREATE TABLE gmv_daily(dt TEXT, channel TEXT, orders TEXT, buyers TEXT, gmv TEXT, PRIMARY KEY(dt, channel));
CREATE TABLE shop_ranking(dt TEXT, shop_id TEXT, gmv TEXT, position TEXT, PRIMARY KEY(dt, shop_id));
"""


def money(cents):
    return f"{cents // 100}.{cents % 100:02d}"


def moment(rng, day):
    return f"{day} {rng.randrange(24):02d}:{rng.randrange(60):02d}:{rng.randrange(60):02d}"


def fill(database, table, rows):
    database.executemany(f"INSERT INTO {table} VALUES({', '.join('?' * len(rows[0]))})", rows)


def price_of(sku):
    return 500 + sku * 7919 % 19500


def fill_master(database, first):
    rng = random.Random("master")
    before = [str(first - datetime.timedelta(days=rng.randrange(1, 400))) for _ in range(USERS)]
    fill(database, "users", [
        (user, f"user{user}", f"555-{user:04d}", rng.randrange(1, 13), before[user - 1],
         json.dumps({"source": rng.choice(CHANNELS), "vip": rng.random() < 0.1}))
        for user in range(1, USERS + 1)])
    fill(database, "skus", [(sku, f"{rng.choice(WORDS)} {CATEGORIES[sku % 6]} {sku}", CATEGORIES[sku % 6],
                             sku % SHOPS + 1, money(price_of(sku)), str(first)) for sku in range(1, SKUS + 1)])
    fill(database, "shops", [(shop, f"shop {shop}", shop % 12 + 1, "2020-01-01") for shop in range(1, SHOPS + 1)])
    fill(database, "coupons", [(coupon, f"{coupon % 5 + 1}0 off", money((coupon % 5 + 1) * 1000), str(first))
                               for coupon in range(1, COUPONS + 1)])


def fill_trade(database, day):
    rng = random.Random(f"trade {day}")
    base = day.toordinal() * 1000
    orders, items, payments, refunds = [], [], [], []
    for order in range(base, base + ORDERS_A_DAY):
        at, total = moment(rng, day), 0
        for line in range(1, rng.randrange(1, 5) + 1):
            sku, quantity = rng.randrange(1, SKUS + 1), rng.choice([1, 1, 1, 2, 3])
            total += quantity * price_of(sku)
            items.append((order, line, sku, quantity, money(price_of(sku)), at))
        paid = rng.random() < 0.86
        coupon = rng.randrange(1, COUPONS + 1) if rng.random() < 0.3 else None
        extra = json.dumps({"client": {"version": f"{rng.randrange(5, 9)}.0"}, "note": rng.choice(WORDS)})
        orders.append((order, rng.randrange(1, USERS + 1), rng.randrange(1, SHOPS + 1), "paid" if paid else "open",
                       money(total), coupon, rng.choice(CHANNELS), at, extra))
        if paid:
            payments.append((order * 10, order, rng.choice(METHODS), money(total), at))
            if rng.random() < 0.05:
                refunds.append((order * 10 + 1, order, rng.choice(["broken", "late", "changed mind"]), money(total), at))
    for table, rows in (("orders", orders), ("order_items", items), ("payments", payments), ("refunds", refunds)):
        fill(database, table, rows)


def fill_clicks(database, day):
    rng = random.Random(f"clicks {day}")
    views = []
    while len(views) < VIEWS_A_DAY:
        user, session, device = rng.randrange(1, USERS + 1), f"{day:%m%d}-{rng.randrange(10**6):06d}", rng.choice(DEVICES)
        minute = f"{day} {rng.randrange(24):02d}:{rng.randrange(60):02d}"
        for step in range(rng.randrange(1, 9)):
            sku = rng.randrange(1, SKUS + 1) if step else None
            # Several views in one second: clients send them in batches.
            views.append((user, session, PAGES[min(step, 4)], sku, device, ",".join(rng.sample(WORDS, rng.randrange(1, 4))),
                          f"https://shop.retail.example/p/{sku or 0}?from={rng.choice(CHANNELS)}", f"{minute}:00",
                          rng.randrange(200, 60000)))
    fill(database, "page_views", views)


def create(folder, host, name, schema):
    os.makedirs(os.path.join(folder, host), exist_ok=True)
    path = os.path.join(folder, host, f"{name}.db")
    if os.path.exists(path):
        os.remove(path)
    database = sqlite3.connect(path)
    database.executescript(schema)
    return database


def main():
    folder, first, days = sys.argv[1], datetime.date.fromisoformat(sys.argv[2]), int(sys.argv[3])
    master = create(folder, "trade-db.retail.example", "master", MASTER)
    trade = create(folder, "trade-db.retail.example", "trade", TRADE)
    clicks = create(folder, "trade-db.retail.example", "clicks", CLICKS)
    report = create(folder, "report-db.retail.example", "report", REPORT)
    fill_master(master, first)
    for number in range(days):
        fill_trade(trade, first + datetime.timedelta(days=number))
        fill_clicks(clicks, first + datetime.timedelta(days=number))
    for database in (master, trade, clicks, report):
        database.commit()


if __name__ == "__main__":
    main()
