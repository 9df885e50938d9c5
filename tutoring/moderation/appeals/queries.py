"""Queries of appeals: actions about a user and the user's children, who may decide, what is open."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tutoring.accounts.models import Guardian, User
from tutoring.accounts.queries import user, users
from tutoring.community import queries as community
from tutoring.community.models import Membership
from tutoring.community.units.bound_scopes import bound_scope, room_for, scope_values
from tutoring.community.units.scopes import scope_of
from tutoring.kernel.database.sql import built_once
from tutoring.kernel.db import db
from tutoring.kernel.errors import NotFound
from tutoring.moderation.actions.queries import act_for
from tutoring.moderation.appeals.models import ActionAppeal
from tutoring.moderation.cases.queries import Viewer, viewer_of
from tutoring.moderation.models import Case, ModerationAction
from tutoring.policy.moderation.actions import ACTION_RULES, DECISION, may_act_in_room
from tutoring.policy.moderation.appeals import AppealFacts, may_ask, may_take, why_not
from tutoring.policy.moderation.cases import may_decide_case, may_see_case
from tutoring.policy.rooms.participation import ADULT_OBSERVER_ROLES
from tutoring.rooms import queries as rooms

MOST = 50
_LARGEST_ID = 2**31 - 1


def appeal_of(act_id: int) -> ActionAppeal | None:
    """Returns the appeal against this action, or None."""
    return db.session.get(ActionAppeal, act_id)


def appeal(act_id: int) -> ActionAppeal:
    """Returns the appeal without a permission check, for jobs and reactions."""
    return db.session.get_one(ActionAppeal, act_id)


def has_action_appeal(room_id: int, seq: int) -> bool:
    """Returns whether a standing action on this message has an appeal."""
    query = (
        sa.select(ActionAppeal.act_id)
        .join(ModerationAction, ModerationAction.id == ActionAppeal.act_id)
        .where(ModerationAction.room_id == room_id, ModerationAction.seq == seq, ModerationAction.undone_at.is_(None))
    )
    return db.session.scalar(query.limit(1)) is not None


# ---- users concerned -------------------------------------------------------------------------------------------


def concerning(person: User, act_id: int) -> ModerationAction:
    """Returns an action that concerns this user, or a child whose confirmed guardian the user is.

    Raises NotFound.
    """
    try:
        return act_for(person, min(act_id, _LARGEST_ID))
    except NotFound:
        found = db.session.get(ModerationAction, min(act_id, _LARGEST_ID))
        if found is None or not may_ask(False, _guards(person, found), found.kind):
            raise
        return found


def _guards(person: User, act: ModerationAction) -> bool:
    children = {one_id for one_id in (act.about_id, act.toward_id) if one_id is not None and user(one_id).is_minor}
    tie = sa.select(Guardian.child_id).where(
        Guardian.guardian_id == person.id, Guardian.child_id.in_(children), Guardian.confirmed_at.is_not(None)
    )
    return db.session.scalar(tie.limit(1)) is not None


@dataclass(frozen=True)
class Done:
    """One action as the user concerned reads it: the role of the moderator, and the appeal."""

    act: ModerationAction
    role: str
    appeal: ActionAppeal | None


def about(person: User) -> tuple[list[Done], list[Done]]:
    """Returns the actions about this user, and those about the user's children, newest first."""
    children = sa.select(Guardian.child_id).where(Guardian.guardian_id == person.id, Guardian.confirmed_at.is_not(None))
    minors = sa.select(User.id).where(User.id.in_(children))
    theirs = [one for one in _done(ModerationAction.about_id.in_(minors)) if one.act.about and one.act.about.is_minor]
    return _done(sa.or_(ModerationAction.about_id == person.id, ModerationAction.toward_id == person.id)), theirs


def _done(which: sa.ColumnElement[bool]) -> list[Done]:
    query = (
        sa.select(ModerationAction, ActionAppeal)
        .outerjoin(ActionAppeal, ActionAppeal.act_id == ModerationAction.id)
        .options(joinedload(ModerationAction.about))
        .where(which)
        .order_by(ModerationAction.id.desc())
        .limit(MOST)
    )
    found = db.session.execute(query).all()
    roles = roles_behind([row[0] for row in found])
    return [Done(row[0], roles[row[0].id], row[1]) for row in found]


def roles_behind(acts: Iterable[ModerationAction]) -> dict[int, str]:
    """Returns the role by which each action was done, never a name."""
    known: dict[tuple[int, int | None], str] = {}
    for act in acts:
        if (act.by_id, act.unit_id) not in known:
            held = community.roles_at(act.by_id, act.unit_id) if act.unit_id is not None else frozenset()
            order = ("coordinator", "teacher", "lead", "officer")
            known[act.by_id, act.unit_id] = next((role for role in order if role in held), "site_admin")
    return {act.id: known[act.by_id, act.unit_id] for act in acts}


# ---- users who decide ------------------------------------------------------------------------------------------


def appeal_facts(person: User, act: ModerationAction, alarm: int, viewer: Viewer | None = None) -> AppealFacts:
    """Returns this user's facts about an appeal, as the rules need them.

    For many actions a shared viewer runs each query once.
    """
    viewer = viewer or Viewer(person)
    sides = {act.about_id, act.toward_id} - {None}
    known = AppealFacts(
        is_subject=person.id in sides, family=not sides.isdisjoint(viewer.family), did_it=act.by_id == person.id
    )
    by = "decides" if act.kind == DECISION else ACTION_RULES[act.kind].by
    if act.case_id is not None:
        case = db.session.get_one(Case, act.case_id)
        of_case = viewer.facts(case)
        of_case = replace(of_case, alarmed=of_case.alarmed or alarm >= 2)
        coordinates = not {"coordinator", "site_admin"}.isdisjoint(of_case.held)
        # A relative of the subject gets an explicit refusal instead of NotFound.
        sees = may_see_case(replace(of_case, family_of_about=False))
        high = {"sees": True, "decides": may_decide_case(replace(of_case, reported=False)), "coordinates": coordinates}
        return replace(known, sees=sees, reported=of_case.reported, high=high[by])
    if act.room_id is None:
        return known
    in_room = rooms.room_facts(rooms.room(act.room_id), person)
    late = person.site_admin and not person.lacks_factor and alarm >= 2 and in_room.role in (None, "observer")
    sees = late or may_act_in_room("hide", in_room)
    return replace(known, sees=sees, high=late or by != "coordinates" or "coordinator" in in_room.held)


def second_look_for(person: User, act_id: int) -> tuple[ActionAppeal, AppealFacts]:
    """Returns an appeal for a user who may know of it. Raises NotFound for all others."""
    found = db.session.get(ActionAppeal, min(act_id, _LARGEST_ID))
    if found is None:
        raise NotFound
    known = appeal_facts(person, found.act, found.alarm)
    if why_not(known) in ("missing", "self"):
        raise NotFound
    return found, known


def waiting_for(person: User) -> list[ActionAppeal]:
    """Returns the open appeals that this user may decide, earliest deadline first."""
    watched = scope_of(person.id, ADULT_OBSERVER_ROLES)
    query = _open_appeals(room_for(len(watched.tops)), person.site_admin)
    found = db.session.scalars(query, scope_values("watched", watched))
    viewer = viewer_of(person)
    return [one for one in found if may_take(appeal_facts(person, one.act, one.alarm, viewer))]


@built_once  # building it takes longer than running it
def _open_appeals(room: int, admin: bool) -> sa.Select[Any]:
    mine = bound_scope("watched", room).holds(ModerationAction.unit_id)
    if admin:
        mine = sa.or_(mine, ActionAppeal.alarm >= 2)
    return (
        sa.select(ActionAppeal)
        .join(ModerationAction, ModerationAction.id == ActionAppeal.act_id)
        .options(
            joinedload(ActionAppeal.act).options(joinedload(ModerationAction.about), joinedload(ModerationAction.case))
        )
        .where(ActionAppeal.decided_at.is_(None), mine)
        .order_by(ActionAppeal.due_at, ActionAppeal.act_id)
        .limit(MOST)
    )


def users_to_notify(found: ActionAppeal) -> list[int]:
    """Returns the users who may decide this appeal now, and so are notified of it."""
    people: set[int] = set()
    if found.act.unit_id is not None:
        query = sa.select(Membership.user_id).where(
            Membership.unit_id.in_(community.ancestors(found.act.unit_id)),
            Membership.role.in_(sorted(ADULT_OBSERVER_ROLES) if not found.alarm else ["coordinator"]),
            Membership.state == "active",
        )
        people = set(db.session.scalars(query))
    if found.alarm >= 2:
        people |= set(db.session.scalars(sa.select(User.id).where(User.site_admin, User.state == "active")))
    return sorted(one.id for one in users(people).values() if may_take(appeal_facts(one, found.act, found.alarm)))
