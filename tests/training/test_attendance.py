"""Who came, who was seen doing what, and that nobody says so of themselves; what was put down wrongly is put right."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests.factories import World, person
from tests.training.fixtures import (
    OTP,
    READ,
    TEACH,
    announced,
    held_today,
    in_days,
    leads,
    learns,
    marks,
    missing,
    put_on,
    row_of,
    stands,
    told,
    work,
)
from tutoring.kernel import audit, clock
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound
from tutoring.lessons.progress import commands as progress_commands
from tutoring.lessons.progress import mastery
from tutoring.lessons.progress.queries import progress_in
from tutoring.lessons.skills.queries import skills_of
from tutoring.training import commands as training_commands
from tutoring.training.models import TrainingAttendance
from tutoring.training.queries import list_attendees


def test_from_nothing_to_ready(inside: World) -> None:
    muoi = inside["muoi"]
    assert stands(muoi).state == "none"
    learns(muoi, TEACH)
    progress_commands.finish_lesson(muoi, OTP)
    assert stands(muoi).state == "learning"
    assert missing(muoi) == [("quiz", OTP), ("witness", TEACH), ("session", "")]
    learns(muoi, OTP)
    held_today(inside, muoi, seen=[(muoi, TEACH)])
    assert stands(muoi).state == "ready" and missing(muoi) == []
    assert "Đã ghi nhận bạn dự" in told(muoi, "training-came")[0]
    row = progress_in(muoi, TEACH)
    assert row is not None and row.confirmed == "witnessed" and skills_of(muoi)["dong-hanh.huong-dan"] == 3


def test_every_act_stands_in_the_audit_chain(inside: World) -> None:
    muoi = inside["muoi"]
    learns(muoi, TEACH)
    session_id = held_today(inside, muoi, seen=[(muoi, TEACH)])
    rows = {row.action: row for row in db.session.scalars(sa.select(audit.AuditRow).order_by(audit.AuditRow.id))}
    assert rows["mark_training"].target == f"training:{session_id}" and rows["mark_training"].facts["came"] == [muoi]
    assert rows["witness"].target == f"user:{muoi}" and rows["witness"].actor_id == inside["mai"]
    assert rows["witness"].facts == {"training": session_id, "lesson": TEACH}


def test_only_what_was_learned_first_is_seen_done(inside: World) -> None:
    muoi = inside["muoi"]
    with pytest.raises(InvalidInput) as refused:
        held_today(inside, muoi, seen=[(muoi, TEACH)])
    assert refused.value.field == "seen"
    assert db.session.scalar(sa.select(TrainingAttendance.id)) is None  # all at once, or nothing


def test_what_can_be_rehearsed_is_practised_first(inside: World) -> None:
    put_on(inside, "bay", "quay")
    bay = inside["bay"]
    learns(bay, READ)
    with pytest.raises(InvalidInput):
        held_today(inside, bay, track_id="quay", seen=[(bay, READ)])
    mastery.practised(bay, READ)
    held_today(inside, bay, track_id="quay", seen=[(bay, READ)])
    assert stands(bay, "quay").state == "ready"


def test_lessons_outside_of_what_is_to_be_seen_are_refused(inside: World) -> None:
    learns(inside["muoi"], TEACH, OTP)
    for slug in (OTP, "khong-co"):
        with pytest.raises(InvalidInput):
            held_today(inside, inside["muoi"], seen=[(inside["muoi"], slug)])


def test_only_those_who_are_there_are_seen_doing_it(inside: World) -> None:
    (other,) = leads(inside, 1)
    learns(other, TEACH)
    with pytest.raises(InvalidInput) as refused:
        held_today(inside, inside["muoi"], seen=[(other, TEACH)])
    assert refused.value.field == "seen"


def test_nobody_ticks_themselves(inside: World) -> None:
    """mai is on the officers' track, and runs the training."""
    with pytest.raises(Forbidden):
        held_today(inside, inside["mai"], track_id="cong-chuc")


def test_who_leads_a_session_of_their_own_track_has_been_at_it_once_somebody_came(inside: World) -> None:
    muoi, (other,) = inside["muoi"], leads(inside, 1)
    session_id = announced(inside, leader_id=muoi, at=clock.now() + timedelta(hours=1))
    with clock.travel(clock.now() + timedelta(hours=2)):
        marks(inside, session_id, [], by="muoi")
        assert list_attendees(session_id) == set()
        marks(inside, session_id, [other], by="muoi")
        assert list_attendees(session_id) == {muoi, other}


def test_a_lead_without_the_skill_says_who_came_and_not_what_was_seen(inside: World) -> None:
    muoi, (other,) = inside["muoi"], leads(inside, 1)
    learns(other, TEACH)
    session_id = announced(inside, leader_id=muoi, at=clock.now() + timedelta(hours=1))
    with clock.travel(clock.now() + timedelta(hours=2)):
        with pytest.raises(InvalidInput):
            marks(inside, session_id, [other], [(other, TEACH)], by="muoi")
        learns(muoi, TEACH)  # who passed its quiz holds what the lesson teaches
        marks(inside, session_id, [other], [(other, TEACH)], by="muoi")
    assert ("witness", TEACH) not in missing(other)


@pytest.mark.parametrize("name", ["bay", "lan", "hang", "quang", "muoi", "admin1"])
def test_nobody_else_marks(inside: World, name: str) -> None:
    session_id = announced(inside, at=clock.now() + timedelta(hours=1))
    with clock.travel(clock.now() + timedelta(hours=2)), pytest.raises(NotFound):
        marks(inside, session_id, [inside["muoi"]], by=name)


def test_strangers_to_the_track_do_not_come(inside: World) -> None:
    with pytest.raises(InvalidInput) as refused:
        held_today(inside, inside["bay"])
    assert refused.value.field == "came"


def test_on_the_same_day_it_is_put_right_and_not_after_it(inside: World) -> None:
    muoi, (other,) = inside["muoi"], leads(inside, 1)
    session_id = announced(inside, at=in_days(1, 8))
    day = in_days(1, 9)
    next_day = in_days(2, 0)
    with clock.travel(day):
        marks(inside, session_id, [muoi])
        marks(inside, session_id, [other])
        assert list_attendees(session_id) == {other} and stands(muoi).due_on is None
        assert "không được ghi là có mặt" in told(muoi, "training-not")[0]
        marks(inside, session_id, [muoi, other])
        marks(inside, session_id, [muoi, other])
        assert list_attendees(session_id) == {muoi, other}
    rows = db.session.scalars(sa.select(audit.AuditRow.facts).where(audit.AuditRow.action == "mark_training"))
    assert list(rows.all()) == [
        {"came": [muoi], "not_there": []},
        {"came": [other], "not_there": [muoi]},
        {"came": [muoi], "not_there": []},
    ]
    with clock.travel(next_day), pytest.raises(Conflict):
        marks(inside, session_id, [])
    assert list_attendees(session_id) == {muoi, other}


def test_what_was_seen_done_stays_when_the_attendance_is_put_right(inside: World) -> None:
    muoi = inside["muoi"]
    learns(muoi, TEACH, OTP)
    session_id = announced(inside, at=clock.now() + timedelta(hours=1))
    with clock.travel(clock.now() + timedelta(hours=2)):
        marks(inside, session_id, [muoi], [(muoi, TEACH)])
        marks(inside, session_id, [])
    assert missing(muoi) == [("session", "")]


def test_it_is_marked_from_its_beginning_until_a_week_after_its_end(inside: World) -> None:
    session_id = announced(inside, at=in_days(1))
    with pytest.raises(Conflict):
        marks(inside, session_id, [inside["muoi"]])
    with clock.travel(row_of(session_id).ends + timedelta(days=7, minutes=1)), pytest.raises(Conflict):
        marks(inside, session_id, [inside["muoi"]])
    with clock.travel(row_of(session_id).ends + timedelta(days=6)):
        work()
        marks(inside, session_id, [inside["muoi"]])
        assert told(inside["mai"], "training-mark", unread=True) == []
    assert list_attendees(session_id) == {inside["muoi"]}


def test_a_cancelled_session_has_nobody_at_it(inside: World) -> None:
    session_id = announced(inside, at=in_days(1))
    training_commands.cancel_session(person(inside["mai"]), session_id, "Hoãn vì bão")
    with clock.travel(in_days(1, 9)), pytest.raises(Conflict):
        marks(inside, session_id, [inside["muoi"]])


def test_a_later_session_counts_from_its_own_day_and_an_older_one_takes_nothing_away(inside: World) -> None:
    muoi = inside["muoi"]
    first, second = announced(inside, at=in_days(1)), announced(inside, at=in_days(3))
    third, fifth = in_days(3, 9), in_days(5)
    day = in_days(3).date()
    with clock.travel(third):
        marks(inside, second, [muoi])
    with clock.travel(fifth):
        marks(inside, first, [muoi])
    due_on = stands(muoi).due_on
    assert due_on is not None and (due_on.month, due_on.day) == (day.month, day.day)
