"""Deadlines of cases: background jobs check them and escalate overdue cases."""

from datetime import datetime

from tutoring.community.duty.coverage import Hours, hours_of
from tutoring.kernel import clock, jobs
from tutoring.kernel.db import db
from tutoring.kernel.events import publish
from tutoring.moderation.cases.queries import users_to_notify
from tutoring.moderation.events import CaseDueSoon, CaseOverdue
from tutoring.moderation.models import Case
from tutoring.policy import welfare
from tutoring.policy.moderation.cases import DECIDE, LOOK, SOON, deadlines


def set_clock(case: Case, since: datetime) -> None:
    """Sets, inside the running command, the deadlines of the case's grade from this moment.

    Enqueues the jobs that check them.
    """
    if _is_danger(case):
        case.look_by, case.decide_by = since + welfare.LOOK, since + DECIDE[case.grade]
        _ask("look", case, case.look_by, 1)
        _ask("decide", case, case.decide_by, 1)
        return
    hours = hours_of(case.unit_id) if case.unit_id is not None else Hours()
    case.look_by, case.decide_by = deadlines(case.grade, since, hours.within(since))
    _ask("look", case, case.look_by, 1)
    _ask("decide", case, case.decide_by, 1)
    if case.grade in SOON:
        _ask("soon", case, case.decide_by - SOON[case.grade], 0)


def _is_danger(case: Case) -> bool:
    """Returns whether a text of danger waits. A child's answer after a session has the deadlines of its grade."""
    return case.is_welfare and not (case.welfare is not None and case.welfare.is_uneasy)


def look_anew(case: Case) -> None:
    """Requires, inside the running command, a new look from this moment.

    The deadline for the decision never moves to a later time, so that a child never waits longer for an answer.
    """
    before = case.decide_by
    case.looked_at = case.looked_by_id = None
    set_clock(case, clock.now())
    case.decide_by = min(before, case.decide_by)


def hurry(case: Case, grade: str) -> None:
    """Gives a case, inside the running command, the grade and deadlines of a text of danger where they are stricter."""
    moment = clock.now()
    if grade < case.grade or case.looked_at is not None:
        case.grade = min(case.grade, grade)
        look_anew(case)
    case.look_by = min(case.look_by, moment + welfare.LOOK)
    case.decide_by = min(case.decide_by, moment + DECIDE[grade])
    _ask("look", case, case.look_by, 1)
    _ask("decide", case, case.decide_by, 1)


def _ask(what: str, case: Case, at: datetime, alarm: int) -> None:
    key = f"case.{what}:{case.id}:{alarm}:{int(at.timestamp())}"
    jobs.enqueue(f"moderation.{what}", key, at, case_id=case.id, alarm=alarm)


def alarm(case: Case, level: int) -> None:
    """Escalates a waiting case inside the running command."""
    case.alarm = max(case.alarm, level)
    if not users_to_notify(case):  # no user of the unit may see it
        case.alarm = 2
    publish(CaseOverdue(case.id, case.alarm))


@jobs.job("moderation.look")
def _look(payload: dict[str, int]) -> None:
    """Escalates a case without a look in time."""
    case = _open(payload)
    if case is None or case.looked_at is not None or clock.now() < case.look_by:
        return
    alarm(case, payload["alarm"])
    if payload["alarm"] == 1:
        _ask("look", case, clock.now() + (welfare.LOOK if _is_danger(case) else LOOK[case.grade]), 2)


@jobs.job("moderation.decide")
def _decide(payload: dict[str, int]) -> None:
    """Escalates a case without a decision in time."""
    case = _open(payload)
    if case is None or clock.now() < case.decide_by:
        return
    alarm(case, payload["alarm"])
    if payload["alarm"] == 1:
        _ask("decide", case, clock.now() + LOOK[case.grade], 2)


@jobs.job("moderation.soon")
def _soon(payload: dict[str, int]) -> None:
    """Notifies the users who may decide a grave case shortly before its deadline."""
    case = _open(payload)
    if case is not None and case.grade in SOON and clock.now() >= case.decide_by - SOON[case.grade]:
        publish(CaseDueSoon(case.id))


def _open(payload: dict[str, int]) -> Case | None:
    found = db.session.get(Case, payload["case_id"], populate_existing=True)
    return found if found is not None and found.state == "open" else None
