#!/usr/bin/env python3
"""Draws the pictures of docs/planning.md from the plan that `godwit plan` makes of shop.json.

    docs/planning/draw.py [GODWIT]          default: build/godwit; writes order.svg and calendar.svg beside this file
"""
import json
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
FILLS = {"ods": "#cfe2f3", "dim": "#fce5cd", "dwd": "#d9ead3", "mart": "#ead1dc"}
FONT = 'font-family="sans-serif" font-size="12"'


def svg(width, height, body):
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">\n'
            f'<rect width="{width}" height="{height}" fill="white"/>\n' + "\n".join(body) + "\n</svg>\n")


def text(x, y, words, anchor="start", color="#222"):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{color}" {FONT}>{words}</text>'


def box(x, y, width, height, fill):
    return (f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{fill}" '
            f'stroke="#555" stroke-width="0.7"/>')


def units_bar(units, overhead, size, reads, home, title, top):
    """Units as boxes as long as they take to move; an arc for each cut read, as thick as it is heavy."""
    scale, left, y = 0.17, 20, top + 120
    total, read_all, height, body = sum(size.values()), sum(r[2] for r in reads), 34, []
    end, x = {}, left
    for unit in units:
        start = x
        for table in unit:
            body.append(box(x, y, size[table] * scale, height, FILLS[table.split(".")[0]]))
            if size[table] > 350:
                body.append(text(x + size[table] * scale / 2, y + 21, table, "middle"))
            x += size[table] * scale
        body.append(f'<rect x="{start:.1f}" y="{y}" width="{x - start:.1f}" height="{height}" fill="none" '
                    'stroke="#111" stroke-width="2.2"/>')
        x += overhead * scale
        for table in unit:
            end[table] = x
    crossing = 0
    for job, table, gigabytes in reads:
        a, b = end[table], end[home[job]]
        if a == b:
            continue
        crossing += gigabytes * abs(a - b)
        lift = 22 + abs(a - b) * 0.16
        color = "#b00" if b < a else "#27c"
        body.append(f'<path d="M{a:.1f} {y} C{a:.1f} {y - lift:.1f} {b:.1f} {y - lift:.1f} {b:.1f} {y}" fill="none" '
                    f'stroke="{color}" stroke-opacity="0.75" stroke-width="{1 + gigabytes / 12:.1f}"/>')
    share = crossing / scale / total / read_all
    body.append(text(left, top + 16, f"{title}: {100 * share:.1f} % of what is read crosses sites"))
    return body


def order_picture(plan, shop):
    size = {table["name"]: table["bytes"] / 1e9 for table in shop["tables"]}
    home = {job["name"]: job["writes"][0]["table"] for job in shop["jobs"]}
    reads = [(job["name"], read["table"], read["bytes_per_day"] / 1e9)
             for job in shop["jobs"] for read in job.get("reads", [])]
    layers = [["ods.orders", "dim.users"], ["ods.clicks"], ["dwd.orders", "dwd.visits"], ["mart.daily", "mart.funnel"]]
    overhead = plan["request"]["unit_overhead"] * plan["unit_bytes_max"] / 1e9
    body = units_bar(layers, overhead, size, reads, home, "Layer by layer", 0)
    body += units_bar([unit["tables"] for unit in plan["units"]], overhead, size, reads, home, "The plan", 190)
    body.append(text(30, 372, "Boxes: units in order of movement, as long as they take to copy; then the fixed time that a unit takes."))
    body.append(text(30, 390, "Arcs: cut reads, from when one end has moved until the other has, as thick as bytes a day."))
    body.append(text(30, 408, "Blue: the reader stays behind and reads back. Red: the reader moves first and is fed forward."))
    return svg(720, 420, body)


def calendar_picture(plan):
    hours = max(unit["cutover"]["at_s"] + unit["cutover"]["freeze_s"] for unit in plan["units"]) / 3600
    left, scale = 110, 580 / hours
    body = []
    for tick in range(0, int(hours) + 1, 6):
        x = left + tick * scale
        body.append(f'<line x1="{x:.1f}" y1="20" x2="{x:.1f}" y2="232" stroke="#ddd"/>')
        body.append(text(x, 14, f"{tick} h", "middle", "#666"))
    y = 30
    for unit in plan["units"]:
        start, end, at = (unit["copy_start_s"] / 3600, unit["copy_end_s"] / 3600, unit["cutover"]["at_s"] / 3600)
        body.append(text(10, y + 17, unit["id"]))
        body.append(box(left + start * scale, y, (end - start) * scale, 24, "#9fc5e8"))
        body.append(text(left + start * scale + 6, y + 16, f"copy {unit['bytes'] / 1e9:.0f} GB"))
        x = left + at * scale
        body.append(f'<path d="M{x:.1f} {y - 2} l7 14 l-7 14 l-7 -14 z" fill="#e69138" stroke="#333"/>')
        y += 40
    for sync in plan["syncs"]:
        start, end = sync["from_s"] / 3600, sync["until_s"] / 3600
        color = "#f4cccc" if sync["direction"] == "forward" else "#d0e0e3"
        body.append(text(10, y + 17, f"sync {sync['direction']}"))
        body.append(box(left + start * scale, y, (end - start) * scale, 24, color))
        body.append(text(left + start * scale + 6, y + 16, f"{sync['table']}, {sync['total_bytes'] / 1e9:.0f} GB"))
        y += 40
    body.append(text(10, y + 18, "Diamonds: cut-overs, each in a gap between scheduled runs. The link is slower from 8 to 20 "
                                 "o'clock."))
    return svg(720, y + 30, body)


def main():
    godwit = sys.argv[1] if len(sys.argv) > 1 else HERE.parents[1] / "build/godwit"
    made = subprocess.run([godwit, "plan", "-q", "--workload", "shop.json", "--request", "request.json", "--format",
                           "json"], cwd=HERE, check=True, stdout=subprocess.PIPE)
    plan, shop = json.loads(made.stdout), json.loads((HERE / "shop.json").read_text())
    (HERE / "order.svg").write_text(order_picture(plan, shop))
    (HERE / "calendar.svg").write_text(calendar_picture(plan))


if __name__ == "__main__":
    main()
