"""Queries for training sessions, as attendees, leaders and trainers see them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tutoring.accounts.models import User
from tutoring.community.models import Unit
from tutoring.community.queries import roles_for, unit
from tutoring.kernel import clock
from tutoring.kernel.database.sql import has_text, in_byte_order
from tutoring.kernel.db import db
from tutoring.kernel.errors import NotFound
from tutoring.kernel.paging import Numbered, Wanted, numbered
from tutoring.policy.training import may_mark, may_run_training, may_see_session
from tutoring.training.models import TrainingAttendance, TrainingSeat, TrainingSession
from tutoring.training.track_members import UserTrack, list_tracks_of_user, reach

MAX_ROWS = 50
SHOWN_FOR = timedelta(days=14)  # past sessions stay on the list for this long
KINDS = ("ward", "city")  # kinds of units that have training


@dataclass(frozen=True)
class Card:
    """A session as one person sees it."""

    row: TrainingSession
    state: str = ""  # of the viewer's seat: "in", "waiting", or ""
    number: int = 0  # position on the waiting list, from 1
    waiting: int = 0
    belongs: bool = False  # whether the session is for this person
    leads: bool = False
    held: frozenset[str] = field(default_factory=frozenset)  # roles at its unit; set only on the session's own page

    @property
    def runs(self) -> bool:
        return may_run_training(self.held)

    @property
    def marks(self) -> bool:
        return may_mark(self.leads, self.held)

    @property
    def begun(self) -> bool:
        return clock.now() >= self.row.at

    @property
    def takes_part(self) -> bool:
        """Returns whether seats can still be taken and given back."""
        return self.row.state == "open" and clock.now() < self.row.ends


def session_of(session_id: int, lock: bool = False) -> TrainingSession:
    """Returns a session; raises NotFound."""
    query = sa.select(TrainingSession).where(TrainingSession.id == session_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound
    return found


def place_of(actor: User, unit_id: int) -> tuple[Unit, frozenset[str]]:
    """Returns a ward or city for its trainers; else raises NotFound."""
    place, roles = unit(unit_id), roles_for(actor, unit_id)
    if place.kind not in KINDS or not may_run_training(roles):
        raise NotFound
    return place, roles


def belongs_to(user: User, row: TrainingSession, own: Sequence[UserTrack] | None = None) -> bool:
    """Returns whether a session is for this person: of their track, in their ward or above it."""
    wards = [one.ward_id for one in (list_tracks_of_user(user) if own is None else own) if one.track.id == row.track]
    return row.unit_id in reach(wards)


def seat_of(session_id: int, user_id: int) -> TrainingSeat | None:
    query = sa.select(TrainingSeat).where(TrainingSeat.session_id == session_id, TrainingSeat.user_id == user_id)
    return db.session.scalar(query.execution_options(populate_existing=True))


def seen_by(user: User, session_id: int) -> Card:
    """Returns a session for its own page; raises NotFound for users it does not concern."""
    row = session_of(session_id)
    seat, roles = seat_of(row.id, user.id), roles_for(user, row.unit_id)
    belongs, leads = belongs_to(user, row), row.leader_id == user.id
    if not may_see_session(belongs, seat is not None and seat.state != "gone", leads, roles):
        raise NotFound
    waiting = _waiting([row.id]).get(row.id, [])
    return _card(row, user, seat.state if seat else "", waiting, belongs, roles)


def _card(
    row: TrainingSession, user: User, state: str, waiting: list[int], belongs: bool,
    roles: frozenset[str] = frozenset(),
) -> Card:  # fmt: skip
    state = "" if state == "gone" else state
    number = waiting.index(user.id) + 1 if state == "waiting" and user.id in waiting else 0
    return Card(row, state, number, len(waiting), belongs, row.leader_id == user.id, roles)


def cards_for(user: User, own: Sequence[UserTrack]) -> list[Card]:
    """Returns the sessions a person leads, signed up for or may join, in order of time."""
    for_me: dict[str, set[int]] = {}
    units = reach(one.ward_id for one in own)
    for one in own:
        for_me.setdefault(one.track.id, set()).update(units)
    lately = clock.now() - SHOWN_FOR
    seated = (
        sa.select(TrainingSeat.session_id, TrainingSeat.state)
        .join(TrainingSession, TrainingSession.id == TrainingSeat.session_id)
        .where(TrainingSeat.user_id == user.id, TrainingSeat.state != "gone", TrainingSession.at > lately)
    )
    seats = {row.session_id: row.state for row in db.session.execute(seated)}
    open_to_me = sa.or_(
        *(
            sa.and_(TrainingSession.track == track, TrainingSession.unit_id.in_(ids))
            for track, ids in sorted(for_me.items())
        ),
        sa.false(),
    )
    concerns = sa.or_(TrainingSession.leader_id == user.id, TrainingSession.id.in_(list(seats)))
    upcoming = sa.and_(TrainingSession.state == "open", TrainingSession.at > clock.now() - timedelta(days=1))
    query = (
        sa.select(TrainingSession)
        .options(joinedload(TrainingSession.leader), joinedload(TrainingSession.unit))
        .where(sa.or_(sa.and_(concerns, TrainingSession.at > lately), sa.and_(open_to_me, upcoming)))
        .order_by(TrainingSession.at, TrainingSession.id)
        .limit(MAX_ROWS)
    )
    rows = list(db.session.scalars(query))
    waiting = _waiting([row.id for row in rows])
    return [
        _card(row, user, seats.get(row.id, ""), waiting.get(row.id, []), row.unit_id in for_me.get(row.track, ()))
        for row in rows
    ]


def _waiting(session_ids: Collection[int]) -> dict[int, list[int]]:
    """Returns who waits for a seat, in order."""
    query = (
        sa.select(TrainingSeat.session_id, TrainingSeat.user_id)
        .where(TrainingSeat.session_id.in_(session_ids), TrainingSeat.state == "waiting")
        .order_by(TrainingSeat.at, TrainingSeat.id)
    )
    found: dict[int, list[int]] = {}
    for session_id, user_id in db.session.execute(query):
        found.setdefault(session_id, []).append(user_id)
    return found


def sessions_of(place: Unit, above: int | None = None) -> list[TrainingSession]:
    """Returns upcoming and recent sessions of a unit (and the one above), in order of time."""
    units = [place.id, *([above] if above else [])]
    query = (
        sa.select(TrainingSession)
        .options(joinedload(TrainingSession.leader), joinedload(TrainingSession.unit))
        .where(TrainingSession.unit_id.in_(units), TrainingSession.at > clock.now() - SHOWN_FOR)
        .order_by(TrainingSession.at, TrainingSession.id)
        .limit(MAX_ROWS)
    )
    return list(db.session.scalars(query))


def planned_between(unit_id: int, begins: datetime, until: datetime) -> list[TrainingSession]:
    """Returns the sessions of a unit in a range of time that were not cancelled, in order of time."""
    row = TrainingSession
    query = sa.select(row).where(row.unit_id == unit_id, row.state != "cancelled", row.at >= begins, row.at < until)
    return list(db.session.scalars(query.order_by(row.at, row.id).limit(MAX_ROWS)))


SESSION_SHOWS = ("coming", "unmarked", "over", "cancelled")
SESSION_ORDERS: Final = {
    "at": TrainingSession.at,
    "title": in_byte_order(TrainingSession.title),
    "track": TrainingSession.track,
    "seats": TrainingSession.taken,
}


def session_table(place: Unit, wanted: Wanted) -> Numbered[TrainingSession]:
    """Returns a page of all sessions of a unit and, for a ward, of the unit above; words are a part of the title."""
    units = [place.id, *([place.parent_id] if place.kind == "ward" and place.parent_id else [])]
    query = sa.select(TrainingSession).where(TrainingSession.unit_id.in_(units))
    now, row = clock.now(), TrainingSession
    if show := wanted.chosen.get("show"):
        query = query.where(
            {
                "coming": sa.and_(row.state == "open", row.at > now),
                "unmarked": sa.and_(row.state != "cancelled", row.at <= now, row.marked_at.is_(None)),
                "over": sa.and_(row.state != "cancelled", row.at <= now, row.marked_at.is_not(None)),
                "cancelled": row.state == "cancelled",
            }[show]
        )
    if typed := wanted.words.strip().lower():
        query = query.where(has_text(sa.func.lower(row.title), typed))
    options = [joinedload(TrainingSession.leader), joinedload(TrainingSession.unit)]
    return numbered(query, wanted, SESSION_ORDERS, TrainingSession.id, options)


def people_of(session_id: int, *states: str) -> list[User]:
    """Returns the people with a seat in these states, in order."""
    query = (
        sa.select(User)
        .join(TrainingSeat, TrainingSeat.user_id == User.id)
        .where(TrainingSeat.session_id == session_id, TrainingSeat.state.in_(states))
        .order_by(TrainingSeat.at, TrainingSeat.id)
    )
    return list(db.session.scalars(query))


def list_attendees(session_id: int) -> set[int]:
    """Returns the ids of those who attended."""
    query = sa.select(TrainingAttendance.user_id).where(TrainingAttendance.session_id == session_id)
    return set(db.session.scalars(query))
