"""Pages of whoever looks after many units ask no more of the database than those of whoever looks after one."""

import math
from datetime import timedelta

import pytest
from flask import Flask

from tests.factories import World, client_of
from tests.parametrize import some
from tests.statements import asked
from tutoring.community.models import DutyShift, Membership, Unit
from tutoring.community.queries import memberships
from tutoring.home import demo_accounts
from tutoring.kernel import clock, overrides
from tutoring.kernel.commands import command
from tutoring.kernel.db import db

MORE = 3


@pytest.mark.parametrize("name", some("hang", rest=("muoi", "quang")))
def test_the_board_the_start_page_and_help_ask_no_more_for_twenty_one_units_than_for_one(
    app: Flask, world: World, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        monkeypatch.setitem(demo_accounts._seen, db.engine, (math.inf, True))
    monkeypatch.setattr(overrides, "FRESH", 3600.0)
    client = client_of(app, world[name])

    def cost(path: str) -> int:
        client.get(path)
        with asked(app) as statements:
            assert client.get(path).status_code == 200
        return len(statements)

    paths = ("/", "/board", "/help", "/report")
    before = {path: cost(path) for path in paths}
    with app.app_context():
        _twenty_more(world[name])
    after = {path: cost(path) for path in paths}
    assert all(after[path] <= before[path] + MORE for path in paths), (before, after)


@command
def _twenty_more(user_id: int) -> None:
    """The same role in twenty units more, beside the first one, each with a turn of duty and a number to ring."""
    mine = memberships(user_id)[0]
    for n in range(20):
        made = Unit(code=f"more-{n}", kind=mine.unit.kind, name=f"Nơi {n}", parent_id=mine.unit.parent_id,
                    ward_id=mine.unit.ward_id, duty_phone=f"+8428383830{n:02}")  # fmt: skip
        db.session.add(made)
        db.session.flush()
        now = clock.now()
        shift = DutyShift(unit_id=made.id, user_id=user_id, starts_at=now, ends_at=now + timedelta(hours=1))
        member = Membership(user_id=user_id, unit_id=made.id, role=mine.role, state="active", confirmed_at=now)
        db.session.add_all([member, shift])
