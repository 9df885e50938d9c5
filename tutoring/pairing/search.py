"""Finds a user's own requests and sessions by their topic and the user's own texts."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tutoring.accounts.models import User
from tutoring.kernel.db import db
from tutoring.kernel.text import contains_words, search_text
from tutoring.pairing.group_sessions.models import GroupSession, SignUp
from tutoring.pairing.models import HelpRequest

LOOKED_THROUGH = 50  # of each kind, the newest
MOST = 5


@dataclass(frozen=True)
class RequestHit:
    """A request of the user or of their child, or a session that they lead or join."""

    topic: str
    request: HelpRequest | None = None
    session: GroupSession | None = None


def find_mine(
    person: User, children: Collection[int], looked_for: Sequence[str], topics: Mapping[str, str]
) -> list[RequestHit]:
    """Returns matching requests of this user and their children, and sessions they lead or join."""
    if not looked_for:
        return []
    family = [person.id, *children]
    asked = (
        sa.select(HelpRequest)
        .options(joinedload(HelpRequest.learner))
        .where(HelpRequest.learner_id.in_(family))
        .order_by(HelpRequest.id.desc())
        .limit(LOOKED_THROUGH)
    )
    signed = sa.select(SignUp.session_id).where(SignUp.learner_id.in_(family), SignUp.state != "gone")
    sessions = (
        sa.select(GroupSession)
        .options(joinedload(GroupSession.helper))
        .where(sa.or_(GroupSession.helper_id == person.id, GroupSession.id.in_(signed)), GroupSession.merged.is_(False))
        .order_by(GroupSession.at.desc(), GroupSession.id.desc())
        .limit(LOOKED_THROUGH)
    )
    found = []
    for one in db.session.scalars(asked):
        name = topics.get(one.topic, one.topic)
        own = one.words if one.learner_id == person.id else ""
        if contains_words(search_text(f"{name} {own} {one.learner.called_name}"), looked_for):
            found.append(RequestHit(name, request=one))
    for row in db.session.scalars(sessions):
        name = topics.get(row.topic, row.topic)
        if contains_words(search_text(f"{name} {row.words} {row.helper.called_name}"), looked_for):
            found.append(RequestHit(name, session=row))
    return found[:MOST]
