"""Reads for the live dashboard of many open rooms, with a constant number of queries."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from tutoring.accounts.models import LiveSocket
from tutoring.kernel import clock
from tutoring.kernel.database.sql import built_once, ids_parameter, in_ids
from tutoring.kernel.db import db
from tutoring.rooms.models import Attendance, Message, Room, Seat
from tutoring.rooms.presence.queries import SOCKET_ALIVE, VISIT
from tutoring.rooms.risk.models import RiskPoint
from tutoring.safety import risk


@dataclass(frozen=True)
class PresenceState:
    """One person's presence in one room: present since, or absent since, a moment.

    Presence counts by socket and by page visit.
    """

    here: bool
    since: datetime


def stays(room_ids: Collection[int]) -> dict[int, dict[int, PresenceState]]:
    """Returns the presence of all people who have entered these rooms, by room and user.

    Presence is defined as in `presence.queries.present`.
    """
    if not room_ids:
        return {}
    moment = clock.now()
    told = {"rooms": ids_parameter(room_ids), "alive": moment - SOCKET_ALIVE, "visit": moment - VISIT}
    found: dict[int, dict[int, PresenceState]] = {}
    for room_id, user_id, since, until in db.session.execute(_stays(), told):
        found.setdefault(room_id, {})[user_id] = PresenceState(since is not None, since or until)
    return found


@built_once
def _stays() -> Any:
    here = sa.or_(
        sa.and_(Attendance.until_at.is_(None), LiveSocket.seen_at > sa.bindparam("alive")),
        sa.and_(
            Attendance.sid.is_(None),
            Attendance.until_at > sa.bindparam("visit"),
            sa.or_(Seat.left_at.is_(None), Attendance.until_at > Seat.left_at),
        ),
    )
    return (
        sa.select(
            Attendance.room_id, Attendance.user_id,
            sa.func.min(sa.case((here, Attendance.from_at))),
            sa.func.max(sa.func.coalesce(Attendance.until_at, LiveSocket.seen_at, Attendance.from_at)),
        )
        .join(Seat, sa.and_(Seat.room_id == Attendance.room_id, Seat.user_id == Attendance.user_id))
        .outerjoin(LiveSocket, LiveSocket.sid == Attendance.sid)
        .where(in_ids(Attendance.room_id, sa.bindparam("rooms")), Seat.removed_at.is_(None))
        .group_by(Attendance.room_id, Attendance.user_id)
    )  # fmt: skip


@dataclass(frozen=True)
class LastMessage:
    """The author and time of the last message in a room."""

    author_id: int | None
    at: datetime


def last_words(room_ids: Collection[int]) -> dict[int, LastMessage]:
    """Returns the newest message of each room; system messages do not count."""
    if not room_ids:
        return {}
    rows = db.session.execute(_last_words(), {"rooms": ids_parameter(room_ids)})
    return {row[0]: LastMessage(row[1], row[2]) for row in rows}


@built_once
def _last_words() -> Any:
    newest = (
        sa.select(Message.id)
        .where(Message.room_id == Room.id, Message.kind == "text")
        .order_by(Message.seq.desc())
        .limit(1)
        .scalar_subquery()
    )
    ids = sa.select(newest).where(in_ids(Room.id, sa.bindparam("rooms")))
    return sa.select(Message.room_id, Message.author_id, Message.at).where(Message.id.in_(ids))


@dataclass(frozen=True)
class Held:
    """How many messages of a room are held, and since when the oldest waits."""

    count: int
    since: datetime


def held(room_ids: Collection[int]) -> dict[int, Held]:
    """Returns what is held by room; rooms without any are left out."""
    if not room_ids:
        return {}
    rows = db.session.execute(_held(), {"rooms": ids_parameter(room_ids)})
    return {row[0]: Held(row[1], row[2]) for row in rows}


@built_once
def _held() -> Any:
    return (
        sa.select(Message.room_id, sa.func.count(), sa.func.min(Message.at))
        .where(Message.status == "held", in_ids(Message.room_id, sa.bindparam("rooms")))
        .group_by(Message.room_id)
    )


@dataclass(frozen=True)
class PairRisk:
    """The risk score of one person's messages to another over thirty days, with reasons."""

    from_id: int
    towards_id: int
    level: str
    reasons: tuple[str, ...]


def risks(people: Iterable[Collection[int]]) -> dict[tuple[int, int], PairRisk]:
    """Returns the risk of each pair of people who sit in a room together.

    `people` holds the users of each room. Pairs below the notice level are left out.
    """
    groups = [set(some) for some in people if len(some) > 1]
    everybody = set().union(*groups)
    if not everybody:
        return {}
    told = {"people": ids_parameter(everybody), "since": clock.now() - risk.REMEMBERED}
    points: dict[tuple[int, int], list[risk.Point]] = {}
    for from_id, towards_id, kind, worth, at in db.session.execute(_signs(), told):
        if any(from_id in group and towards_id in group for group in groups):
            points.setdefault((from_id, towards_id), []).append(risk.Point(kind, worth, at))
    weighed = {pair: risk.score_signals(found, [], clock.now()) for pair, found in points.items()}
    return {pair: PairRisk(*pair, one.level, one.reasons) for pair, one in weighed.items() if one.level}


@built_once
def _signs() -> Any:
    return (
        sa.select(RiskPoint.from_id, RiskPoint.towards_id, RiskPoint.kind, RiskPoint.points, RiskPoint.at)
        .where(
            in_ids(RiskPoint.from_id, sa.bindparam("people")),
            RiskPoint.at > sa.bindparam("since"),
            RiskPoint.kind.not_in(risk.LEVELS),
        )
        .order_by(RiskPoint.at, RiskPoint.id)
    )
