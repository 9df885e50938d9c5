"""Finds the ward that decides about a need and the class or neighbourhood near the family.

Also answers for whom a user may ask, and which people a need concerns.
"""

from dataclasses import dataclass

import sqlalchemy as sa

from tutoring.accounts.models import Guardian, User
from tutoring.accounts.queries import guardians, is_guardian, kin
from tutoring.community.memberships.queries import classes_of, reached
from tutoring.community.models import Unit
from tutoring.community.queries import memberships, roles_for
from tutoring.devices.needs.models import DeviceNeed
from tutoring.kernel.db import db
from tutoring.policy.devices import needs as policy
from tutoring.policy.devices.needs import NeedApplicantFacts


@dataclass(frozen=True)
class Home:
    """The unit that knows a family, and its ward."""

    unit: Unit
    ward_id: int


def home_of(person: User) -> Home | None:
    """Returns the class of a pupil, else the neighbourhood, else another ward of the person.

    Returns None if the person belongs to no ward. A child without a unit has that of a guardian.
    """
    found = _own_home(person)
    if found is None and person.kind != "adult":
        found = next((home for one in guardians(person.id) if (home := _own_home(one)) is not None), None)
    return found


def _own_home(person: User) -> Home | None:
    classes = classes_of(person.id) if person.kind != "adult" else frozenset[int]()
    if classes:
        open_ones = Unit.id.in_(classes), Unit.ward_id.is_not(None), Unit.effective_to.is_(None)
        query = sa.select(Unit).where(*open_ones).order_by(Unit.id.desc())
        if (found := db.session.scalars(query.limit(1)).first()) is not None:
            return Home(found, found.ward_id or found.id)
    for member in memberships(person.id):
        if member.unit.kind == "neighbourhood" and member.unit.ward_id is not None and not member.unit.archived:
            return Home(member.unit, member.unit.ward_id)
    wards = sa.select(Unit).where(Unit.id.in_(reached(person.id)), Unit.kind == "ward", Unit.effective_to.is_(None))
    wards = wards.order_by(Unit.id)
    ward = db.session.scalars(wards.limit(1)).first()
    return Home(ward, ward.id) if ward is not None else None


def asking(actor: User, person: User, home: Home | None) -> NeedApplicantFacts:
    """Returns the policy facts of an actor who wants to ask for a person."""
    return NeedApplicantFacts(
        is_self=actor.id == person.id,
        is_guardian=is_guardian(actor.id, person.id),
        minor=person.kind != "adult",
        held=roles_for(actor, home.unit.id) if home is not None else frozenset(),
        in_school=home is not None and home.unit.kind in {"class", "school"},
    )


def may_ask_for(actor: User, person: User, home: Home | None) -> bool:
    """Returns whether the actor may ask for this person."""
    return policy.may_ask_need(asking(actor, person, home))


def people_for(user: User) -> list[User]:
    """Returns for whom a user may ask without being staff: the user and their children."""
    if user.kind != "adult":
        return []
    children = (
        sa.select(User)
        .join(Guardian, Guardian.child_id == User.id)
        .where(Guardian.guardian_id == user.id, Guardian.confirmed_at.is_not(None), User.state == "active")
    )
    return [user, *db.session.scalars(children.order_by(User.id))]


def concerned(person_id: int, need: DeviceNeed) -> bool:
    """Returns whether a user uses or receives the need, or belongs to that family.

    Family is known from guardians. These users decide nothing about the need.
    """
    mine = {need.person_id, need.receiver_id}
    return person_id in mine or any(kin(person_id, one) for one in mine)
