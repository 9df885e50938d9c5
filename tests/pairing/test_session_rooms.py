"""At its time the room of a group session opens by the rules of every room, and ends; what is asked anew."""

from datetime import timedelta

import sqlalchemy as sa

from tests.factories import World, person
from tests.pairing.group_sessions.fixtures import announced, parents, pupils, signs_up, stands, states, tomorrow
from tests.pairing.test_bookings import told, work
from tests.pairing.test_commands import nobody_on_duty
from tutoring.accounts.models import Guardian
from tutoring.community.models import DutySlot
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.lessons.skills import commands as skills_commands
from tutoring.lessons.skills.queries import topics
from tutoring.notifications.models import Notice
from tutoring.pairing.group_sessions import commands as group_sessions_commands
from tutoring.pairing.group_sessions.jobs import plan as planned
from tutoring.pairing.group_sessions.models import GroupSession
from tutoring.pairing.lifecycle.avoidance import avoid
from tutoring.rooms.models import Room, Seat
from tutoring.rooms.presence import commands as presence_commands
from tutoring.rooms.sessions import commands as sessions_commands


def begins(session_id: int, late: timedelta = timedelta(seconds=5)) -> None:
    """Let the time of a session come."""
    with clock.travel(stands(session_id).at + late):
        work()


def seats(room_id: int | None) -> dict[int, str]:
    rows = db.session.scalars(sa.select(Seat).where(Seat.room_id == room_id, Seat.removed_at.is_(None)))
    return {row.user_id: row.role for row in rows}


def heard(user_id: int, key: str) -> list[str]:
    query = sa.select(Notice.say).where(Notice.user_id == user_id, Notice.key.startswith(key))
    return list(db.session.scalars(query.order_by(Notice.id)))


def test_those_with_a_place_enter_an_observed_room_and_the_rest_is_told(inside: World) -> None:
    session_id, (late,) = announced(inside), pupils(inside, 1)
    signs_up(inside["minh"], session_id)
    signs_up(inside["lan"], session_id, inside["an"])
    assert signs_up(late, session_id) == "waiting"
    begins(session_id)
    row = stands(session_id)
    assert row.state == "begun"
    room = db.session.get_one(Room, row.room_id)
    assert room.minors and room.observed and not room.trusted and room.unit_id == inside["truong"]
    assert seats(room.id) == {
        inside["minh"]: "learner", inside["an"]: "learner", inside["hang"]: "helper", inside["lan"]: "guardian"
    }  # fmt: skip
    for name in ("minh", "an", "hang"):
        assert told(inside, name)[-1] == "Đến giờ rồi. Phòng học nhóm đã mở."
    assert "không còn chỗ trống" in heard(late, "session-full")[0]
    assert "đang học nhóm" in heard(inside["lan"], "opened:")[0]
    begins(session_id, timedelta(minutes=1))
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Room)) == 1


def test_while_nobody_else_is_on_duty_it_is_tried_three_times_and_all_are_told(inside: World) -> None:
    session_id = announced(inside)
    for who in (inside["minh"], *pupils(inside, 1)):
        signs_up(who, session_id)
    nobody_on_duty()
    begins(session_id)
    begins(session_id, timedelta(minutes=6))
    assert stands(session_id).state == "open"
    begins(session_id, timedelta(minutes=12))
    row = stands(session_id)
    assert (row.state, row.because, row.room_id) == ("missed", "shut", None)
    for name in ("minh", "hang"):
        assert sum("không có thầy cô trực" in say for say in told(inside, name)) == 1


def test_who_leads_is_not_the_one_on_duty(inside: World) -> None:
    """quang is taken off: hang alone, who leads, does not watch over her own room."""
    session_id = announced(inside)
    for who in (inside["minh"], *pupils(inside, 1)):
        signs_up(who, session_id)
    db.session.execute(sa.delete(DutySlot).where(DutySlot.user_id != inside["hang"]))
    db.session.commit()
    for minutes in (0, 6, 12):
        begins(session_id, timedelta(minutes=minutes, seconds=5))
    assert stands(session_id).because == "shut"


def test_no_adult_opens_a_room_with_one_minor(inside: World) -> None:
    session_id = announced(inside)
    signs_up(inside["minh"], session_id)
    begins(session_id)
    row = stands(session_id)
    assert (row.state, row.because) == ("missed", "few")
    assert "chưa đủ người" in told(inside, "minh")[-1] and "chưa đủ người" in told(inside, "hang")[-1]


def test_for_adults_one_is_enough(inside: World) -> None:
    skills_commands.grant_skill(person(inside["mai"]), inside["muoi"], topics("vi")[0][0], 2)
    session_id = announced(inside, "muoi", unit_id=inside["kp3"], pupils=False, lowest=None, highest=None)
    signs_up(inside["bay"], session_id)
    begins(session_id)
    row = stands(session_id)
    assert row.state == "begun" and not db.session.get_one(Room, row.room_id).minors


def test_every_rule_is_asked_anew_and_who_no_longer_fits_stays_out(inside: World) -> None:
    session_id, (one, two) = announced(inside, places=4), pupils(inside, 2)
    for who in (inside["minh"], one, two):
        signs_up(who, session_id)
    avoid(person(two), inside["minh"])
    begins(session_id)
    assert set(seats(stands(session_id).room_id)) == {inside["minh"], one, inside["hang"], inside["lan"]}
    assert "chưa vào được theo quy định" in heard(two, "session-out")[0]


def test_a_leader_who_lost_the_skill_opens_no_room(inside: World) -> None:
    session_id = announced(inside)
    for who in (inside["minh"], *pupils(inside, 1)):
        signs_up(who, session_id)
    skills_commands.revoke_skill(person(inside["quang"]), inside["hang"], topics("vi")[0][0])
    begins(session_id)
    assert stands(session_id).because == "few"


def test_for_a_young_child_only_its_own_guardian_counts(inside: World) -> None:
    """khoa, a pupil of grade 11, leads; another child's mother in the room is a stranger to an."""
    row = GroupSession(
        unit_id=inside["truong"], helper_id=inside["khoa"], topic=topics("vi")[0][0], level=1, words="Cùng học",
        at=tomorrow(), minutes=45, places=4, pupils=True, lowest=4, highest=6,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    planned(row)
    db.session.commit()
    session_id = row.id
    group_sessions_commands.sign_up(person(inside["minh"]), session_id, inside["minh"])
    group_sessions_commands.sign_up(person(inside["lan"]), session_id, inside["an"])
    db.session.execute(sa.delete(Guardian).where(Guardian.child_id == inside["an"]))
    db.session.commit()
    begins(session_id)
    assert heard(inside["an"], "session-out")
    assert seats(stands(session_id).room_id) == {
        inside["minh"]: "learner", inside["khoa"]: "helper", inside["lan"]: "guardian"
    }  # fmt: skip


def test_when_who_leads_does_not_come_the_learners_wait_no_longer(inside: World) -> None:
    session_id = announced(inside)
    for who in (inside["minh"], *pupils(inside, 1)):
        signs_up(who, session_id)
    begins(session_id)
    room_id = stands(session_id).room_id
    assert room_id is not None
    begins(session_id, timedelta(minutes=11))
    row = stands(session_id)
    assert (row.state, row.because) == ("missed", "helper")
    assert db.session.get_one(Room, room_id).close_reason == "stopped"
    assert "chưa vào được" in told(inside, "minh")[-1]


def test_it_ends_with_its_room_and_at_the_latest_soon_after_its_time(inside: World) -> None:
    first = announced(inside, pupils=False, lowest=None, highest=None)
    second = announced(inside, pupils=False, lowest=None, highest=None, at=tomorrow() + timedelta(minutes=45))
    for session_id, who in zip((first, second), parents(inside, 2), strict=True):
        signs_up(who, session_id)
        with clock.travel(stands(session_id).at + timedelta(seconds=5)):
            work()
            presence_commands.visit(person(inside["hang"]), stands(session_id).room_id or 0)
    with clock.travel(stands(first).at + timedelta(minutes=20)):
        work()
        assert stands(first).state == "begun"
        sessions_commands.end_session(person(inside["hang"]), stands(first).room_id or 0, "yes")
        assert stands(first).state == "over"
    begins(second, timedelta(minutes=59))
    assert stands(second).state == "begun"
    begins(second, timedelta(minutes=61))
    assert stands(second).state == "over"
    assert states(second)


def test_work_that_comes_too_late_opens_nothing(inside: World) -> None:
    session_id = announced(inside)
    for who in (inside["minh"], *pupils(inside, 1)):
        signs_up(who, session_id)
    begins(session_id, timedelta(hours=3))
    assert stands(session_id).state == "missed" and db.session.scalar(sa.select(Room.id)) is None
