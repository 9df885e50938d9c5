"""Clocks of cases: who looks until when, and who is alarmed when nobody did."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from tests.factories import World
from tests.moderation.conftest import Who, said
from tutoring.community.duty import commands as duty_commands
from tutoring.kernel import clock, jobs
from tutoring.kernel.db import db
from tutoring.moderation.cases import commands as cases_commands
from tutoring.moderation.labels import left
from tutoring.notifications.models import Notice
from tutoring.policy.moderation.cases import deadlines

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=clock.LOCAL)
NIGHT = datetime(2026, 11, 25, 23, 0, tzinfo=clock.LOCAL)


def alarmed(who: Who, name: str, say: str) -> bool:
    query = sa.select(Notice.id).where(Notice.user_id == who(name).id, Notice.say.startswith(say))
    return db.session.scalar(query) is not None


@pytest.mark.parametrize(
    ("grade", "look", "decide"),
    [("S0", 15, 240), ("S1", 120, 1440), ("S2", 720, 3 * 1440), ("S3", 3 * 1440, 7 * 1440)],
)
def test_deadlines_are_those_of_the_safeguarding_rules(grade: str, look: int, decide: int) -> None:
    minutes = timedelta(minutes=1)
    assert deadlines(grade, NOON, True) == (NOON + look * minutes, NOON + decide * minutes)


def test_outside_the_hours_of_the_unit_danger_is_looked_at_within_half_an_hour(
    inside: World, who: Who, pair: int
) -> None:
    duty_commands.set_hours(who("quang"), inside["truong"], 6 * 60 + 30, 21 * 60 + 30)
    for number, (moment, minutes) in enumerate(((NOON, 15), (NIGHT, 30))):
        with clock.travel(moment):
            case = said(who("minh"), "person", str(who(("khoa", "lan")[number]).id), "danger")
            assert round((case.look_by - case.opened_at).total_seconds() / 60) == minutes


def test_nobody_looked_in_time_and_the_alarm_goes_up_step_by_step(who: Who, pair: int) -> None:
    with clock.travel(NOON):
        case = said(who("minh"), "message", f"{pair}/1", "danger")
    for minutes, coordinator, admin in ((14, False, False), (16, True, False), (29, True, False), (32, True, True)):
        with clock.travel(NOON + timedelta(minutes=minutes)):
            while jobs.run_due():
                pass
            db.session.expire_all()
            assert alarmed(who, "quang", "Quá hạn") is coordinator, minutes
            assert alarmed(who, "admin1", "Quá hạn") is admin, minutes
    assert case.alarm == 2


def test_a_look_in_time_rings_nobody_until_the_decision_is_late(who: Who, pair: int) -> None:
    with clock.travel(NOON):
        case = said(who("minh"), "message", f"{pair}/1", "danger")
        cases_commands.look(who("hang"), case.id)
    with clock.travel(NOON + timedelta(hours=3)):
        while jobs.run_due():
            pass
        assert not alarmed(who, "quang", "Quá hạn")
    with clock.travel(NOON + timedelta(hours=4, minutes=1)):
        while jobs.run_due():
            pass
        assert alarmed(who, "quang", "Quá hạn")


def test_a_case_that_became_more_urgent_is_asked_for_by_its_new_clock(who: Who, pair: int) -> None:
    with clock.travel(NOON):
        case = said(who("minh"), "message", f"{pair}/1", "bullied")
        cases_commands.look(who("hang"), case.id)
    with clock.travel(NOON + timedelta(hours=1)):
        said(who("lan"), "message", f"{pair}/1", "danger")
        assert case.looked_at is None and case.look_by - clock.now() <= timedelta(minutes=15)
    with clock.travel(NOON + timedelta(hours=1, minutes=16)):
        while jobs.run_due():
            pass
        assert alarmed(who, "quang", "Quá hạn")


def test_a_decided_case_rings_nobody(who: Who, pair: int) -> None:
    with clock.travel(NOON):
        case = said(who("minh"), "message", f"{pair}/1", "danger")
        cases_commands.decide(who("quang"), case.id, "none", "Đã hỏi.")
    with clock.travel(NOON + timedelta(days=2)):
        while jobs.run_due():
            pass
        assert not alarmed(who, "admin1", "Quá hạn") and not alarmed(who, "quang", "Quá hạn")


def test_time_left_is_said_in_words(inside: World, monkeypatch: pytest.MonkeyPatch) -> None:
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)
    assert left(now + timedelta(minutes=80, seconds=5)) == "còn 1 giờ 20 phút"
    assert left(now + timedelta(hours=2, seconds=5)) == "còn 2 giờ"
    assert left(now + timedelta(days=3, seconds=5)) == "còn 3 ngày"
    assert left(now - timedelta(minutes=20, seconds=-5)) == "quá hạn 20 phút"


def test_who_may_decide_a_grave_case_is_reminded_while_there_is_time(who: Who, pair: int) -> None:
    case = said(who("minh"), "message", f"{pair}/1", "contact")
    cases_commands.look(who("hang"), case.id)

    def reminded() -> set[int]:
        query = sa.select(Notice.user_id).where(Notice.key == f"case:{case.id}:soon", Notice.read_at.is_(None))
        return set(db.session.scalars(query))

    for hours, people in ((19, set()), (21, {who("quang").id})):  # the teacher may not decide it
        with clock.travel(case.opened_at + timedelta(hours=hours)):
            while jobs.run_due(50):
                pass
            assert reminded() == people
    cases_commands.decide(who("quang"), case.id, "reminded", "Đã nhắc.")
    assert reminded() == set()
