"""How the cost of each hot path grows with the site: 2,000, 20,000 and 200,000 people with their rooms and messages.

    python3 dev.py bench growth [--sizes 2000,20000,200000] [--sqlite] [--only NAME] [--worst]

For each path and size: statements, rows that PostgreSQL looked at, pages of 8 kB it touched (EXPLAIN (ANALYZE, BUFFERS)
of every statement, summed), milliseconds of a processor in the application and in the database, and how each grows.
Processor time, not the clock's: whatever else the machine does is not counted. `--sqlite` does the same in one process
on SQLite, where both are one figure. `--worst` names the statement that looks at most rows.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path as File

import psycopg
import sqlalchemy as sa
from flask import Flask
from flask_migrate import upgrade

sys.path.insert(0, str(File(__file__).resolve().parent.parent))

from benchmarks.hot_paths import Path, Scene, build, paths
from benchmarks.query_plans import Planner, Read, noted
from tests.backing_services import database
from tutoring.app import create_app
from tutoring.config import ROOT, Settings
from tutoring.kernel.db import db
from tutoring.lessons.catalogue.loader import load_content

ROUNDS = 5


@dataclass
class Cost:
    """One path at one size."""

    statements: int
    rows: int
    pages: int
    app: float  # milliseconds of a processor in this process
    database: float  # and in those of PostgreSQL
    worst: str


def application(folder: str, database_url: str | None) -> Flask:
    """An application on an empty database, with its lessons."""
    env = {"INSTANCE": folder, "ORIGINS": "http://localhost", "JOBS": "0", "LIMITS_SCALE": "1000000"}
    if database_url:
        env["DATABASE_URL"] = database_url
    app = create_app(Settings.from_environment(env), TESTING=True, WTF_CSRF_ENABLED=False)
    with app.app_context():
        upgrade(directory=str(ROOT / "migrations"))
        load_content(ROOT / "content")
        db.session.remove()
    return app


def in_database(planner: Planner | None) -> float:
    """Seconds that the processes of PostgreSQL for this database have been on a processor."""
    if planner is None:
        return 0.0
    rows = planner.connection.execute("SELECT pid FROM pg_stat_activity WHERE datname = current_database()").fetchall()
    files = (File(f"/proc/{pid}/schedstat") for (pid,) in rows)
    return sum(int(one.read_text().split()[0]) for one in files if one.exists()) / 1e9


def measure(scene: Scene, path: Path, planner: Planner | None) -> Cost:
    """One path: once to warm up, once noted, some times for the processor's time."""
    path.ask()
    with scene.app.app_context(), noted() as asked:
        path.ask()
    app, database = [], []
    for _ in range(ROUNDS):
        before, began = in_database(planner), time.process_time()
        path.ask()
        app.append(time.process_time() - began)
        database.append(in_database(planner) - before)
    total = Read()
    for one in asked if planner else ():
        assert planner is not None
        total.add(planner.read(one), one.short)
    return Cost(len(asked), total.rows, total.buffers, statistics.median(app) * 1e3,
                statistics.median(database) * 1e3, f"{total.most[0]:,} rows: {total.most[1]}")  # fmt: skip


def at_size(people: int, postgres: bool, only: str) -> tuple[dict[str, Cost], dict[str, float]]:
    """Every path at this size, and what the database holds."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        url = stack.enter_context(database()) if postgres else None
        app = application(folder, url)
        began = time.perf_counter()
        scene = build(app, people)
        where = "PostgreSQL" if url else "SQLite"
        print(
            f"{people:,} people on {where}, filled in {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True
        )
        planner = Planner(stack.enter_context(psycopg.connect(url, autocommit=True))) if url else None
        found = {}
        for path in paths(scene):
            name = f"{path.name}, {path.who}" if path.who else path.name
            if only in name:
                found[name] = measure(scene, path, planner)
        held = sizes(app)
        with app.app_context():
            db.engine.dispose()
    return found, held


BIGGEST = """SELECT relname, pg_total_relation_size(c.oid) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
WHERE relkind = 'r' AND nspname = 'public' ORDER BY 2 DESC LIMIT 12"""


def sizes(app: Flask) -> dict[str, float]:
    """Megabytes of the database, and of its largest tables with their indexes."""
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            page, count = (db.session.scalar(sa.text(f"PRAGMA {one}")) or 0 for one in ("page_size", "page_count"))
            return {"all": page * count / 1e6}
        whole = db.session.scalar(sa.text("SELECT pg_database_size(current_database())")) or 0
        tables = db.session.execute(sa.text(BIGGEST)).all()
        db.session.remove()
    return {"all": whole / 1e6, **{name: size / 1e6 for name, size in tables}}


def table(found: dict[int, dict[str, Cost]]) -> None:
    """All of it as a table; the growth is of the last decade."""
    sizes = sorted(found)
    print("| path | " + " | ".join(f"{n:,}" for n in sizes) + " | growth |")
    print("| --- |" + " --- |" * (len(sizes) + 1))
    for name in found[sizes[0]]:
        costs = [found[n][name] for n in sizes]
        cells = [f"{c.statements} · {c.rows:,} · {c.pages:,} · {c.app:.1f} + {c.database:.1f} ms" for c in costs]
        growth = ", ".join(
            f"{getattr(costs[-1], one) / max(getattr(costs[-2], one), 0.1):.1f}" for one in ("rows", "pages")
        ) if len(costs) > 1 else ""  # fmt: skip
        print(f"| {name} | " + " | ".join(cells) + f" | {growth} |")


def main() -> int:
    parse = argparse.ArgumentParser()
    parse.add_argument("--sizes", default="2000,20000,200000")
    parse.add_argument("--sqlite", action="store_true")
    parse.add_argument("--only", default="")
    parse.add_argument("--worst", action="store_true")
    parse.add_argument("--json", default="")
    told = parse.parse_args()
    found: dict[int, dict[str, Cost]] = {}
    held = {}
    for people in map(int, told.sizes.split(",")):
        found[people], held[people] = at_size(people, not told.sqlite, told.only)
    print("statements · rows looked at · pages of 8 kB · processor in the application + in the database\n")
    table(found)
    for people, parts in held.items():
        print(f"\n{people:,} people: " + ", ".join(f"{name} {size:,.1f} MB" for name, size in parts.items()))
    if told.worst:
        for name, cost in found[max(found)].items():
            print(f"\n{name}: {cost.worst[:600]}")
    if told.json:
        text = json.dumps({n: {name: asdict(c) for name, c in some.items()} for n, some in found.items()})
        File(told.json).write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
