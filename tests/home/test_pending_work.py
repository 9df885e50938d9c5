"""Everything that waits for a member of staff stands on their start page, and leads to the very thing."""

import contextlib
import html
import math
import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, client_of, person
from tests.home.waiting_work import WAITING, Waiting
from tests.statements import asked
from tutoring.accounts.queries import children
from tutoring.community.queries import staff_roles
from tutoring.home import demo_accounts
from tutoring.home.pending_work import notices
from tutoring.home.pending_work.collected import SOURCES, pending_work
from tutoring.home.pending_work.viewer import Viewer
from tutoring.home.pending_work.work_item import KINDS, WorkItem
from tutoring.kernel import clock, overrides, rate_limits
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.held_roles import held_roles
from tutoring.notifications.models import Notice
from tutoring.notifications.preferences.topics import TOPICS
from tutoring.rooms.models import Room
from tutoring.rooms.moderation import commands as moderation_commands
from tutoring.training.models import TrainingSeat, TrainingSession


def rows(client: FlaskClient) -> list[tuple[str, str]]:
    """The rows of the page as kind and address, in order; the folded ones too."""
    answer = client.get("/")
    assert answer.status_code == 200
    part = answer.text.split('id="now"', 1)[1].split("</section>", 1)[0]
    assert "<b></b>" not in part  # a row that is shown has its words
    found = re.findall(r'<li data-kind="(\w+)">.*?href="([^"]+)"', part, flags=re.DOTALL)
    return [(kind, html.unescape(href)) for kind, href in found]


def kinds_for(app: Flask, user_id: int) -> set[str]:
    """Of what there are rows on this person's page; without the page, which is made for the one for whom it waits."""
    with app.test_request_context():
        someone = person(user_id)
        own = [tie.child_id for tie in children(user_id) if tie.confirmed_at]
        viewer = Viewer(someone, held_roles(user_id), staff_roles(user_id), own)
        found = {item.kind for item in pending_work(viewer).items}
        db.session.remove()
    return found


@pytest.mark.parametrize("waits", WAITING, ids=lambda waits: waits.kind)
def test_what_waits_is_on_the_page_of_who_does_it_and_of_no_other(
    app: Flask, world: World, waits: Waiting, backend: str
) -> None:
    others = waits.others if backend == "sqlite" else ()  # to whom a row is shown is no matter of the database
    with contextlib.ExitStack() as stack:
        if waits.years:
            stack.enter_context(clock.travel(clock.now() + timedelta(days=365 * waits.years)))
        client = client_of(app, world[waits.whom])
        if others:
            assert waits.kind not in kinds_for(app, world[waits.whom]) or waits.years
        with app.app_context():
            there = waits.make(world)
        assert (waits.kind, there) in rows(client)
        assert client.get(there.split("#")[0], follow_redirects=True).status_code == 200
        assert waits.kind in kinds_for(app, world[waits.whom])
        for name in others:
            assert waits.kind not in kinds_for(app, world[name]), name


def test_one_of_each_kind_is_made(backend: str) -> None:
    made = [waits.kind for waits in WAITING]
    assert sorted(made) == sorted(KINDS)
    assert sorted(kind for source in SOURCES for kind in source.kinds) == sorted(KINDS)


def test_every_notice_tells_or_asks_and_what_it_asks_has_a_row(backend: str) -> None:
    words = {word for topic in TOPICS.values() for word in topic.words}
    assert notices.ASKS.keys() | notices.TELLS == words and not notices.ASKS.keys() & notices.TELLS
    assert {kind for kinds in notices.ASKS.values() for kind in kinds} <= KINDS.keys()


def test_of_equal_rank_what_is_due_soon_stands_first_and_what_is_due_later_last(backend: str) -> None:
    now = clock.now()
    overdue, soon, later = (
        WorkItem("task", name, "/", due=now + timedelta(days=days))
        for name, days in (("overdue", -1), ("soon", 2), ("later", 6))
    )
    waits = WorkItem("asked_to_help", "waits", "/", since=now - timedelta(minutes=9))
    grave = WorkItem("breach", "grave", "/", due=now + timedelta(days=9))
    some = sorted([later, waits, soon, overdue, grave], key=lambda one: one.order)
    assert [one.title for one in some] == ["grave", "overdue", "soon", "waits", "later"]


# ---- what only a notice knows ------------------------------------------------------------------------------------


@command
def read_all() -> None:
    db.session.execute(sa.update(Notice).values(read_at=clock.now()))


def made(app: Flask, world: World, kind: str) -> FlaskClient:
    """One of this kind, whose notice was read; the client of the person for whom it waits."""
    waits = next(one for one in WAITING if one.kind == kind)
    client = client_of(app, world[waits.whom])
    with app.app_context():
        waits.make(world)
    assert kind in {shown for shown, _ in rows(client)}
    with app.app_context():
        read_all()
    return client


@pytest.mark.parametrize("kind", ["vouchers_expired", "site_stalled"])
def test_what_tells_of_something_over_is_done_once_it_is_read(app: Flask, world: World, kind: str) -> None:
    assert kind not in {shown for shown, _ in rows(made(app, world, kind))}


@pytest.mark.parametrize("kind", ["masked_words", "training_renewals", "own_training"])
def test_what_asks_for_a_deed_waits_until_the_deed_though_it_was_read(app: Flask, world: World, kind: str) -> None:
    client = made(app, world, kind)
    assert kind in {shown for shown, _ in rows(client)}
    with app.app_context():
        done = {"masked_words": look_into_the_room, "training_renewals": announce, "own_training": sign_up}[kind]
        done(world)
    assert kind not in {shown for shown, _ in rows(client)}


def look_into_the_room(world: World) -> None:
    room_id = db.session.scalars(sa.select(Room.id).order_by(Room.id.desc())).first()
    assert room_id is not None
    moderation_commands.enter_as_observer(person(world["hang"]), room_id)


def announce(world: World) -> TrainingSession:
    made = TrainingSession(
        unit_id=world["phuong"], track="cong-chuc-van-hoa", title="Buổi mới", place="Phòng họp", minutes=60, seats=30,
        at=clock.now() + timedelta(days=2), leader_id=world["mai"], by_id=world["mai"],
    )  # fmt: skip
    stored(made)
    return made


def sign_up(world: World) -> None:
    stored(TrainingSeat(session_id=announce(world).id, user_id=world["mai"], state="in"))


@command
def stored(row: TrainingSession | TrainingSeat) -> None:
    db.session.add(row)
    db.session.flush()


def test_a_closed_room_waits_for_nobody(app: Flask, world: World) -> None:
    client = made(app, world, "masked_words")
    with app.app_context():
        close_rooms()
    assert "masked_words" not in {shown for shown, _ in rows(client)}


@command
def close_rooms() -> None:
    db.session.execute(sa.update(Room).values(closed_at=clock.now(), close_reason="ended"))


def test_what_was_read_waits_for_its_time_only(app: Flask, world: World) -> None:
    client = made(app, world, "training_renewals")
    with clock.travel(clock.now() + timedelta(days=8)):
        assert "training_renewals" not in {shown for shown, _ in rows(client)}


# ---- what it costs -----------------------------------------------------------------------------------------------

# Of each role, what is made again and again, and how many statements the full page takes at most.
COSTS = {
    "hang": (("held_message", "uneasy", "message_appeal", "member", "need_to_confirm"), 60),
    "quang": (("held_message", "uneasy", "member", "lesson_without_editor"), 58),
    "mai": (("device_offer", "device_to_check", "task", "training_to_mark"), 36),
    "admin2": (("join_code", "failed_jobs", "breach"), 27),
}
ONCE = frozenset({"message_appeal", "need_to_confirm", "lesson_without_editor", "device_to_check", "failed_jobs"})


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in ("hang", "mai") else pytest.mark.full) for name in COSTS]
)
def test_the_page_asks_the_same_of_the_database_for_two_of_each_as_for_five(
    app: Flask, world: World, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        monkeypatch.setitem(demo_accounts._seen, db.engine, (math.inf, True))
    monkeypatch.setattr(overrides, "FRESH", 3600.0)
    monkeypatch.setattr(rate_limits, "hit", lambda *_key: None)  # nobody is too quick
    client, (kinds, most) = client_of(app, world[name]), COSTS[name]
    makers = {waits.kind: waits.make for waits in WAITING}

    def cost(times: int) -> int:
        with app.app_context():
            for _ in range(times):
                for kind in kinds:
                    if kind not in ONCE:
                        makers[kind](world)
        client.get("/")
        with asked(app) as statements:
            assert {kind for kind, _ in rows(client)} >= set(kinds)
        return len(statements)

    for kind in ONCE.intersection(kinds):
        with app.app_context():
            makers[kind](world)
    two = cost(2)
    assert cost(3) == two <= most
