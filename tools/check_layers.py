#!/usr/bin/env python3
"""Fails when a folder includes what it may not. A new arrow is a design change: it needs a note in docs/decisions/."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent

# folder: the folders it may include besides itself. The longest matching folder rules a file.
MAY_INCLUDE = {
    "base": [],
    "config": ["base"],
    "parser": ["base"],
    "sources": ["base", "config", "parser"],
    "lineage": ["base", "config", "parser", "sources"],
    "planner": ["base", "lineage"],
    "report": ["base", "planner"],
    "state": ["base"],
    "executor": ["base", "planner", "state"],
    "executor/ports": ["base"],
    "executor/wrappers": ["base", "executor/ports"],
    "executor/adapters": ["base", "executor/ports", "executor/adapters/http"],
    "executor/adapters/http": ["base"],
    "executor/adapters/hdfs": ["base", "executor/ports", "executor/adapters/http"],
    "executor/adapters/distcp": ["base", "executor/ports", "executor/adapters/http", "executor/adapters/hdfs"],
    "simulator": ["base", "planner", "state", "executor", "executor/ports", "executor/adapters"],
    "cli": ["base", "config", "parser", "sources", "lineage", "planner", "state", "executor"],
}
# Libraries that one room alone may use.
ONLY_IN = {
    "antlr4-runtime": ["parser"],
    "sqlite3.h": ["base"],
    "yaml-cpp": ["config"],
    "CLI": ["cli"],
    "httplib.h": ["cli"],
    "curl": ["executor/adapters"],
    "thrift": ["executor/adapters/hive_metastore", "executor/adapters/hive_server"],
    "tree_sitter": ["sources"],
}
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]')


def room_of(path, rooms):
    """The longest room that holds `path`, or None."""
    held = [room for room in rooms if path == room or path.startswith(room + "/")]
    return max(held, key=len, default=None)


def allowed(source_room, source_dir, target_room, target_dir):
    if source_room == target_room:
        # Adapters know nothing of each other.
        return source_room != "executor/adapters" or source_dir.split("/")[2:3] == target_dir.split("/")[2:3]
    if source_room == "cli":
        return True
    return target_room in MAY_INCLUDE[source_room] or (
        source_room == "executor" and target_room == "executor/ports")


def main():
    problems = []
    for path in sorted(ROOT.rglob("*")):
        name = path.relative_to(ROOT).as_posix()
        room = room_of(name, MAY_INCLUDE)
        if room is None or path.suffix not in (".h", ".cc", ".g4"):
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            match = INCLUDE.match(line)
            if not match:
                continue
            target = match.group(1)
            target_room = room_of(target, MAY_INCLUDE)
            if target_room and not allowed(room, name.rsplit("/", 1)[0], target_room, target.rsplit("/", 1)[0]):
                problems.append(f"{name}:{number}: {room} may not include {target}")
            library = target.split("/")[0]
            if library in ONLY_IN and not any(room_of(name, [only]) for only in ONLY_IN[library]):
                problems.append(f"{name}:{number}: only {', '.join(ONLY_IN[library])} may use {library}")
    print("\n".join(problems) or "layers: includes go one way")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
