"""Reads of risk over time between two people: recorded signals and the current score."""

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.rooms.models import Message
from tutoring.rooms.risk.models import RiskPoint
from tutoring.safety import risk


def _noted(from_id: int, towards_ids: Iterable[int]) -> sa.Select[Any]:
    since = clock.now() - risk.REMEMBERED
    return (
        sa.select(RiskPoint)
        .where(RiskPoint.from_id == from_id, RiskPoint.towards_id.in_(list(towards_ids)), RiskPoint.at > since)
        .order_by(RiskPoint.at, RiskPoint.id)
    )


def histories(from_id: int, towards_ids: Iterable[int]) -> dict[int, list[risk.Point]]:
    """Returns the points of one person toward each of some others, oldest first."""
    found: dict[int, list[risk.Point]] = {}
    for row in db.session.scalars(_noted(from_id, towards_ids)):
        if row.kind not in risk.LEVELS:
            found.setdefault(row.towards_id, []).append(risk.Point(row.kind, row.points, row.at))
    return found


def raised(from_id: int, towards_ids: Iterable[int]) -> set[tuple[int, str]]:
    """Returns the levels raised within thirty days, as `(towards_id, level)`."""
    rows = db.session.scalars(_noted(from_id, towards_ids).where(RiskPoint.kind.in_(risk.LEVELS)))
    return {(row.towards_id, row.kind) for row in rows}


def raised_in(room_id: int, from_id: int) -> set[str]:
    """Returns the levels raised in one room for this person's messages, toward anyone."""
    since = clock.now() - risk.REMEMBERED
    query = sa.select(RiskPoint.kind).where(
        RiskPoint.room_id == room_id, RiskPoint.from_id == from_id, RiskPoint.kind.in_(risk.LEVELS),
        RiskPoint.at > since,
    )  # fmt: skip
    return set(db.session.scalars(query))


# For a single message these add nothing to its finds or its time.
_SAID_ALREADY = ("masked", "late")


def kinds_of(messages: Sequence[Message]) -> dict[int, list[str]]:
    """Returns the risk signals of these messages by id, strongest first, with one statement."""
    ids = {(one.room_id, one.seq): one.id for one in messages}
    if not ids:
        return {}
    these = sa.or_(*(sa.and_(RiskPoint.room_id == room_id, RiskPoint.seq == seq) for room_id, seq in sorted(ids)))
    authors = {one.author_id for one in messages if one.author_id is not None}
    query = sa.select(RiskPoint).where(
        RiskPoint.from_id.in_(sorted(authors)), these, RiskPoint.kind.not_in([*risk.LEVELS, *_SAID_ALREADY])
    )
    found: dict[int, list[str]] = {}
    for row in db.session.scalars(query.order_by(RiskPoint.points.desc(), RiskPoint.id)):
        kinds = found.setdefault(ids[(row.room_id, row.seq or 0)], [])
        if row.kind not in kinds:
            kinds.append(row.kind)
    return found


def risk_of(from_id: int, towards_id: int) -> risk.RiskScore:
    """Returns the current risk score of one person toward another."""
    return risk.score_signals(histories(from_id, [towards_id]).get(towards_id, []), [], clock.now())


def risk_reasons(from_id: int, towards_id: int) -> tuple[str, ...]:
    """Returns the reasons for the score in plain Vietnamese; empty below a notice."""
    return risk_of(from_id, towards_id).reasons
