"""Finds the class that a user runs, and the classes in which a user is a pupil or a guardian of one."""

import sqlalchemy as sa

from tutoring.accounts.models import Guardian, User
from tutoring.accounts.queries import children
from tutoring.community.models import Membership, Unit
from tutoring.community.queries import acting_roles_at, unit
from tutoring.community.units.scopes import Scope, scope_of
from tutoring.kernel.database.sql import built_once, ids_parameter, in_ids, stream_rows
from tutoring.kernel.db import db
from tutoring.kernel.errors import NotFound
from tutoring.kernel.text import vi_key
from tutoring.policy.classes import may_run_class
from tutoring.policy.rooms.participation import TEACHING

MAX_CLASSES = 60  # that one page offers


def run_class(actor: User, unit_id: int) -> Unit:
    """Returns a class that this user runs; raises NotFound for all others."""
    found = unit(unit_id)
    if not may_run_class(acting_roles_at(actor, unit_id), found.kind):
        raise NotFound
    return found


def classes_run_by(actor: User) -> list[Unit]:
    """Returns the classes that this user runs and that are not archived, by name."""
    led = Scope() if actor.lacks_factor else scope_of(actor.id, TEACHING)
    if not led:
        return []
    query = sa.select(Unit).where(led.covers(), Unit.kind == "class", Unit.effective_to.is_(None))
    found = db.session.scalars(query.order_by(Unit.sort, Unit.id).limit(MAX_CLASSES))
    return sorted(found, key=lambda one: (one.sort, vi_key(one.name)))


def confirmed_children(guardian: User) -> list[Guardian]:
    """Returns the confirmed ties of a user to children under 16, who are the ones a guardian follows."""
    if guardian.is_minor:
        return []
    return [tie for tie in children(guardian.id) if tie.confirmed_at is not None and tie.child.kind == "child"]


def classes_of_children(child_ids: list[int]) -> dict[int, frozenset[int]]:
    """Returns the classes in which these children are confirmed pupils; one query."""
    found: dict[int, set[int]] = {}
    told = {"children": ids_parameter(child_ids)}
    for user_id, unit_id in stream_rows(_classes_of_children(), told) if child_ids else ():
        found.setdefault(user_id, set()).add(unit_id)
    return {user_id: frozenset(ids) for user_id, ids in found.items()}


@built_once
def _classes_of_children() -> sa.Select[int, int]:
    return (
        sa.select(Membership.user_id, Membership.unit_id)
        .join(Unit, Unit.id == Membership.unit_id)
        .where(
            in_ids(Membership.user_id, sa.bindparam("children")), Membership.role == "learner",
            Membership.state == "active", Membership.confirmed_at.is_not(None), Unit.kind == "class",
        )
    )  # fmt: skip
