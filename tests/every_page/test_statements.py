"""What a page asks of the database stays under its limit, and does not grow with units, members and rows."""

import math
from collections import Counter

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.every_page.growing import grow
from tests.every_page.page_catalogue import Place, Seen
from tests.every_page.statement_limits import LIMITS, limit_of
from tests.factories import client_of
from tests.statements import asked
from tutoring.community.queries import units_of
from tutoring.home import demo_accounts
from tutoring.kernel import overrides
from tutoring.kernel.db import db
from tutoring.policy.access import STAFF

MORE = 3  # statements that a page may ask more of a place with much than of one with little
Costs = dict[Seen, list[str]]


def costs(place: Place) -> Costs:
    """What each page asks when it is read for the second time: the first fills what is kept, and notes who came."""
    found: Costs = {}
    for who in sorted({seen.who for seen in place.pages}, key=str):
        client = client_of(place.app, place.things.people[who]) if who else place.app.test_client()
        for seen in place.pages:
            if seen.who == who:
                client.get(seen.path)
                with asked(place.app) as statements:
                    answer = client.get(seen.path)
                assert answer.status_code == 200, seen
                found[seen] = list(statements)
    return found


def said(before: list[str], after: list[str]) -> str:
    """The statements that are asked more often, with how often."""
    more = Counter(after) - Counter(before)
    return "\n".join(f"    {count} x {' '.join(statement.split())[:160]}" for statement, count in more.most_common(4))


@pytest.fixture
def both(place: Place, monkeypatch: pytest.MonkeyPatch) -> tuple[Costs, Costs]:
    """What each page costs in the place as it is, and with many units, members and rows."""
    with place.app.app_context():
        monkeypatch.setitem(demo_accounts._seen, db.engine, (math.inf, True))  # asked now and then only
    monkeypatch.setattr(overrides, "FRESH", 3600.0)
    _grow(place.app, units=0, rows=1)  # a list without a row asks nothing of what stands in it
    before = costs(place)
    _grow(place.app, units=20, rows=200)
    return before, costs(place)


def _grow(app: Flask, units: int, rows: int) -> None:
    with app.app_context():
        grow(units, rows)
        db.session.commit()
        db.session.remove()
    overrides.forget()


# Rows are copied past keys and checks, which SQLite alone lets be. Pages ask the same statements of both databases.
@pytest.mark.full
@pytest.mark.parametrize("backend", ["sqlite"], indirect=True, scope="session")
def test_every_page_asks_no_more_of_a_large_place(place: Place, both: tuple[Costs, Costs]) -> None:
    before, after = both
    over = {(seen.endpoint, seen.who): len(before[seen]) for seen in before if len(before[seen]) > limit_of(seen)}
    most = Counter[tuple[str, str | None]]()
    for seen in before:
        most[seen.endpoint, seen.who] = max(most[seen.endpoint, seen.who], len(before[seen]))
    lower = {page: most[page] for page in LIMITS if page in most and most[page] < LIMITS[page] - MORE}
    assert not over, "more statements than tests/every_page/statement_limits.py lets the page ask"
    assert not lower, "fewer statements than before: lower the limit in tests/every_page/statement_limits.py"
    with place.app.app_context():  # it has really grown
        assert len(units_of(place.things.people["hang"], STAFF)) > 20
        for table in ("notice", "campaign", "report_case", "device_need", "help_request", "message", "circle_topic"):
            rows = sa.select(sa.func.count()).select_from(db.metadata.tables[table])
            assert (db.session.scalar(rows) or 0) > 100, table
        db.session.remove()
    faults = [
        f"{seen}: {len(before[seen])} -> {len(after[seen])}\n{said(before[seen], after[seen])}"
        for seen in before
        if len(after[seen]) > len(before[seen]) + MORE
    ]
    assert not faults, f"{len(faults)} pages\n" + "\n".join(faults)
