"""Who may go to a visit: the vetted people of a ward, as the rules of policy.visits see them."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.community.models import Membership, Nomination, Unit
from tutoring.community.queries import ancestors, descendants
from tutoring.kernel.db import db, in_ids
from tutoring.kernel.text import name_key
from tutoring.pairing.eligibility import avoids
from tutoring.pairing.vetting.queries import vetting_statuses_of
from tutoring.policy.visits import PLANNERS, Visitor, may_receive, may_visit
from tutoring.visits.models import Visit

# Staff of a school is vetted for its school: to people's homes goes whoever looks after the place where they live.
_OF_WARDS = sa.select(Unit.id).where(Unit.kind.in_(("city", "ward", "neighbourhood")))
MOST = 100  # people of one ward among whom a planner chooses


def _staff(units: Iterable[int]) -> sa.Select[Any]:
    return sa.select(Membership.user_id).where(
        in_ids(Membership.unit_id, units), Membership.role.in_(sorted(PLANNERS)), Membership.state == "active",
        Membership.confirmed_at.is_not(None), Membership.unit_id.in_(_OF_WARDS),
    )  # fmt: skip


def _nominated(units: Iterable[int]) -> sa.Select[Any]:
    return sa.select(Nomination.user_id).where(in_ids(Nomination.unit_id, units), Nomination.state == "active")


def _around(ward_id: int) -> list[int]:
    """The ward, what is below it and what is above."""
    return [*descendants(ward_id), *ancestors(ward_id)[1:]]


def visitors(people: Iterable[User], row: Visit) -> list[Visitor]:
    """These people before this visit, in as many questions as one."""
    found = list(people)
    ids, units = [one.id for one in found], _around(row.ward_id)
    staff = set(db.session.scalars(_staff(units).where(in_ids(Membership.user_id, ids))))
    nominated = set(db.session.scalars(_nominated(units).where(in_ids(Nomination.user_id, ids))))
    avoided = set(
        db.session.scalars(sa.select(User.id).where(in_ids(User.id, ids), avoids(sa.literal(row.asker_id), User.id)))  # type: ignore[arg-type]
    )
    stand = vetting_statuses_of(found) if found else {}
    return [
        Visitor(
            one.id,
            adult=not one.is_minor and one.kind == "adult",
            active=one.state == "active",
            vouched=stand[one.id].vouched,
            staff=one.id in staff,
            nominated=one.id in nominated,
            on_probation=stand[one.id].on_probation,
            avoided=one.id in avoided,
        )
        for one in found
    ]


def fit_now(person: User, row: Visit) -> bool:
    """Whether somebody who was chosen still is somebody who may come."""
    [one] = visitors([person], row)
    return may_visit(one, row.asker_id) if row.kind == "home" else may_receive(one, row.asker_id)


def candidates(row: Visit) -> list[User]:
    """Among whom a planner chooses, by name; for the desk the staff alone."""
    units = _around(row.ward_id)
    whose = _staff(units) if row.kind == "desk" else sa.union(_staff(units), _nominated(units))
    query = sa.select(User).where(User.id.in_(whose), User.state == "active", User.kind == "adult")
    people = list(db.session.scalars(query.order_by(User.id).limit(MOST)))
    may = may_receive if row.kind == "desk" else may_visit
    fit = {one.user_id for one in visitors(people, row) if may(one, row.asker_id)}
    return sorted((one for one in people if one.id in fit), key=lambda one: name_key(one.full_name))


def role_at(user_id: int, ward_id: int) -> tuple[str, str]:
    """What somebody is in a ward, for the badge: the role, and the name of the unit. A helper is vouched for there."""
    units = _around(ward_id)
    role = (
        sa.select(Membership.role, Unit.name)
        .join(Unit, Unit.id == Membership.unit_id)
        .where(
            Membership.user_id == user_id, in_ids(Membership.unit_id, units), Membership.role.in_(sorted(PLANNERS)),
            Membership.state == "active", Membership.confirmed_at.is_not(None), Membership.unit_id.in_(_OF_WARDS),
        )
        .order_by(Membership.id)
    )  # fmt: skip
    if (found := db.session.execute(role.limit(1)).first()) is not None:
        return found[0], found[1]
    vouched = (
        sa.select(Unit.name)
        .join(Nomination, Nomination.unit_id == Unit.id)
        .where(Nomination.user_id == user_id, Nomination.state == "active")
    )
    return "helper", db.session.scalar(vouched) or ""
