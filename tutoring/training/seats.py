"""Commands for seats: take one in a training session, wait for one, give it back.

Every command locks the session row. A seat is taken by one UPDATE whose row count decides. The limit therefore holds
for any number of concurrent users.
"""

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.kernel import clock, rate_limits
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, NotFound
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_
from tutoring.policy.training import MOST_WAITING
from tutoring.training.events import SeatFreed, SeatsChanged
from tutoring.training.models import TrainingSeat, TrainingSession
from tutoring.training.queries import belongs_to, seat_of, session_of

CLOSED = N_("Buổi này không còn nhận đăng ký.")


@command
def sign_up(actor: User, session_id: int) -> TrainingSeat:
    """Takes a seat, or a place on the waiting list if all are taken."""
    row = session_of(session_id, lock=True)
    if not belongs_to(actor, row):
        raise NotFound
    rate_limits.hit("sign_up", actor.id)
    if row.leader_id == actor.id:
        raise Conflict(N_("Bạn hướng dẫn buổi này nên không cần đăng ký."))
    if row.state != "open" or row.ends <= clock.now():
        raise Conflict(CLOSED)
    mine = seat_of(row.id, actor.id)
    if mine is not None and mine.state != "gone":
        raise Conflict(N_("Bạn đã đăng ký buổi này rồi."))
    waits = not _take(row)
    if waits and _waiting(row.id) >= MOST_WAITING:
        raise Conflict(N_("Buổi này và danh sách chờ đều đã đầy. Hãy chọn một buổi khác."))
    if mine is None:
        mine = TrainingSeat(session_id=row.id, user_id=actor.id)
        db.session.add(mine)
    mine.state, mine.at = "waiting" if waits else "in", clock.now()
    db.session.flush()
    publish(SeatsChanged(row.id, actor.id))
    return mine


@command
def withdraw(actor: User, session_id: int) -> None:
    """Gives a seat back or leaves the waiting list.

    The person who waited longest gets the seat in the same transaction.
    """
    row = session_of(session_id, lock=True)
    mine = seat_of(row.id, actor.id)
    if mine is None and not belongs_to(actor, row):
        raise NotFound
    if mine is None or mine.state == "gone":
        raise Conflict(N_("Bạn không có chỗ trong buổi này."))
    if row.state != "open" or row.ends <= clock.now():
        raise Conflict(N_("Buổi này đã xong hoặc đã huỷ."))
    _leave(row, mine)


def release_open_seats(user_id: int, still: dict[str, set[int]] | None = None) -> None:
    """Gives back all seats of a person in open sessions; call it inside a command.

    Seats in sessions of the tracks and units in `still` are kept.
    """
    query = (
        sa.select(TrainingSession.id)
        .join(TrainingSeat, TrainingSeat.session_id == TrainingSession.id)
        .where(TrainingSeat.user_id == user_id, TrainingSeat.state != "gone", TrainingSession.state == "open")
    )
    for session_id in db.session.scalars(query.order_by(TrainingSession.id)).all():
        row = session_of(session_id, lock=True)
        seat = seat_of(session_id, user_id)
        if still is not None and row.unit_id in still.get(row.track, ()):
            continue
        if row.state == "open" and seat is not None and seat.state != "gone":
            _leave(row, seat)


def give_up(row: TrainingSession, user_id: int) -> None:
    """Gives the seat of a person, if any, to the next one waiting; call it inside a command."""
    seat = seat_of(row.id, user_id)
    if seat is not None and seat.state != "gone":
        _leave(row, seat)


def fill_up(row: TrainingSession) -> None:
    """Gives additional seats to those who wait; call it inside a command."""
    while _next(row, new=True):
        pass


def _take(row: TrainingSession) -> bool:
    """Takes a free seat and returns whether there was one.

    While others wait, new people get no seat.
    """
    waits = sa.select(TrainingSeat.id).where(TrainingSeat.session_id == row.id, TrainingSeat.state == "waiting")
    return _one_more(row, ~waits.exists())


def _one_more(row: TrainingSession, *where: sa.ColumnElement[bool]) -> bool:
    taken = db.session.execute(
        sa.update(TrainingSession)
        .where(TrainingSession.id == row.id, TrainingSession.taken < TrainingSession.seats, *where)
        .values(taken=TrainingSession.taken + 1)
        .execution_options(synchronize_session=False)
    )
    return bool(taken.rowcount == 1)  # type: ignore[attr-defined]


def _waiting(session_id: int) -> int:
    query = sa.select(sa.func.count()).where(TrainingSeat.session_id == session_id, TrainingSeat.state == "waiting")
    return db.session.scalar(query) or 0


def _leave(row: TrainingSession, seat: TrainingSeat) -> None:
    had_seat, seat.state = seat.state == "in", "gone"
    db.session.flush()
    publish(SeatsChanged(row.id, seat.user_id))
    if had_seat and not _next(row, new=False):
        db.session.execute(
            sa.update(TrainingSession)
            .where(TrainingSession.id == row.id, TrainingSession.taken > 0)
            .values(taken=TrainingSession.taken - 1)
            .execution_options(synchronize_session=False)
        )


def _next(row: TrainingSession, new: bool) -> bool:
    """Gives a seat to the person who waited longest.

    It is one given back, or with `new` an additional one. Returns False if no one waits or no seat is free.
    """
    first = (
        sa.select(TrainingSeat.id)
        .where(TrainingSeat.session_id == row.id, TrainingSeat.state == "waiting")
        .order_by(TrainingSeat.at, TrainingSeat.id)
        .limit(1)
    )
    if db.session.scalar(first) is None or (new and not _one_more(row)):
        return False
    given = db.session.execute(
        sa.update(TrainingSeat)
        .where(TrainingSeat.id == first.scalar_subquery())
        .values(state="in")
        .returning(TrainingSeat.user_id)
        .execution_options(synchronize_session=False)
    ).scalar_one()
    publish(SeatFreed(row.id, given))
    return True
