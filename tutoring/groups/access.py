"""Finds the neighbourhoods and wards of a user, and the user's facts in one."""

from dataclasses import dataclass

from tutoring.accounts.models import User
from tutoring.community import queries as community
from tutoring.community.memberships.queries import places_of, reached, reached_by_children
from tutoring.community.models import Unit
from tutoring.kernel.errors import NotFound
from tutoring.policy import groups as policy
from tutoring.policy.community import GROUPS


@dataclass(frozen=True)
class Place:
    """A neighbourhood or ward with the facts of one user in it."""

    unit: Unit
    held: frozenset[str]
    member: bool  # of the unit or of any unit below it
    by_child: bool  # a child of this user attends a school below the unit, or belongs to the unit

    @property
    def leads(self) -> bool:
        return policy.may_lead_group(self.held, self.unit.kind)

    @property
    def sees_tasks(self) -> bool:
        return policy.may_see_tasks(self.held, self.unit.kind)

    @property
    def prints(self) -> bool:
        return policy.may_print_poster(self.held, self.unit.kind)

    @property
    def ward(self) -> Unit | None:
        """The ward above a neighbourhood; None for a ward."""
        above = self.unit.parent if self.unit.kind == "neighbourhood" else None
        return above if above is not None and above.kind == "ward" else None

    @property
    def over(self) -> list[int]:
        """The ids of the unit and, for a neighbourhood, of its ward."""
        return [self.unit.id, *([self.ward.id] if self.ward else [])]


def place_for(person: User, unit_id: int) -> Place:
    """Returns a neighbourhood or ward that this user may read. Raises NotFound."""
    unit = community.unit(unit_id)
    if not policy.is_group(unit.kind):
        raise NotFound
    member = unit_id in reached(person.id)
    by_child = not member and person.kind == "adult" and unit_id in reached_by_children(person.id)
    held = community.roles_for(person, unit_id)
    if not policy.may_read_group(held, unit.kind, member or by_child):
        raise NotFound
    return Place(unit, held, member, by_child)


def led_place(person: User, unit_id: int) -> Place:
    """Returns a neighbourhood or ward that this user leads. Raises NotFound."""
    found = place_for(person, unit_id)
    if not found.leads:
        raise NotFound
    return found


def list_units_of_user(person: User) -> list[Unit]:
    """Returns the neighbourhoods and wards of the user or the user's children, nearest first."""
    return places_of(person.id, GROUPS)
