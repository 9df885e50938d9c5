"""Queries of tasks, and of the users to whom a task can be assigned."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tutoring.accounts.models import User
from tutoring.community.models import Membership
from tutoring.community.queries import ancestors, roles_at
from tutoring.groups.access import Place, place_for
from tutoring.groups.models import GroupTask
from tutoring.kernel.db import db
from tutoring.kernel.errors import NotFound
from tutoring.kernel.paging import Page
from tutoring.kernel.text import name_key
from tutoring.policy.access import STAFF
from tutoring.policy.groups import TEAM, may_see_task

SHOWN = 5  # tasks on the page of the unit
PAGE = 30
MAX_PEOPLE = 500
ONGOING = ("open", "doing")


def _tasks() -> sa.Select[Any]:
    return sa.select(GroupTask).options(joinedload(GroupTask.assignee))


def ongoing(place: Place, person_id: int) -> Page[GroupTask]:
    """Returns the unfinished tasks for the unit's page: the user's own first, then by due day.

    Only staff see the tasks of others.
    """
    query = _tasks().where(GroupTask.unit_id == place.unit.id, GroupTask.state.in_(ONGOING))
    if not place.sees_tasks:
        query = query.where(GroupTask.assignee_id == person_id)
    mine = sa.func.coalesce(GroupTask.assignee_id, 0) != person_id
    query = query.order_by(mine, GroupTask.due.is_(None), GroupTask.due, GroupTask.id).limit(SHOWN + 1)
    return Page.of(list(db.session.scalars(query)), SHOWN)


def all_of(place: Place, person_id: int, states: tuple[str, ...], before: int | None = None) -> Page[GroupTask]:
    """Returns one page of the tasks in these states, newest first.

    Staff see all tasks, others only their own.
    """
    query = _tasks().where(GroupTask.unit_id == place.unit.id, GroupTask.state.in_(states))
    if not place.sees_tasks:
        query = query.where(GroupTask.assignee_id == person_id)
    if before is not None:
        query = query.where(GroupTask.id < before)
    return Page.of(list(db.session.scalars(query.order_by(GroupTask.id.desc()).limit(PAGE + 1))), PAGE)


@dataclass(frozen=True)
class TaskPage:
    """A task as one user sees it."""

    row: GroupTask
    place: Place
    mine: bool


def task_for(person: User, task_id: int, lock: bool = False) -> TaskPage:
    """Returns a task that this user may see. Raises NotFound."""
    query = sa.select(GroupTask).where(GroupTask.id == task_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    row = db.session.scalar(query)
    if row is None:
        raise NotFound
    place = place_for(person, row.unit_id)
    mine = row.assignee_id == person.id
    if not may_see_task(place.held, place.unit.kind, mine):
        raise NotFound
    return TaskPage(row, place, mine)


@dataclass(frozen=True)
class PossibleAssignee:
    """A user to whom a task of the unit can be assigned; `team`: without asking first."""

    user: User
    team: bool


def people_for(unit_id: int) -> list[PossibleAssignee]:
    """Returns the unit's staff and team first, then its other adults, each by name; bounded."""
    above = ancestors(unit_id)
    roles = sa.func.max(sa.case((Membership.role.in_(TEAM), 1), else_=0))
    query = (
        sa.select(User, roles)
        .join(Membership, Membership.user_id == User.id)
        .where(
            sa.or_(
                Membership.unit_id == unit_id,
                sa.and_(Membership.unit_id.in_(above), Membership.role.in_(STAFF)),
            ),
            Membership.state == "active",
            User.state == "active",
            User.kind == "adult",
        )
        .group_by(User.id)
        .order_by(roles.desc(), User.id)
        .limit(MAX_PEOPLE)
    )
    found = [PossibleAssignee(user, bool(team)) for user, team in db.session.execute(query)]
    return sorted(found, key=lambda one: (not one.team, name_key(one.user.full_name)))


def find_possible_assignee(unit_id: int, user_id: int) -> PossibleAssignee | None:
    """Returns one of these users, or None."""
    user = db.session.get(User, user_id)
    if user is None or user.kind != "adult" or user.state != "active":
        return None
    here = roles_at(user_id, unit_id)
    own = sa.select(Membership.id).where(
        Membership.user_id == user_id, Membership.unit_id == unit_id, Membership.state == "active"
    )
    if STAFF.isdisjoint(here) and db.session.scalar(own.limit(1)) is None:
        return None
    return PossibleAssignee(user, not TEAM.isdisjoint(here))
