"""Rooms with minors stay within the hours of their unit."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from tests.factories import World
from tests.rooms.conftest import open_adults, open_pair
from tutoring.community.models import DutyShift, DutySlot, Unit
from tutoring.kernel import clock, jobs
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict
from tutoring.rooms.models import Message, Room


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 27, hour, minute, tzinfo=clock.LOCAL)


@command
def hours(opens: int | None, closes: int | None) -> None:
    db.session.execute(sa.update(Unit).values(opens=opens, closes=closes))


@pytest.fixture
def usual(inside: World) -> Iterator[World]:
    """Nobody has set any hours: 6:30 to 21:30."""
    hours(None, None)
    yield inside


def work(moment: datetime) -> None:
    """Everything that is due by then is done then."""
    with clock.travel(moment):
        while jobs.run_due():
            pass


def lines(room_id: int) -> list[str]:
    db.session.expire_all()
    query = sa.select(Message.text).where(Message.room_id == room_id, Message.kind == "system").order_by(Message.seq)
    return list(db.session.scalars(query))


def room(room_id: int) -> Room:
    db.session.expire_all()
    return db.session.get_one(Room, room_id)


@pytest.mark.parametrize("moment", [at(6, 29), at(21, 30), at(23), at(0)])
def test_no_room_with_a_minor_opens_outside_the_hours(usual: World, moment: datetime) -> None:
    with clock.travel(moment):
        with pytest.raises(Conflict, match="6:30 đến 21:30"):
            open_pair(usual)
        assert room(open_adults(usual)).closed_at is None
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Room).where(Room.minors)) == 0


def test_ten_minutes_before_the_end_the_room_says_so_once_and_closes_at_the_end(usual: World) -> None:
    with clock.travel(at(21, 10)):
        pair = open_pair(usual)
    for minute in range(11, 20):
        work(at(21, minute))
    assert lines(pair) == []
    for minute in (20, 21, 22, 25, 29):
        work(at(21, minute) + timedelta(seconds=1))
    assert lines(pair) == ["Đến 21:30 là hết giờ, phòng sẽ tự đóng. Hãy làm nốt bước đang dở."]
    assert room(pair).closed_at is None
    work(at(21, 30))
    assert lines(pair)[1:] == ["Hết giờ mở phòng nên phòng đóng lại. Việc chưa xong thì nhờ giúp lại vào giờ mở cửa."]
    assert room(pair).closed_at is not None and room(pair).close_reason == "duty"
    work(at(21, 40))
    assert len(lines(pair)) == 2


def test_the_last_look_comes_at_the_very_end_of_the_hours(usual: World) -> None:
    with clock.travel(at(21, 29) + timedelta(seconds=30)):
        pair = open_pair(usual)
    due = db.session.scalars(sa.select(jobs.Job.run_at).where(jobs.Job.kind == "rooms.duty")).one()
    assert due == at(21, 30)
    work(at(21, 30))
    assert room(pair).closed_at is not None


def test_hours_that_are_made_shorter_close_what_is_open(usual: World) -> None:
    with clock.travel(at(18)):
        pair = open_pair(usual)
    hours(420, 17 * 60)
    work(at(18, 1) + timedelta(seconds=1))
    assert room(pair).closed_at is not None


def test_a_place_that_is_open_all_day_closes_nothing_at_midnight(inside: World) -> None:
    with clock.travel(at(23, 58)):
        pair = open_pair(inside)
    for minute in range(4):
        work(at(23, 59) + timedelta(minutes=minute, seconds=1))
    assert room(pair).closed_at is None and lines(pair) == []


def test_within_the_hours_duty_still_decides(usual: World) -> None:
    with clock.travel(at(12)):
        pair = open_pair(usual)

    @command
    def nobody() -> None:
        db.session.execute(sa.delete(DutySlot))
        db.session.execute(sa.delete(DutyShift))

    nobody()
    work(at(12, 2))
    assert lines(pair) == [
        "Hết giờ trực của thầy cô nên phòng đóng lại. Việc chưa xong thì nhờ giúp lại khi có người trực."
    ]


def test_a_room_of_adults_knows_no_hours(usual: World) -> None:
    with clock.travel(at(21)):
        adults = open_adults(usual)
    work(at(23))
    assert room(adults).closed_at is None
