"""Reads of closed rooms: the observed sessions of helpers, and the history of a pair."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from tutoring.accounts.models import Guardian
from tutoring.kernel.db import db
from tutoring.policy.rooms.comfort import UNEASY
from tutoring.rooms.comfort.models import ComfortAnswer
from tutoring.rooms.models import NOT_ASKED, Feedback, Message, Room, Seat

WELL_CLOSED = ("ended", "duty")  # not closed by an observer, and not stopped
_LOOKED_AT = 120  # the first sessions of a helper; far more than the probation requires


@dataclass(frozen=True)
class Session:
    """One closed, observed room of a helper and a learner.

    `answered`: the other side gave feedback.
    """

    room_id: int
    helper_id: int
    learner_id: int
    opened_at: datetime
    answered: bool


def observed_sessions(helper_ids: Collection[int]) -> list[Session]:
    """Returns the first closed and observed rooms of these helpers.

    Observed means that an adult was on duty or an observer entered. Rooms closed by an observer, or from which the
    helper was removed, are left out.
    """
    if not helper_ids:
        return []
    return [
        Session(row.room_id, row.helper_id, row.learner_id, row.opened_at, bool(row.answered))
        for row in db.session.execute(_sessions(), {"helpers": list(helper_ids)})
    ]


@cache  # used by every claim, and building the statement costs more than running it
def _sessions() -> sa.Select[Any]:
    helper, learner, observer = aliased(Seat), aliased(Seat), aliased(Seat)
    came_in = sa.select(observer.id).where(
        observer.room_id == Room.id, observer.role == "observer", observer.joined_at.is_not(None)
    )
    answered = sa.select(Feedback.room_id).where(Feedback.room_id == Room.id, Feedback.user_id != helper.user_id)
    number = sa.func.row_number().over(partition_by=helper.user_id, order_by=Room.id).label("number")
    found = (
        sa.select(
            Room.id.label("room_id"), helper.user_id.label("helper_id"), learner.user_id.label("learner_id"),
            Room.opened_at.label("opened_at"), answered.exists().label("answered"), number,
        )
        .join(helper, sa.and_(helper.room_id == Room.id, helper.role == "helper", helper.removed_at.is_(None)))
        .join(learner, sa.and_(learner.room_id == Room.id, learner.role == "learner"))
        .where(
            helper.user_id.in_(sa.bindparam("helpers", expanding=True)),
            Room.closed_at.is_not(None),
            Room.close_reason.in_(WELL_CLOSED),
            sa.or_(Room.observed, came_in.exists()),
        )
        .subquery()
    )  # fmt: skip
    return sa.select(found).where(found.c.number <= _LOOKED_AT).order_by(found.c.helper_id, found.c.number)


@dataclass(frozen=True)
class Behind:
    """One earlier room of a pair.

    `good`: the learner's side said it helped, and a child who learned was not uneasy. `spoiled`: see `behind`.
    """

    opened_at: datetime
    good: bool
    spoiled: bool


def behind(learner_id: int, helper_id: int) -> list[Behind]:
    """Returns all rooms in which these two were learner and helper, with one query.

    With several learners only the own side of this one counts as its feedback.

    A room is spoiled if a message of either was masked, hidden or held for its content, or if either was muted or
    removed. A room closed by an observer is spoiled too.
    """
    helper, learner, side, put_out = aliased(Seat), aliased(Seat), aliased(Seat), aliased(Seat)
    guardians_of = sa.select(Guardian.guardian_id).where(Guardian.child_id == learner_id)
    good = (
        sa.select(Feedback.room_id)
        .join(side, sa.and_(side.room_id == Feedback.room_id, side.user_id == Feedback.user_id))
        .where(
            Feedback.room_id == Room.id, side.role.in_(("learner", "guardian")),
            sa.or_(Feedback.solved.in_(("yes", "partly")), sa.and_(Feedback.solved == NOT_ASKED, Feedback.thanks)),
            sa.or_(side.user_id == learner_id, side.user_id.in_(guardians_of)),
        )
    )  # fmt: skip
    words = sa.select(Message.id).where(
        Message.room_id == Room.id,
        Message.author_id.in_((learner_id, helper_id)),
        Message.disclosed.is_(False),  # a disclosure of danger spoils nothing
        sa.or_(Message.status != "sent", Message.held_for.in_(("found", "risk", "fault"))),
    )
    order = sa.select(put_out.id).where(
        put_out.room_id == Room.id,
        put_out.user_id.in_((learner_id, helper_id)),
        sa.or_(put_out.removed_at.is_not(None), put_out.muted_until.is_not(None)),
    )
    uneasy = sa.exists().where(
        ComfortAnswer.room_id == Room.id, ComfortAnswer.user_id == learner_id, ComfortAnswer.felt == UNEASY
    )
    query = (
        sa.select(
            Room.opened_at,
            sa.and_(Room.closed_at.is_not(None), good.exists(), sa.not_(uneasy)),
            sa.or_(words.exists(), order.exists(), Room.close_reason == "watcher"),
        )
        .join(helper, sa.and_(helper.room_id == Room.id, helper.role == "helper", helper.user_id == helper_id))
        .join(learner, sa.and_(learner.room_id == Room.id, learner.role == "learner", learner.user_id == learner_id))
    )
    return [Behind(opened, bool(well), bool(bad)) for opened, well, bad in db.session.execute(query)]


def writers(room_id: int, but: Collection[str] = ()) -> set[int]:
    """Returns the authors of a room, also of held and hidden messages.

    Messages with the client ids in `but` were not written in the room and do not count.
    """
    query = (
        sa.select(Message.author_id)
        .where(Message.room_id == room_id, Message.author_id.is_not(None), Message.client_id.not_in(but))
        .distinct()
    )
    return {author_id for author_id in db.session.scalars(query) if author_id is not None}
