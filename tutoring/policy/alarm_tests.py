"""Test alarms of a unit: who may start one, when a unit is ready to take in minors, and what that stops."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from tutoring.policy.access import STAFF, Access
from tutoring.policy.community import may_set_duty

_STAFF: Access = STAFF | {"site_admin"}

ROUTES: dict[str, Access] = {
    "community.start_alarm_test": _STAFF,
    "community.alarm_test": _STAFF,
    "community.answer_alarm_test": _STAFF,
}

ENOUGH = 2  # different people
HOLDS = timedelta(days=31)  # an answer counts so long
ANSWER_WITHIN = timedelta(days=1)  # who answers later would have been of no help
APART = timedelta(minutes=10)  # between two test alarms of one unit
MOST_A_DAY = 3  # by hand: short messages of a day are counted, and a real alarm needs some
BEFORE = (timedelta(days=7), timedelta(days=3))  # the end of readiness: a test alarm goes out by itself
MONTH = timedelta(days=30)  # after this one goes out by itself whatever came of the last


def may_test_alarm(held: Collection[str]) -> bool:
    """Whoever plans the duty of a unit tries whether it answers."""
    return may_set_duty(held)


def ready_until(answers: Iterable[datetime]) -> datetime | None:
    """Until when a unit is ready, by the newest answer of each different person; None where they are too few."""
    newest = sorted(answers, reverse=True)
    return newest[ENOUGH - 1] + HOLDS if len(newest) >= ENOUGH else None


def may_admit(minor: bool, ready: bool) -> bool:
    """Whether a unit takes in somebody new. Who is in it already stays, whatever happens."""
    return ready or not minor
