"""What the waiting room says: the place, how long others waited, and what happens next."""

from collections.abc import Callable
from datetime import datetime, timedelta

from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import World
from tests.pairing.offers.test_dispatch import ask, at, request
from tests.pairing.test_commands import nobody_on_duty
from tutoring.kernel import clock, events
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.lessons.catalogue.queries import lessons_teaching
from tutoring.lessons.skills.queries import topics
from tutoring.pairing.events import WaitMessageDue
from tutoring.pairing.models import HelpRequest
from tutoring.pairing.requests.wait_estimates import LEAST, LEFT, SAYS, SHUT, Usual, past_waits, usual, wait_of
from tutoring.policy.pairing.offers import PHASES, phase

As = Callable[[str], FlaskClient]


@command
def past(world: World, at: datetime, waited: int, topic: str = "", helped: int = 600) -> None:
    db.session.add(
        HelpRequest(
            learner_id=world["bay"], asked_by_id=world["bay"], unit_id=world["kp3"], topic=topic or topics("vi")[0][0],
            minor=False, state="ended", outcome="yes", created_at=at, queued_at=at, waited_seconds=waited,
            helped_seconds=helped, ended_at=at + timedelta(hours=1),
        )
    )  # fmt: skip


def test_the_middle_half_of_past_waits() -> None:
    assert usual([60] * (LEAST - 1)) is None
    assert usual([60, 120, 180, 240, 300]) == Usual(2, 4, 5)
    assert usual([1] * LEAST) == Usual(1, 1, LEAST)


@given(st.lists(st.integers(0, 100_000), min_size=LEAST, max_size=60))
def test_half_of_all_waits_lie_within_what_is_told(seconds: list[int]) -> None:
    told = usual(seconds)
    assert told is not None and told.low <= told.high and told.count == len(seconds)
    assert 4 * sum(one <= told.high * 60 for one in seconds) >= 3 * len(seconds) - 3
    assert told.high * 60 < max(seconds) + 60


def test_only_the_same_skill_weekday_and_hour_counts_and_only_who_was_helped(inside: World) -> None:
    moment = clock.now()
    week = timedelta(days=7)
    for n in range(1, 6):
        past(inside, moment - n * week, 60 * n)
    past(inside, moment - week, 9999, topic="khac")
    past(inside, moment - week - timedelta(days=1), 9999)
    past(inside, moment - week - timedelta(hours=2), 9999)
    past(inside, moment - week, 9999, helped=0)
    past(inside, moment - 60 * week, 9999)
    assert sorted(past_waits(topics("vi")[0][0], moment)) == [60, 120, 180, 240, 300]


def test_phases_begin_at_their_minutes() -> None:
    assert [phase(seconds) for seconds in (0, 119, 120, 599, 600, 1199, 1200, 99_999)] == [0, 0, 2, 2, 10, 10, 20, 20]
    assert tuple(SAYS) == PHASES


def test_the_words_change_with_the_wait_and_the_page_is_told(inside: World) -> None:
    asked, start = ask(inside), clock.now()
    heard: list[WaitMessageDue] = []
    events.on(WaitMessageDue)(heard.append)
    try:
        for n, minutes in enumerate(PHASES):
            moment = start + timedelta(minutes=minutes, seconds=2)
            at(moment)
            with clock.travel(moment):
                found = request(asked)
                if found.alarmed_at is not None and minutes < PHASES[-1]:
                    assert wait_of(found).say == LEFT
                db.session.expunge(found)
                found.alarmed_at = None
                assert (wait_of(found).say, len(heard)) == (SAYS[minutes], n)
    finally:
        events._reactions[WaitMessageDue].remove(heard.append)
    assert wait_of(request(asked)).usual is None


def test_a_shut_room_is_told_as_it_is(inside: World) -> None:
    asked = ask(inside)
    nobody_on_duty()
    assert wait_of(request(asked)).say == SHUT["duty"]


def test_the_page_says_place_range_and_lessons(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        moment = clock.now()
        asked = ask(world)
        title = lessons_teaching(topics("vi")[0][0], "vi")[0][1]
    page = " ".join(as_("minh").get(f"/requests/{asked}").text.split())
    assert "Giờ này thường có người nhận" not in page and title in page
    with app.app_context():
        for n in range(1, 7):
            past(world, moment - n * timedelta(days=7), 60 * n)
    page = " ".join(as_("minh").get(f"/requests/{asked}").text.split())
    assert "Giờ này thường có người nhận sau 3 đến 5 phút." in page


def test_a_page_that_renews_its_parts_takes_no_word_away_and_sets_no_cookie(
    app: Flask, world: World, as_: Callable[[str], FlaskClient]
) -> None:
    with app.app_context():
        asked = ask(world)
    minh = as_("minh")
    minh.get(f"/requests/{asked}")  # the page from which the button is pressed
    minh.post(f"/requests/{asked}/cancel")
    parts = minh.get("/requests", headers={"X-Parts": "1"})
    assert "Đã huỷ yêu cầu" not in parts.text and "Set-Cookie" not in parts.headers
    assert "Đã huỷ yêu cầu" in minh.get("/requests").text
    assert "Đã huỷ yêu cầu" not in minh.get("/requests").text
