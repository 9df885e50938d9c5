"""How long a search of the lesson bank takes on SQLite and on PostgreSQL: the real bank, then 7,000 documents.

The searches are the eighty of the contract (tests/lessons/test_search_contract.py), whole and cut short as they are
while somebody types. The larger bank is made of the real documents with their words mixed, so that words are as
common as they are in lessons. Goals: p95 under 15 ms on the real bank; at 7,000 documents 50 ms on SQLite, 120 ms on
PostgreSQL.
"""

import contextlib
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa
from flask_migrate import upgrade

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.backing_services import database
from tests.lessons.test_search_contract import TYPED
from tutoring.app import create_app
from tutoring.config import ROOT, Settings
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.lessons.catalogue.loader import load_content
from tutoring.lessons.search.index import document
from tutoring.lessons.search.models import SearchDocument
from tutoring.lessons.search.queries import search, suggest

LARGE, ROUNDS = 7_000, 3
GOALS = {("sqlite", False): 15, ("postgresql", False): 15, ("sqlite", True): 50, ("postgresql", True): 120}


@command
def grow(size: int) -> None:
    """More documents of the same words, until there are `size` of both languages together."""
    real = db.session.scalars(sa.select(SearchDocument).order_by(SearchDocument.id)).all()
    chance = random.Random(7)
    titles = [one.title.split() for one in real]
    bodies = [one.body.split() for one in real]
    for n in range(size - len(real)):
        like = real[n % len(real)]
        title = " ".join(chance.sample(chance.choice(titles) + chance.choice(titles), 4))
        body = chance.choice(bodies) + chance.choice(bodies)
        chance.shuffle(body)
        text = " ".join(body[: len(like.body.split())])
        db.session.add(document(like.lesson_slug, like.step_number, 10_000_000 + n, like.lang, title, text))


def times(ask: Callable[[str], object], typed: list[str]) -> list[float]:
    """Milliseconds of each search; every one in a session of its own, as a page has it."""
    found = []
    for text in typed * ROUNDS:
        began = time.perf_counter()
        ask(text)
        found.append((time.perf_counter() - began) * 1000)
        db.session.rollback()
    return found


def p(values: list[float], share: float) -> float:
    return statistics.quantiles(values, n=100)[round(share * 100) - 1]


def measure(url: str) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        env = {"INSTANCE": folder, "ORIGINS": "http://localhost", "JOBS": "0", **({"DATABASE_URL": url} if url else {})}
        app, good = create_app(Settings.from_environment(env)), True
        with app.app_context():
            upgrade(directory=str(ROOT / "migrations"))
            load_content(ROOT / "content")
            for large in (False, True):
                if large:
                    grow(LARGE)
                    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                        connection.exec_driver_sql("ANALYZE")
                name = db.engine.dialect.name
                rows = db.session.scalar(sa.select(sa.func.count()).select_from(SearchDocument))
                typed = list(TYPED)
                times(lambda text: search(text, "vi"), typed[:10])
                whole = times(lambda text: search(text, "vi"), typed)
                cut = times(lambda text: suggest(text, "vi"), [text[:n] for text in typed for n in (2, 4, 7)])
                goal = GOALS[name, large]
                good &= p(whole, 0.95) < goal
                print(
                    f"{name:10} {rows:6,} documents: search p50 {p(whole, 0.5):5.1f}, p95 {p(whole, 0.95):5.1f} ms"
                    f" (goal {goal}); titles while typing p95 {p(cut, 0.95):5.1f} ms"
                )
            db.session.remove()
            db.engine.dispose()
    return good


def main() -> int:
    good = measure("")
    with contextlib.ExitStack() as stack:
        good &= measure(stack.enter_context(database()))
    print("goals:", "met" if good else "MISSED")
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
