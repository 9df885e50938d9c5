"""Access rules of test alarms: who starts one, and when a unit may admit minors."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from tutoring.policy.community import may_set_duty

ENOUGH = 2  # different people who must answer
HOLDS = timedelta(days=31)  # how long an answer counts
ANSWER_WITHIN = timedelta(days=1)  # a later answer would not have helped in a real alarm
APART = timedelta(minutes=10)  # between two test alarms of one unit
MOST_A_DAY = 3  # started by hand: the number of SMS a day is limited, and a real alarm needs some of them
BEFORE = (timedelta(days=7), timedelta(days=3))  # scheduled test alarms this long before readiness ends
MONTH = timedelta(days=30)  # a test alarm is scheduled after this, regardless of the last result


def may_test_alarm(held: Collection[str]) -> bool:
    """Users who may plan the duty of a unit may test its alarm."""
    return may_set_duty(held)


def ready_until(answers: Iterable[datetime]) -> datetime | None:
    """Returns until when a unit is ready, or None with too few answers.

    `answers` holds the newest answer of each different person.
    """
    newest = sorted(answers, reverse=True)
    return newest[ENOUGH - 1] + HOLDS if len(newest) >= ENOUGH else None


def may_admit(minor: bool, ready: bool) -> bool:
    """Whether a unit may admit a new member. Existing members always stay."""
    return ready or not minor
