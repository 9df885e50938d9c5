"""Finds the current state of a case's automatic measures, and who changed its room since.

Each change has its time and reason.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.accounts.queries import users
from tutoring.community.queries import nomination
from tutoring.kernel.audit import AuditRow
from tutoring.kernel.db import db
from tutoring.moderation.models import Case, Evidence
from tutoring.rooms.pictures.queries import is_locked
from tutoring.rooms.queries import message, room, seat

MOST = 50
IN_ROOM = ("mute", "unmute", "remove_member", "hold_room", "unhold_room", "lock_room", "unlock_room", "hide_message",
           "take_back_hiding", "release_message", "refuse_message", "unmask_message", "reveal_message", "lock_picture",
           "unlock_picture", "close_room")  # fmt: skip
OF_HELPER = ("nomination_paused", "nomination_resumed", "nomination_active", "nomination_barred", "nominate")


@dataclass(frozen=True)
class Measure:
    """An automatic measure: whether it is in effect, until when, and when evidence was copied."""

    act: str
    stands: bool
    until: datetime | None = None
    at: datetime | None = None


@dataclass(frozen=True)
class Change:
    """A row of the audit chain, as the page of a case shows it. `by` is None if a rule did it."""

    action: str
    at: datetime
    by: User | None
    about: User | None
    seq: int | None
    reason: str


def measures_now(case: Case) -> list[Measure]:
    """Returns the automatic measures of a case in order of time, each with its current state."""
    kinds = list(dict.fromkeys(one["act"] for one in case.acts))
    return [found for act in kinds if (found := _now(case, act)) is not None]


def _now(case: Case, act: str) -> Measure | None:
    noted = next(one for one in case.acts if one["act"] == act)
    if act == "pause":
        vouch = nomination(noted["user"])
        return Measure(act, vouch is not None and vouch.state in ("paused", "barred"))
    if case.room_id is None:
        return None
    if act == "silence":
        theirs = seat(case.room_id, noted["user"])
        muted = theirs is not None and theirs.is_muted
        return Measure(act, muted, theirs.muted_until if theirs is not None and muted else None)
    if act == "lock":
        return Measure(act, room(case.room_id).hold_all)
    if act == "hide":
        return Measure(act, message(case.room_id, noted["seq"]).status == "hidden")
    if act == "picture":
        return Measure(act, is_locked(case.room_id, noted["seq"]))
    if act == "evidence":
        newest = db.session.scalar(sa.select(sa.func.max(Evidence.at)).where(Evidence.case_id == case.id))
        return Measure(act, newest is not None, at=newest)
    return None


def changes_since(case: Case) -> Sequence[Change]:
    """Returns changes in a case's room and to its subject as a helper since it opened, newest first."""
    of_room = sa.and_(AuditRow.target == f"room:{case.room_id}", AuditRow.action.in_(IN_ROOM))
    of_helper = sa.and_(AuditRow.target == f"user:{case.about_id}", AuditRow.action.in_(OF_HELPER))
    query = sa.select(AuditRow).where(sa.or_(of_room, of_helper), AuditRow.at >= case.opened_at)
    rows = db.session.scalars(query.order_by(AuditRow.id.desc()).limit(MOST)).all()
    about = {row.id: row.facts.get("user") or row.facts.get("author") for row in rows}
    people = users({*(row.actor_id for row in rows if row.actor_id), *(id for id in about.values() if id)})
    return [
        Change(
            row.action, row.at, people.get(row.actor_id or 0), people.get(about[row.id] or 0), row.facts.get("seq"),
            "" if row.reason.startswith(("case:", "act:")) else row.reason,
        )
        for row in rows
    ]  # fmt: skip
