"""When tests take place: at the same time of the day in every run, so that none fails at midnight alone.

`TEST_CLOCK=2027-02-28T23:59:59 python3 dev.py test` begins each test of the application at another moment of Vietnam.
"""

import os
from datetime import datetime, time, timedelta

from tutoring.kernel import clock

VARIABLE = "TEST_CLOCK"
USUAL = time(10, 5)
EARLIER = timedelta(hours=2)


def choose() -> None:
    """Say for all processes of this run when its tests begin: today, unless the variable says another moment."""
    today = datetime.now(clock.LOCAL).date()
    os.environ.setdefault(VARIABLE, datetime.combine(today, USUAL).isoformat())


def begin() -> None:
    """It is the moment at which tests of the application begin."""
    _set(timedelta(0))


def begin_early() -> None:
    """It is before that: what several tests share is there when each of them begins."""
    _set(-EARLIER)


def begin_now() -> None:
    """It is as late as in other processes."""
    clock._Process.shift = timedelta(0)


def _set(later: timedelta) -> None:
    moment = datetime.fromisoformat(os.environ[VARIABLE]).replace(tzinfo=clock.LOCAL)
    clock._Process.shift = moment + later - datetime.now(clock.LOCAL)
