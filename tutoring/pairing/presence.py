"""Who is there: by what people do and what their pages tell, not by an open page alone."""

from collections.abc import Iterable
from typing import Literal

import sqlalchemy as sa

from tutoring.accounts.models import LiveSocket
from tutoring.kernel.db import db
from tutoring.pairing.group_sessions.models import GroupSession
from tutoring.pairing.models import HelperState, HelpRequest

Presence = Literal["active", "passive", "away", "busy"]


def presences(user_ids: Iterable[int]) -> dict[int, Presence]:
    """How these people are there. A person is as present as on the device that is most so: `active` where a page is
    looked at, `passive` where all are hidden (a phone in a pocket), `busy` in a session or asked about one, `away`
    without a page, or after saying so, or after leaving offers unanswered."""
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
    """Of a group's row: its helper is in its room, or has just asked it."""
    asked = sa.and_(GroupSession.merged, GroupSession.state == "open")
    return sa.or_(GroupSession.state == "begun", asked)


def with_a_group(user_ids: Iterable[int]) -> sa.Select[int]:
    """Who of these people is in the room of a group, or has just asked one; to select from."""
    return sa.select(GroupSession.helper_id).where(GroupSession.helper_id.in_(list(user_ids)), leads_a_group())


def _presence(busy: bool, away: bool, looking: bool | None) -> Presence:
    if busy:
        return "busy"
    if away or looking is None:
        return "away"
    return "active" if looking else "passive"


def helper_state(user_id: int) -> HelperState | None:
    """What a helper has said, or shown, about being asked; None: nothing yet."""
    return db.session.get(HelperState, user_id)
