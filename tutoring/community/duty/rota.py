"""The weekly rota of one unit as a grid: people by days, with the gaps that `coverage` finds."""

from dataclasses import dataclass

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.community.duty.coverage import Gap, Hours, hours_of, unwatched
from tutoring.community.memberships.queries import staff
from tutoring.community.models import DutyShift, DutySlot, Membership
from tutoring.community.queries import duty_of
from tutoring.kernel.db import db
from tutoring.kernel.text import name_key
from tutoring.policy.access import STAFF

DAYS = 7
WORKDAYS = range(5)
MOST_ROWS = 40  # people of the unit who have no turn yet; the others are chosen by name
USUAL = (19 * 60, 21 * 60)  # a turn where no other was written yet: an evening


@dataclass(frozen=True)
class RotaRow:
    """One person with the turns of each day, Monday first."""

    person: User
    days: list[list[DutySlot]]

    @property
    def slots(self) -> list[DutySlot]:
        return [slot for day in self.days for slot in day]


@dataclass(frozen=True)
class Rota:
    """The rows of a unit, further people who may take a turn, single shifts, and the gaps of each day."""

    rows: list[RotaRow]
    others: list[User]
    shifts: list[DutyShift]
    hours: Hours
    gaps: list[list[Gap]]

    def row_of(self, user_id: int | None) -> RotaRow | None:
        """Returns the row of a person, an empty one for those who have no turn yet, or None for all others."""
        row = next((row for row in self.rows if row.person.id == user_id), None)
        other = next((one for one in self.others if one.id == user_id), None)
        return row or (RotaRow(other, [[] for _ in range(DAYS)]) if other is not None else None)

    @property
    def people(self) -> list[User]:
        """All who may be put on the rota."""
        return [row.person for row in self.rows] + self.others

    def usual(self, row: RotaRow) -> tuple[int, int, str]:
        """Returns start, end and place of the last turn that this person was given, or that anybody was."""
        slots = row.slots or [slot for one in self.rows for slot in one.slots]
        last = max(slots, key=lambda slot: slot.id, default=None)
        return (last.starts, last.ends, last.place) if last is not None else (*USUAL, "online")

    def copied_from(self, row: RotaRow) -> list[User]:
        """Returns the people whose row another person can be given."""
        return [one.person for one in self.rows if one.slots and one.person.id != row.person.id]


def rota_of(unit_id: int) -> Rota:
    """Returns the rota of a unit; the number of statements does not depend on its people."""
    slots, shifts = duty_of(unit_id)
    able = staff(unit_id)
    people = {one.id: one for one in [*(slot.user for slot in slots), *able]}
    here = _staff_here(unit_id)
    on = {slot.user_id for slot in slots}
    shown = [one for one in people.values() if one.id in on]
    shown += [one for one in able if one.id in here and one.id not in on][:MOST_ROWS]
    rows = [
        RotaRow(one, [[s for s in slots if s.user_id == one.id and s.weekday == day] for day in range(DAYS)])
        for one in sorted(shown, key=lambda user: name_key(user.full_name))
    ]
    inside = {one.id for one in shown}
    others = [one for one in able if one.id not in inside]
    return Rota(rows, others, shifts, hours_of(unit_id), unwatched(unit_id))


def _staff_here(unit_id: int) -> set[int]:
    """Returns the staff of exactly this unit; those of units above are many, and rarely on its rota."""
    query = sa.select(Membership.user_id).where(
        Membership.unit_id == unit_id, Membership.role.in_(sorted(STAFF)), Membership.state == "active"
    )
    return set(db.session.scalars(query))
