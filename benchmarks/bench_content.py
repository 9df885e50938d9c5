"""How long the whole bank takes to check and to load, on SQLite and on PostgreSQL. Goal: both together under 10 s.

Beside it stands reading the same files and parsing nothing, so that a slow disk shows as such.
"""

import contextlib
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from flask_migrate import upgrade

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.backing_services import database
from tutoring.app import create_app
from tutoring.config import ROOT, Settings
from tutoring.kernel.db import db
from tutoring.lessons.catalogue import loader

CONTENT, GOAL = ROOT / "content", 10.0


def seconds(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def measure(url: str) -> tuple[str, float, float]:
    """Name of the database, seconds of the first load and of one in which nothing changed."""
    with tempfile.TemporaryDirectory() as folder:
        env = {"INSTANCE": folder, "ORIGINS": "http://localhost", "JOBS": "0", **({"DATABASE_URL": url} if url else {})}
        app = create_app(Settings.from_environment(env))
        with app.app_context():
            upgrade(directory=str(ROOT / "migrations"))
            first, again = (seconds(lambda: loader.load_content(CONTENT)) for _ in range(2))
            name = db.engine.dialect.name
            db.session.remove()
            db.engine.dispose()
    return name, first, again


def main() -> int:
    files = [path for path in CONTENT.rglob("*") if path.is_file()]
    print(f"reading {len(files)} files, {sum(path.stat().st_size for path in files) / 1e6:.1f} MB:", end=" ")
    print(f"{seconds(lambda: [path.read_bytes() for path in files]):.2f} s")
    check = seconds(lambda: loader.check(CONTENT))
    print(f"check: {check:.2f} s")
    worst = 0.0
    with contextlib.ExitStack() as stack:
        for url in ("", stack.enter_context(database())):
            name, first, again = measure(url)
            worst = max(worst, check + first)
            print(f"load on {name}: {first:.2f} s, with nothing changed {again:.2f} s")
    print(f"check and load together at most {worst:.1f} s (goal {GOAL:.0f}): {'met' if worst < GOAL else 'MISSED'}")
    return 0 if worst < GOAL else 1


if __name__ == "__main__":
    raise SystemExit(main())
