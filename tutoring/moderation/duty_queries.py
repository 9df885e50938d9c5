"""Queries of the staff on duty, for the live dashboard."""

from dataclasses import dataclass

from tutoring.accounts.models import User
from tutoring.community.duty.queries import NextDutyTurn, Rota
from tutoring.community.models import Unit
from tutoring.community.queries import units_of
from tutoring.policy.access import STAFF
from tutoring.policy.community import CHILD_UNITS

BACKUPS = 3


@dataclass(frozen=True)
class Duty:
    """The staff on duty for one of the user's units: now, next, and possible substitutes."""

    unit: Unit
    people: list[User]
    mine: bool
    next: NextDutyTurn | None
    backup: list[NextDutyTurn]


def duty_now(person: User) -> list[Duty]:
    """Returns the staff on duty for each unit in which this user is staff."""
    rows, units = [], units_of(person.id, STAFF)
    rota = Rota(units)
    for unit in units:
        minors = unit.kind in CHILD_UNITS
        people = rota.on_duty(unit, minors=minors)
        now = {one.id for one in people}
        ahead = [turn for turn in rota.ahead(unit, minors=minors) if turn.person.id not in now]
        next_ = ahead.pop(0) if ahead and ahead[0].at is not None else None
        rows.append(Duty(unit, people, person.id in now, next_, ahead[:BACKUPS]))
    return rows
