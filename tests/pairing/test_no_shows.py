"""Who does not come to a room that has opened, on either side."""

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, person
from tests.pairing.offers.test_dispatch import ask, at, offers, opens_a_page, request, told
from tutoring.kernel import clock, jobs
from tutoring.kernel.db import db
from tutoring.notifications.models import Notice
from tutoring.pairing.models import NoShow
from tutoring.pairing.offers import commands as offers_commands
from tutoring.pairing.offers.queries import may_take, no_shows_of
from tutoring.pairing.requests import commands as requests_commands
from tutoring.pairing.requests import queries
from tutoring.policy.pairing.offers import FIRST_WORD_WITHIN, who_is_missing
from tutoring.rooms.messages import commands as messages_commands
from tutoring.rooms.models import Room
from tutoring.rooms.sessions import commands as sessions_commands

As = Callable[[str], FlaskClient]
LATE = FIRST_WORD_WITHIN + timedelta(seconds=2)


def opened(world: World, name: str = "minh") -> tuple[int, int]:
    asked = ask(world, name)
    offers_commands.claim(person(world["khoa"]), asked)
    requests_commands.answer(person(world[name]), asked, "accept")
    return asked, request(asked).room_id or 0


def writes(world: World, name: str, room_id: int) -> None:
    messages_commands.post_message(person(world[name]), room_id, str(uuid.uuid4()), "Chào bạn")


def test_both_have_begun_and_nothing_happens(inside: World) -> None:
    asked, room_id = opened(inside)
    writes(inside, "khoa", room_id)
    writes(inside, "minh", room_id)
    at(clock.now() + LATE)
    assert request(asked).state == "helping" and db.session.get_one(Room, room_id).closed_at is None


def test_a_silent_helper_gives_the_learner_the_front_with_words_and_place(inside: World) -> None:
    earlier = ask(inside, "bay")
    asked, room_id = opened(inside)
    before = request(asked)
    kept = (before.queued_at, before.words)
    writes(inside, "minh", room_id)
    opens_a_page(inside["khoa"])
    at(clock.now() + LATE)
    found = request(asked)
    assert (found.state, found.stage, found.room_id, found.helper_id) == ("waiting", "waiting", None, None)
    assert (found.queued_at, found.words) == kept and found.in_front
    assert queries.place(found) == 1 and queries.place(request(earlier)) == 2
    assert db.session.get_one(Room, room_id).closed_at is not None
    at(clock.now() + LATE + timedelta(minutes=2))
    assert inside["khoa"] not in [one.helper_id for one in offers(asked)]
    assert asked not in [row.id for row in may_take(person(inside["khoa"]))]
    assert list(no_shows_of(inside["khoa"])) == ["helper"] and no_shows_of(inside["minh"]) == {}
    assert told(inside["minh"], f"returned:{asked}:{inside['khoa']}") is not None
    assert found.waited_seconds >= 0 and found.helped_seconds >= FIRST_WORD_WITHIN.total_seconds()


def test_a_silent_learner_frees_the_helper_and_comes_back_in_one_tap(inside: World) -> None:
    asked, room_id = opened(inside)
    queued = request(asked).queued_at
    writes(inside, "khoa", room_id)
    at(clock.now() + LATE)
    found = request(asked)
    assert (found.stage, found.room_id, found.helper_id, found.queued_at) == ("paused", None, None, queued)
    assert not queries.busy(inside["khoa"]) and db.session.get_one(Room, room_id).closed_at is not None
    assert list(no_shows_of(inside["minh"])) == ["learner"]
    requests_commands.resume(person(inside["minh"]), asked)
    assert request(asked).stage == "waiting" and queries.place(request(asked)) == 1
    offers_commands.claim(person(inside["khoa"]), asked)  # who waited may help after all
    requests_commands.answer(person(inside["minh"]), asked, "accept")
    assert request(asked).state == "helping"


def test_a_guardians_word_counts_for_the_learners_side(inside: World) -> None:
    asked, room_id = opened(inside)
    writes(inside, "khoa", room_id)
    writes(inside, "lan", room_id)
    at(clock.now() + LATE)
    assert request(asked).state == "helping"


def test_a_room_that_is_over_by_then_is_left_alone(inside: World) -> None:
    asked, room_id = opened(inside)
    sessions_commands.end_session(person(inside["khoa"]), room_id, "yes")
    at(clock.now() + LATE)
    assert request(asked).state == "ended" and db.session.scalar(sa.select(sa.func.count(NoShow.id))) == 0


def test_a_look_that_is_done_twice_counts_once(inside: World) -> None:
    _asked, room_id = opened(inside)
    writes(inside, "khoa", room_id)
    with clock.travel(clock.now() + LATE):
        taken = jobs._claim(50)  # and the worker dies
    with clock.travel(clock.now() + LATE + jobs.LEASE + timedelta(seconds=1)):
        while jobs.run_due():
            pass
        for work_id, lease in taken:
            jobs._perform(work_id, lease)
    assert db.session.scalar(sa.select(sa.func.count(NoShow.id))) == 1
    missed = sa.select(sa.func.count(Notice.id)).where(Notice.key.startswith("missed:"))
    assert db.session.scalar(missed) == 2


@pytest.mark.parametrize(
    ("helper", "learner", "missing"),
    [(True, True, ""), (False, True, "helper"), (True, False, "learner"), (False, False, "helper")],
)
def test_who_is_missing(helper: bool, learner: bool, missing: str) -> None:
    assert who_is_missing(helper, learner) == missing


def test_the_pages_say_what_happened(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        asked, room_id = opened(world)
        writes(world, "khoa", room_id)
        at(clock.now() + LATE)
    minh = as_("minh")
    page = minh.get(f"/requests/{asked}").text
    assert "Người giúp đã chờ trong phòng mà chưa gặp em." in page and "Em quay lại rồi" in page
    minh.post(f"/requests/{asked}/resume")
    assert "đang đứng thứ" in minh.get(f"/requests/{asked}").text


@pytest.mark.full
def test_staff_see_a_plain_count_with_dates(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        for name in ("minh", "lan"):
            opened(world, name)
            at(clock.now() + LATE)
        member = db.session.scalar(
            sa.text("SELECT id FROM membership WHERE user_id = :who ORDER BY id"), {"who": world["khoa"]}
        )
    page = " ".join(as_("quang").get(f"/members/{member}").text.split())
    assert "2 lần nhận giúp mà không vào phòng, trong 90 ngày:" in page
