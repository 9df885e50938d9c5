"""Reads of the minutes of help: measured from rows when a room ends, listed for helpers, families and staff."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tutoring.accounts.models import Guardian, User
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.kernel.errors import NotFound
from tutoring.policy.rooms.volunteer_minutes import ACTIVE_WITHIN, CONFIRM_WITHIN, Helped, counted, may_say_helped
from tutoring.rooms.models import Attendance, Feedback, Message, Seat
from tutoring.rooms.presence.queries import VISIT, Stretch, awake, together
from tutoring.rooms.visibility import watched_by
from tutoring.rooms.volunteer_minutes.models import HelpSession, RoomActivity

_LARGEST_ID = 2**31 - 1


# ---- measuring -------------------------------------------------------------------------------------------------


def awake_in(room_id: int, seats: Iterable[Seat], until: datetime) -> dict[int, list[Stretch]]:
    """When each of these people was in the room and had written, or moved the step, within ACTIVE_WITHIN before.

    A page without a socket is there for VISIT after it was asked for, unless its reader said goodbye. An open page
    alone is nobody.
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
    """Whole minutes in which the helper and the learner's side were awake at the same time."""
    theirs = [stretch for user_id in learners for stretch in found.get(user_id, ())]
    return int(together(found.get(helper_id, ()), theirs) / timedelta(minutes=1))


def sides(seats: Collection[Seat]) -> dict[int, set[int]]:
    """By learner who came, or whose guardian did: the learner and the guardians who sit with them."""
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
    """Whether one answers for the other, or somebody for both: help at home is good and no hour of service."""
    pair = {one_id, other_id}
    rows = db.session.execute(sa.select(Guardian.child_id, Guardian.guardian_id).where(Guardian.child_id.in_(pair)))
    guardians: dict[int, set[int]] = {one_id: {one_id}, other_id: {other_id}}
    for child_id, guardian_id in rows:
        if guardian_id is not None:
            guardians[child_id].add(guardian_id)
    return not guardians[one_id].isdisjoint(guardians[other_id])


# ---- lists -----------------------------------------------------------------------------------------------------


def helped_session(session_id: int) -> HelpSession:
    """One session with its people; raises Missing."""
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
    """The sessions that a room which is over made."""
    return list(db.session.scalars(_sessions().where(HelpSession.room_id == room_id).order_by(HelpSession.id)))


def sessions_of(helper_id: int, since: datetime | None = None) -> list[HelpSession]:
    """A helper's sessions, newest first."""
    query = _sessions().where(HelpSession.helper_id == helper_id)
    if since is not None:
        query = query.where(HelpSession.ended_at > since)
    return list(db.session.scalars(query.order_by(HelpSession.ended_at.desc(), HelpSession.id.desc())))


def sessions_watched_by(viewer: User, unit_ids: Collection[int], since: datetime, limit: int) -> list[HelpSession]:
    """What was helped in these units' rooms, as far as this person may look into such rooms; newest first."""
    query = (
        _sessions()
        .join(HelpSession.room)
        .where(HelpSession.unit_id.in_(unit_ids), HelpSession.ended_at > since, watched_by(viewer))
        .order_by(HelpSession.ended_at.desc(), HelpSession.id.desc())
        .limit(limit)
    )
    return list(db.session.scalars(query))


def on_the_same_days(sessions: Collection[HelpSession]) -> list[HelpSession]:
    """All sessions of these helpers from the first of these days on: what the caps of a day depend on."""
    if not sessions:
        return []
    query = sa.select(HelpSession).where(
        HelpSession.helper_id.in_({one.helper_id for one in sessions}),
        HelpSession.day >= min(one.day for one in sessions),
    )
    return list(db.session.scalars(query))


def thanks_in(room_ids: Collection[int], helper_id: int) -> list[Feedback]:
    """Thanks, and words with them, that others in these rooms have sent, newest first: read on their pages before."""
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
    """Sessions of this person, or of a young child of theirs, about which their word is still missing."""
    children = sa.select(Guardian.child_id).where(Guardian.guardian_id == viewer.id, Guardian.confirmed_at.is_not(None))
    family = sa.select(sa.literal(viewer.id)).union_all(children)  # one list: with an "or" every session would be read
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


def speaks_still(session: HelpSession) -> bool:
    """Whether the learner's side may still say, or change, what it says."""
    return session.minutes > 0 and clock.now() <= session.ended_at + CONFIRM_WITHIN


def counts(sessions: Iterable[HelpSession]) -> dict[int, int]:
    """How many minutes of each session count; give it all sessions of their helpers on the days in question."""
    of_helper: dict[int, list[Helped]] = defaultdict(list)
    for one in sessions:
        of_helper[one.helper_id].append(
            Helped(one.id, one.room_id, one.learner_id, one.day, one.ended_at, one.minutes, one.word == "helped",
                   one.struck_at is not None)
        )  # fmt: skip
    return {session_id: count for some in of_helper.values() for session_id, count in counted(some).items()}
