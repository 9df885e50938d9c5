"""Finds the vetted people of a ward who may go to a visit, for the rules of policy.visits."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.community.models import Membership, Nomination, Unit
from tutoring.community.queries import ancestors, descendants
from tutoring.kernel.database.sql import in_ids
from tutoring.kernel.db import db
from tutoring.kernel.text import name_key
from tutoring.pairing.eligibility import avoids
from tutoring.pairing.vetting.queries import vetting_statuses_of
from tutoring.policy.visits import PLANNERS, Visitor, may_receive, may_visit
from tutoring.visits.models import Visit

# School staff is vetted for its school alone. Visits to homes are made by staff of the area where people live.
_OF_WARDS = sa.select(Unit.id).where(Unit.kind.in_(("city", "ward", "neighbourhood")))
MOST = 100  # people of one ward offered to a planner


def _staff(units: Iterable[int]) -> sa.Select[Any]:
    return sa.select(Membership.user_id).where(
        in_ids(Membership.unit_id, units), Membership.role.in_(sorted(PLANNERS)), Membership.state == "active",
        Membership.confirmed_at.is_not(None), Membership.unit_id.in_(_OF_WARDS),
    )  # fmt: skip


def _nominated(units: Iterable[int]) -> sa.Select[Any]:
    return sa.select(Nomination.user_id).where(in_ids(Nomination.unit_id, units), Nomination.state == "active")


def _around(ward_id: int) -> list[int]:
    """Returns the ids of the ward, of the units below it and of those above."""
    return [*descendants(ward_id), *ancestors(ward_id)[1:]]


def visitors(people: Iterable[User], row: Visit) -> list[Visitor]:
    """Returns the facts of these users for this visit.

    The number of queries is the same as for one user.
    """
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
    """Returns whether a chosen visitor may still come."""
    [one] = visitors([person], row)
    return may_visit(one, row.asker_id) if row.kind == "home" else may_receive(one, row.asker_id)


def candidates(row: Visit) -> list[User]:
    """Returns the users whom a planner can choose, by name; for the help desk staff alone."""
    units = _around(row.ward_id)
    whose = _staff(units) if row.kind == "desk" else sa.union(_staff(units), _nominated(units))
    query = sa.select(User).where(User.id.in_(whose), User.state == "active", User.kind == "adult")
    people = list(db.session.scalars(query.order_by(User.id).limit(MOST)))
    may = may_receive if row.kind == "desk" else may_visit
    fit = {one.user_id for one in visitors(people, row) if may(one, row.asker_id)}
    return sorted((one for one in people if one.id in fit), key=lambda one: name_key(one.full_name))


def role_at(user_id: int, ward_id: int) -> tuple[str, str]:
    """Returns a user's role in a ward and the unit's name, for the badge.

    A helper has the unit of the nomination.
    """
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
