"""Help at once in two thousand orders of acts, each in a community of its own, with real commits on SQLite."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.factories import World
from tests.pairing.random_interleavings import check
from tutoring.kernel.db import db

CASES = 2_000


@pytest.fixture
def careless(app: Flask) -> Iterator[None]:
    """Commits do not wait for the disk: no power is cut here."""

    def connect(raw: Any, _record: object) -> None:
        raw.execute("PRAGMA synchronous=OFF")

    with app.app_context():
        engine = db.engine
    sa.event.listen(engine, "connect", connect)
    engine.dispose()
    yield
    sa.event.remove(engine, "connect", connect)
    engine.dispose()


@pytest.mark.long
@pytest.mark.parametrize("backend", ["sqlite"], indirect=True, scope="session")
def test_it_holds_of_two_thousand_orders(app: Flask, careless: None, world: World, again: Callable[[], None]) -> None:
    total = check(app, world, again, CASES)
    print("\n" + ", ".join(f"{number:,} × {what}" for what, number in sorted(total.items())))
    assert total["cases"] >= CASES
