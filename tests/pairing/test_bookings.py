"""A proposed pair that both accept becomes a weekly meeting, with reminders, its room, another time, an end."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, person
from tests.pairing.scheduling.fixtures import may_help, tells_hours, wishes
from tests.pairing.test_commands import nobody_on_duty
from tutoring.community.memberships import suspensions
from tutoring.kernel import clock, jobs
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, InvalidInput, NotFound
from tutoring.notifications.models import Notice
from tutoring.pairing.models import Avoidance, HelpRequest
from tutoring.pairing.requests import commands as requests_commands
from tutoring.pairing.rounds import commands as rounds_commands
from tutoring.pairing.rounds import queries as rounds_queries
from tutoring.pairing.scheduling import commands as scheduling_commands
from tutoring.pairing.scheduling import proposals
from tutoring.pairing.scheduling.calendar import next_meeting
from tutoring.pairing.scheduling.models import Booking, Proposal
from tutoring.rooms.models import Room, Seat

As = Callable[[str], FlaskClient]


def work() -> None:
    while jobs.run_due():
        pass
    db.session.expire_all()


def proposed(world: World, learner: str = "minh", helper: str = "khoa") -> int:
    """A published round in which these two are paired; returns the proposal."""
    request_id = wishes(world, learner)
    tells_hours(world, learner, helper)
    round_id = rounds_commands.begin_round(person(world["quang"]), world["truong"])
    work()
    rounds_commands.publish_round(person(world["quang"]), round_id)
    return db.session.scalars(sa.select(Proposal.id).where(Proposal.request_id == request_id)).one()


def answer(world: World, name: str, proposal_id: int, word: str = "accept") -> None:
    proposals.answer_proposal(person(world[name]), proposal_id, word)
    db.session.expire_all()


def booked(world: World) -> Booking:
    proposal_id = proposed(world)
    answer(world, "minh", proposal_id)
    answer(world, "khoa", proposal_id)
    return booking()


def booking() -> Booking:
    db.session.expire_all()
    return db.session.scalars(sa.select(Booking)).one()


def told(world: World, name: str) -> list[str]:
    return list(db.session.scalars(sa.select(Notice.say).where(Notice.user_id == world[name]).order_by(Notice.id)))


def start() -> datetime:
    return next_meeting(booking(), clock.now())


def test_both_say_yes_and_meet_every_week(inside: World) -> None:
    proposal_id = proposed(inside)
    assert "Có một người hợp" in told(inside, "minh")[-1] and "Có một người hợp" in told(inside, "khoa")[-1]
    assert "có thể giúp" in told(inside, "lan")[-1]
    answer(inside, "minh", proposal_id)
    assert db.session.scalar(sa.select(Booking.id)) is None
    answer(inside, "khoa", proposal_id)
    row = booking()
    assert row.first_on > clock.today() - timedelta(days=1) and row.first_on.weekday() == row.day
    asked = db.session.scalars(sa.select(HelpRequest)).one()
    assert (asked.state, asked.outcome) == ("ended", "booked")
    first = start()
    with clock.travel(first - timedelta(minutes=59)):
        work()
        work()
        assert [say for say in told(inside, "minh") if "Một giờ nữa" in say] == ["Một giờ nữa có buổi học: %(at)s."]
    with clock.travel(first + timedelta(seconds=5)):
        work()
        room = db.session.scalars(sa.select(Room)).one()
        seats = {(one.user_id, one.role) for one in db.session.scalars(sa.select(Seat).where(Seat.room_id == room.id))}
        assert seats >= {(inside["minh"], "learner"), (inside["khoa"], "helper"), (inside["lan"], "guardian")}
        assert room.minors and room.observed and booking().room_id == room.id
        assert start() - first == timedelta(days=7)
        work()
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Room)) == 1


def test_without_anybody_on_duty_no_room_opens_and_both_hear(inside: World) -> None:
    booked(inside)
    nobody_on_duty()
    first = start()
    for minutes in (0, 6, 12, 18):
        with clock.travel(first + timedelta(minutes=minutes)):
            work()
    assert db.session.scalar(sa.select(Room.id)) is None
    assert sum("chưa mở được phòng" in say for say in told(inside, "minh")) == 1


def test_a_no_is_private_and_the_request_keeps_its_place(inside: World) -> None:
    proposal_id = proposed(inside)
    answer(inside, "khoa", proposal_id)
    answer(inside, "minh", proposal_id, "never")
    assert db.session.scalar(sa.select(Avoidance.other_id).where(Avoidance.user_id == inside["minh"])) == inside["khoa"]
    assert db.session.scalars(sa.select(HelpRequest)).one().state == "waiting"
    assert "chưa thành" in told(inside, "khoa")[-1]
    with pytest.raises(Conflict):
        answer(inside, "khoa", proposal_id)


def test_it_expires_after_three_days(inside: World) -> None:
    proposal_id = proposed(inside)
    answer(inside, "minh", proposal_id)
    with clock.travel(clock.now() + timedelta(days=2, hours=23)):
        work()
        assert db.session.get_one(Proposal, proposal_id).state == "open"
    with clock.travel(clock.now() + timedelta(days=3, minutes=1)):
        work()
        assert db.session.get_one(Proposal, proposal_id).state == "expired"


def test_for_a_child_of_ten_the_guardian_says_yes_too(inside: World) -> None:
    proposal_id = proposed(inside, "an")
    answer(inside, "an", proposal_id)
    answer(inside, "khoa", proposal_id)
    assert db.session.get_one(Proposal, proposal_id).state == "open"
    with pytest.raises(NotFound):
        answer(inside, "hang", proposal_id)
    answer(inside, "lan", proposal_id)
    assert booking().learner_id == inside["an"]


def test_it_ends_with_a_reason_that_the_other_does_not_read(inside: World) -> None:
    number = booked(inside).id
    with pytest.raises(InvalidInput):
        scheduling_commands.end_booking(person(inside["minh"]), number, " ")
    scheduling_commands.end_booking(person(inside["minh"]), number, "Em bận học thêm")
    assert booking().state == "ended" and booking().why == "Em bận học thêm"
    assert told(inside, "khoa")[-1] == "Một lịch hẹn hằng tuần đã dừng."
    (round_id,) = db.session.scalars(sa.select(Proposal.round_id))
    lines = rounds_queries.lines_of(round_id, served=True)
    assert [one.why for one in rounds_queries.met(lines).values()] == ["Em bận học thêm"]  # the coordinator's page
    requests_commands.forget_words(inside["minh"])
    db.session.expire_all()
    assert booking().why == ""
    with pytest.raises(Conflict):
        scheduling_commands.end_booking(person(inside["khoa"]), number, "Anh cũng bận")


def test_whoever_loses_the_right_meets_nobody(inside: World) -> None:
    booked(inside)
    suspensions.suspend(person(inside["quang"]), inside["khoa"], "Đang xem lại một việc")
    assert booking().state == "ended"


def test_days_away_are_left_out(inside: World) -> None:
    booked(inside)
    first = start()
    day = clock.local(first).date()
    scheduling_commands.add_away(person(inside["khoa"]), inside["khoa"], day, day)
    assert start() == first + timedelta(days=7)


def test_after_two_weeks_both_are_asked(inside: World) -> None:
    number = booked(inside).id
    with clock.travel(start() + timedelta(days=14, minutes=1)):
        work()
        assert "Hai bên có gặp nhau không?" in told(inside, "minh")
        scheduling_commands.say_met(person(inside["minh"]), number, True)
        scheduling_commands.say_met(person(inside["khoa"]), number, False)
        assert (booking().met_learner, booking().met_helper) == (True, False)


def test_the_page(app: Flask, world: World, as_: As, queries: list[str]) -> None:
    with app.app_context():
        may_help(world, "quang")
        proposal_id = proposed(world)
        db.session.remove()
    for name in ("minh", "khoa", "lan"):
        client = as_(name)
        queries.clear()
        assert "hằng tuần, 18:" in client.get("/weekly").text
        assert len([one for one in queries if one.startswith(("SELECT", "WITH"))]) <= 14, "\n".join(queries)
    for name in ("minh", "khoa"):
        answered = as_(name).post(f"/proposals/{proposal_id}/answer", data={"word": "accept"}, follow_redirects=True)
        assert "đồng ý" in answered.text
    page = as_("minh").get("/weekly").text
    assert "Buổi tới" in page and "Đổi giờ" in page
    assert as_("hang").post(f"/proposals/{proposal_id}/answer", data={"word": "accept"}).status_code == 404


@pytest.mark.full
def test_the_page_asks_the_same_for_one_card_as_for_two(app: Flask, world: World, as_: As, queries: list[str]) -> None:
    client = as_("lan")

    def asked(cards: int) -> int:
        queries.clear()
        page = client.get("/weekly").text
        assert page.count('class="panel"') == cards
        return len(queries)

    with app.app_context():
        first = proposed(world)
        db.session.remove()
    asked(1)  # what is kept in memory
    one = asked(1)
    with app.app_context():
        second = proposed(world, "an")
        db.session.remove()
    assert asked(2) == one
    with app.app_context():
        for name, proposal_id in (("minh", first), ("khoa", first), ("an", second), ("lan", second), ("khoa", second)):
            answer(world, name, proposal_id)
        db.session.remove()
    two = asked(2)
    with app.app_context():
        number = db.session.scalars(sa.select(Booking.id).order_by(Booking.id)).first()
        scheduling_commands.end_booking(person(world["minh"]), number or 0, "Em bận")
        db.session.remove()
    assert asked(1) == two
