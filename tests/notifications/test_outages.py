"""Ways out that reach nobody: who is told, by which way, and what the board shows."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World
from tutoring.accounts.models import User
from tutoring.kernel import clock, jobs
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.monitoring import outages
from tutoring.notifications.channels.registry import CHANNELS, OutgoingMessage, Unreachable
from tutoring.notifications.inbox import commands
from tutoring.notifications.models import Notice
from tutoring.notifications.preferences.topics import WAYS
from tutoring.notifications.rules.outages import FAILS

MINUTE = timedelta(minutes=1)
NOON = datetime(2026, 12, 2, 12, 0, tzinfo=clock.LOCAL)
As = Callable[[str], FlaskClient]


class Way:
    """A way out that breaks when told to."""

    def __init__(self, name: str, wrong: Exception | None = None) -> None:
        self.name, self.wrong = name, wrong
        self.sent: list[tuple[int, OutgoingMessage]] = []

    def ready(self) -> bool:
        return True

    def reaches(self, _person: User) -> bool:
        return True

    def deliver(self, person: User, letter: OutgoingMessage) -> None:
        if self.wrong is not None:
            raise self.wrong
        self.sent.append((person.id, letter))


@pytest.fixture
def mail(monkeypatch: pytest.MonkeyPatch) -> Way:
    way = Way("mail")
    monkeypatch.setitem(CHANNELS, "mail", way)
    return way


@pytest.fixture
def sms(monkeypatch: pytest.MonkeyPatch) -> Way:
    way = Way("sms")
    monkeypatch.setitem(CHANNELS, "sms", way)
    return way


@pytest.fixture
def inside(app: Flask, world: World) -> Iterator[World]:
    with app.app_context():
        _no_work()
        yield world
        db.session.remove()


@command
def _no_work() -> None:
    db.session.execute(sa.delete(jobs.Job))


def at(minutes: int, *urgent: int) -> None:
    """At this minute: tell these people something that goes out at once, and do what is due."""
    with clock.travel(NOON + minutes * MINUTE):
        for user_id in urgent:
            commands.notify(user_id, f"claimed:{minutes}:9", "Có người sẵn sàng giúp bạn.", "/requests/7")
        while jobs.run_due():
            pass
        db.session.expire_all()


def told(way: str = "mail") -> list[int]:
    query = sa.select(Notice.user_id).where(Notice.key == f"way-fails:{way}", Notice.read_at.is_(None))
    return sorted(db.session.scalars(query))


def test_who_runs_the_site_hears_after_a_quarter_of_an_hour_by_the_ways_that_are_left(
    inside: World, mail: Way, sms: Way
) -> None:
    mail.wrong = OSError("connection refused")
    at(0, inside["lan"])
    for minutes in (1, 2, 7, 14):
        at(minutes)
    assert told() == []
    at(16)
    admins = sorted([inside["admin1"], inside["admin2"]])
    assert told() == admins
    assert sorted(id for id, letter in sms.sent if letter.topics == ("site",)) == admins
    assert all("trục trặc" in letter.lines[0] for id, letter in sms.sent if id in admins)
    assert [one.way for one in outages.failing_channels()] == ["mail"]


def test_it_is_told_once_and_waits_no_more_once_somebody_is_reached(inside: World, mail: Way, sms: Way) -> None:
    mail.wrong = OSError("connection refused")
    for minutes in (0, 2, 16, 40, 70):
        at(minutes, inside["lan"])
    assert len(told()) == 2
    mail.wrong = None
    at(75, inside["bay"])
    assert told() == [] and outages.failing_channels() == []


def test_one_letter_that_arrives_meanwhile_is_no_outage(inside: World, mail: Way) -> None:
    mail.wrong = OSError("timed out")
    at(0, inside["lan"])
    mail.wrong = None
    at(3, inside["bay"])
    mail.wrong = OSError("timed out")
    at(10, inside["muoi"])
    at(16)
    assert told() == []


def test_one_address_that_is_gone_is_no_outage_and_a_server_that_refuses_everybody_is(inside: World, mail: Way) -> None:
    mail.wrong = Unreachable()
    at(0, inside["lan"])
    at(16)
    assert told() == []
    at(20, inside["bay"])
    at(40)
    assert len(told()) == 2


def test_a_device_that_is_gone_says_that_the_push_service_works(inside: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CHANNELS, "push", Way("push", Unreachable()))
    at(0, inside["lan"], inside["bay"])
    at(16, inside["muoi"])
    at(40)
    assert told("push") == []


def test_what_failed_hours_ago_says_nothing_of_now(inside: World, mail: Way) -> None:
    mail.wrong = Unreachable()
    at(0, inside["lan"])
    at(300, inside["bay"])
    at(301)
    assert told() == []


def test_the_board_shows_it(app: Flask, world: World, as_: As, mail: Way) -> None:
    mail.wrong = OSError("connection refused")
    with app.app_context():
        _no_work()
        for minutes in (0, 2, 7, 16):
            at(minutes, world["lan"])
        db.session.remove()
    page = as_("hang").get("/board").text
    assert "Không gửi được email cho ai" in page and "đi bằng các đường còn lại" in page


def test_there_are_words_for_every_way() -> None:
    assert set(FAILS) == set(WAYS)
