"""Reads of volunteer minutes: measuring at the end of a room, and lists for all sides."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tutoring.accounts.models import Guardian, User
from tutoring.kernel import clock
from tutoring.kernel.database.sql import in_ids
from tutoring.kernel.db import db
from tutoring.kernel.errors import NotFound
from tutoring.policy.rooms.volunteer_minutes import ACTIVE_WITHIN, CONFIRM_WITHIN, Helped, counted, may_say_helped
from tutoring.rooms.models import Attendance, Feedback, Message, Seat
from tutoring.rooms.presence.queries import VISIT, Stretch, awake, together
from tutoring.rooms.visibility import observed_by
from tutoring.rooms.volunteer_minutes.models import HelpSession, RoomActivity

_LARGEST_ID = 2**31 - 1


# ---- measuring -------------------------------------------------------------------------------------------------


def awake_in(room_id: int, seats: Iterable[Seat], until: datetime) -> dict[int, list[Stretch]]:
    """Returns when each of these people was in the room and active.

    Active means having written, or acted on the lesson, within ACTIVE_WITHIN before. A page visit counts for VISIT
    unless its reader left. An open page without activity does not count.
    """
    left = {seat.user_id: seat.left_at for seat in seats}
    there: dict[int, list[Stretch]] = defaultdict(list)
    rows = sa.select(Attendance).where(Attendance.room_id == room_id, Attendance.user_id.in_(left))
    for row in db.session.scalars(rows):
        there[row.user_id].append((row.from_at, min(until, _end(row, left[row.user_id], until))))
    acts: dict[int, list[datetime]] = defaultdict(list)
    wrote = sa.select(Message.author_id, Message.at).where(Message.room_id == room_id, Message.author_id.in_(left))
    moved = sa.select(RoomActivity.user_id, RoomActivity.at).where(
        RoomActivity.room_id == room_id, RoomActivity.user_id.in_(left)
    )
    for query in (wrote, moved):
        for user_id, at in db.session.execute(query):
            acts[int(user_id or 0)].append(at)
    return {user_id: awake(there[user_id], acts[user_id], ACTIVE_WITHIN) for user_id in left}


def _end(row: Attendance, goodbye: datetime | None, until: datetime) -> datetime:
    if row.until_at is None:
        return until
    if row.sid is not None:
        return row.until_at
    stays = row.until_at + VISIT
    return min(stays, goodbye) if goodbye is not None and goodbye >= row.until_at else stays


def minutes_of(helper_id: int, learners: Collection[int], found: dict[int, list[Stretch]]) -> int:
    """Returns the whole minutes in which the helper and the learner's side were active together."""
    theirs = [stretch for user_id in learners for stretch in found.get(user_id, ())]
    return int(together(found.get(helper_id, ()), theirs) / timedelta(minutes=1))


def sides(seats: Collection[Seat]) -> dict[int, set[int]]:
    """Returns the side of each learner: the learner and the guardians who sit with them.

    With several learners only sides of which a person entered are included.
    """
    learners = [one.user_id for one in seats if one.role == "learner"]
    here = {one.user_id for one in seats if one.joined_at is not None}
    guardians = {one.user_id for one in seats if one.role == "guardian"}
    query = sa.select(Guardian.child_id, Guardian.guardian_id).where(
        Guardian.child_id.in_(learners), Guardian.guardian_id.in_(guardians)
    )
    found = {learner_id: {learner_id} for learner_id in learners}
    for child_id, guardian_id in db.session.execute(query):
        if guardian_id is not None:
            found[child_id].add(guardian_id)
    return {one: side for one, side in found.items() if len(learners) == 1 or side & here}


def one_family(one_id: int, other_id: int) -> bool:
    """Returns whether one is the guardian of the other, or both share one.

    Help within a family does not count as volunteer minutes.
    """
    pair = {one_id, other_id}
    rows = db.session.execute(sa.select(Guardian.child_id, Guardian.guardian_id).where(Guardian.child_id.in_(pair)))
    guardians: dict[int, set[int]] = {one_id: {one_id}, other_id: {other_id}}
    for child_id, guardian_id in rows:
        if guardian_id is not None:
            guardians[child_id].add(guardian_id)
    return not guardians[one_id].isdisjoint(guardians[other_id])


# ---- lists -----------------------------------------------------------------------------------------------------


def helped_session(session_id: int) -> HelpSession:
    """Returns one session with its people; raises NotFound."""
    found = None
    if 0 < session_id <= _LARGEST_ID:
        found = db.session.scalar(_sessions().where(HelpSession.id == session_id))
    if found is None:
        raise NotFound
    return found


def _sessions() -> sa.Select[HelpSession]:
    return sa.select(HelpSession).options(
        joinedload(HelpSession.helper),
        joinedload(HelpSession.learner),
        joinedload(HelpSession.unit),
        joinedload(HelpSession.room),
    )


def sessions_of_room(room_id: int) -> list[HelpSession]:
    """Returns the sessions counted for a closed room."""
    return list(db.session.scalars(_sessions().where(HelpSession.room_id == room_id).order_by(HelpSession.id)))


def sessions_of(helper_id: int, since: datetime | None = None) -> list[HelpSession]:
    """Returns a helper's sessions, newest first."""
    query = _sessions().where(HelpSession.helper_id == helper_id)
    if since is not None:
        query = query.where(HelpSession.ended_at > since)
    return list(db.session.scalars(query.order_by(HelpSession.ended_at.desc(), HelpSession.id.desc())))


def sessions_of_each(helper_ids: Collection[int]) -> dict[int, list[HelpSession]]:
    """Returns the sessions of many helpers in one statement; helpers without any are left out."""
    found = defaultdict[int, list[HelpSession]](list)
    for one in db.session.scalars(sa.select(HelpSession).where(in_ids(HelpSession.helper_id, helper_ids))):
        found[one.helper_id].append(one)
    return dict(found)


def sessions_watched_by(viewer: User, unit_ids: Collection[int], since: datetime, limit: int) -> list[HelpSession]:
    """Returns sessions of these units' rooms that this user may observe, newest first."""
    query = (
        _sessions()
        .join(HelpSession.room)
        .where(HelpSession.unit_id.in_(unit_ids), HelpSession.ended_at > since, observed_by(viewer))
        .order_by(HelpSession.ended_at.desc(), HelpSession.id.desc())
        .limit(limit)
    )
    return list(db.session.scalars(query))


def on_the_same_days(sessions: Collection[HelpSession]) -> list[HelpSession]:
    """Returns all sessions of these helpers since the first of these days; daily caps need them."""
    if not sessions:
        return []
    query = sa.select(HelpSession).where(
        HelpSession.helper_id.in_({one.helper_id for one in sessions}),
        HelpSession.day >= min(one.day for one in sessions),
    )
    return list(db.session.scalars(query))


def thanks_in(room_ids: Collection[int], helper_id: int) -> list[Feedback]:
    """Returns thanks and texts of others in these rooms, newest first.

    They were shown on the end pages of the rooms before.
    """
    query = (
        sa.select(Feedback)
        .options(joinedload(Feedback.user))
        .where(
            Feedback.room_id.in_(room_ids),
            Feedback.user_id != helper_id,
            sa.or_(Feedback.thanks, Feedback.words != ""),
        )
        .order_by(Feedback.at.desc(), Feedback.room_id.desc())
        .limit(20)
    )
    return list(db.session.scalars(query))


def to_confirm(viewer: User) -> list[HelpSession]:
    """Returns sessions of this user, or of a young child, that still miss the user's word."""
    children = sa.select(Guardian.child_id).where(Guardian.guardian_id == viewer.id, Guardian.confirmed_at.is_not(None))
    family = sa.select(sa.literal(viewer.id)).union_all(children)  # one list: an OR would scan every session
    query = (
        _sessions()
        .where(
            HelpSession.learner_id.in_(family),
            HelpSession.word == "",
            HelpSession.minutes > 0,
            HelpSession.struck_at.is_(None),
            HelpSession.ended_at > clock.now() - CONFIRM_WITHIN,
        )
        .order_by(HelpSession.ended_at.desc())
        .limit(20)
    )
    own = viewer.id
    return [
        one
        for one in db.session.scalars(query)
        if may_say_helped(one.learner_id == own, one.learner_id != own, one.learner.band)
    ]


def may_still_confirm(session: HelpSession) -> bool:
    """Returns whether the learner's side may still give or change its word."""
    return session.minutes > 0 and clock.now() <= session.ended_at + CONFIRM_WITHIN


def counts(sessions: Iterable[HelpSession]) -> dict[int, int]:
    """Returns how many minutes of each session count.

    The input must hold all sessions of the helpers on the days in question.
    """
    of_helper: dict[int, list[Helped]] = defaultdict(list)
    for one in sessions:
        of_helper[one.helper_id].append(
            Helped(one.id, one.room_id, one.learner_id, one.day, one.ended_at, one.minutes, one.word == "helped",
                   one.struck_at is not None)
        )  # fmt: skip
    return {session_id: count for some in of_helper.values() for session_id, count in counted(some).items()}
