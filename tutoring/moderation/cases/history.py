"""The history shown with a case: counts and dates, never text."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from tutoring.kernel.db import db
from tutoring.moderation.actions.targets import others_of
from tutoring.moderation.cases.queries import Viewer
from tutoring.moderation.models import Case, ModerationAction
from tutoring.policy.moderation.actions import DECISION
from tutoring.policy.moderation.cases import may_see_case
from tutoring.policy.rooms.participation import PARTICIPANT_ROLES
from tutoring.rooms.models import Room, Seat

MOST = 50


@dataclass(frozen=True)
class Past:
    """Earlier sessions of the two users, earlier cases and actions about the subject.

    Cases and actions are (kind, count, latest time). `sessions` is None if the case is not about two users.
    """

    sessions: tuple[int, datetime | None] | None
    cases: list[tuple[str, int, datetime]]
    acts: list[tuple[str, int, datetime]]


def past_of(case: Case, viewer: Viewer) -> Past | None:
    """Returns the history of a case as far as this user may see it; None if it has no subject."""
    if case.about_id is None:
        return None
    others = others_of(case)
    sessions = _sessions(case.about_id, others[0], case.room_id) if len(others) == 1 else None
    return Past(sessions, _cases(case, viewer), _acts(case))


def _sessions(one_id: int, other_id: int, but: int | None) -> tuple[int, datetime | None]:
    first, second = aliased(Seat), aliased(Seat)
    query = (
        sa.select(sa.func.count(), sa.func.max(Room.opened_at))
        .join(first, sa.and_(first.room_id == Room.id, first.user_id == one_id, first.role.in_(PARTICIPANT_ROLES)))
        .join(
            second, sa.and_(second.room_id == Room.id, second.user_id == other_id, second.role.in_(PARTICIPANT_ROLES))
        )
        .where(Room.kind.in_(("pair", "group", "desk")), Room.id != (but or 0))
    )
    count, last = db.session.execute(query).one()
    return count, last


def _cases(case: Case, viewer: Viewer) -> list[tuple[str, int, datetime]]:
    query = sa.select(Case).where(Case.about_id == case.about_id, Case.id != case.id).order_by(Case.id.desc())
    found: dict[str, tuple[int, datetime]] = {}
    earlier = db.session.scalars(query.limit(MOST)).all()
    viewer.know(one.unit_id for one in earlier)
    for one in earlier:
        if may_see_case(viewer.facts(one)):
            count, last = found.get(one.outcome, (0, one.opened_at))
            found[one.outcome] = (count + 1, max(last, one.opened_at))
    return [(outcome, count, last) for outcome, (count, last) in found.items()]


def _acts(case: Case) -> list[tuple[str, int, datetime]]:
    """Counts actions about the subject.

    Overturned actions do not count against the subject; decisions are counted with their cases.
    """
    query = (
        sa.select(ModerationAction.kind, sa.func.count(), sa.func.max(ModerationAction.at))
        .where(
            ModerationAction.about_id == case.about_id,
            ModerationAction.undone_for.in_(("", "expired")),
            ModerationAction.kind != DECISION,
            sa.or_(ModerationAction.case_id.is_(None), ModerationAction.case_id != case.id),
            ModerationAction.unit_id == case.unit_id,
        )
        .group_by(ModerationAction.kind)
        .order_by(ModerationAction.kind)
    )
    return [(row[0], row[1], row[2]) for row in db.session.execute(query)]
