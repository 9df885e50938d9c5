"""Presence of users, from their actions and page visibility, not from open pages alone."""

from collections.abc import Iterable
from typing import Literal

import sqlalchemy as sa

from tutoring.accounts.models import LiveSocket
from tutoring.kernel.db import db
from tutoring.pairing.group_sessions.models import GroupSession
from tutoring.pairing.models import HelperState, HelpRequest

Presence = Literal["active", "passive", "away", "busy"]


def presences(user_ids: Iterable[int]) -> dict[int, Presence]:
    """Returns the presence of each of these users.

    `active` has a visible page, `passive` only hidden ones, such as a phone in a pocket. `busy` has claimed a request,
    or is in a session or with a group. `away` has no page, said so, or left offers unanswered. The most present device
    counts.
    """
    ids = list(user_ids)
    looking = sa.func.max(sa.case((LiveSocket.visible, 1), else_=0))
    pages = sa.select(LiveSocket.user_id, looking).where(LiveSocket.user_id.in_(ids)).group_by(LiveSocket.user_id)
    seen = {user_id: bool(visible) for user_id, visible in db.session.execute(pages)}
    helping = sa.select(HelpRequest.helper_id).where(
        HelpRequest.helper_id.in_(ids), HelpRequest.state.in_(("offered", "helping"))
    )
    busy = set(db.session.scalars(helping.union(with_a_group(ids))))
    gone = sa.select(HelperState.user_id).where(HelperState.user_id.in_(ids), HelperState.away_since.is_not(None))
    away = set(db.session.scalars(gone))
    return {one: _presence(one in busy, one in away, seen.get(one)) for one in ids}


def leads_a_group() -> sa.ColumnElement[bool]:
    """Returns the SQL condition that a group's helper is in its room, or has just proposed it."""
    asked = sa.and_(GroupSession.merged, GroupSession.state == "open")
    return sa.or_(GroupSession.state == "begun", asked)


def with_a_group(user_ids: Iterable[int]) -> sa.Select[int]:
    """Selects those of these users who are in the room of a group, or have just proposed one."""
    return sa.select(GroupSession.helper_id).where(GroupSession.helper_id.in_(list(user_ids)), leads_a_group())


def _presence(busy: bool, away: bool, looking: bool | None) -> Presence:
    if busy:
        return "busy"
    if away or looking is None:
        return "away"
    return "active" if looking else "passive"


def helper_state(user_id: int) -> HelperState | None:
    """Returns a helper's away state and unanswered offers; None when there is no record."""
    return db.session.get(HelperState, user_id)
