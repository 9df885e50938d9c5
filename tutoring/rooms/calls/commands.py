"""Commands of calls: ask, accept, decline, hang up, resume on another socket, end.

Each change is a conditional update on the current state of the call. Of two concurrent changes the second has no
effect.
"""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from tutoring.accounts.models import LiveSocket, User
from tutoring.accounts.sign_ins.lifecycle import sids_of_sign_in
from tutoring.kernel import clock, jobs, rate_limits
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_
from tutoring.policy.rooms.participation import may_read_room
from tutoring.rooms.calls import queries as calls_queries
from tutoring.rooms.calls.models import RoomCall
from tutoring.rooms.events import CallChanged
from tutoring.rooms.models import Room
from tutoring.rooms.queries import locked_room, room_facts

JOB = "rooms.call"
_OPEN = ("asked", "on")
SAYS = {
    "minor": N_("Trong phòng có người dưới 18 tuổi nên không gọi được. Hãy nhắn tin, hoặc gửi ảnh."),
    "locked": N_("Phòng đang khoá nên tạm chưa gọi được."),
    "muted": N_("Một trong hai người đang tạm ngừng viết nên chưa gọi được."),
    "closed": N_("Buổi học này đã kết thúc."),
    "kind": N_("Phòng này không có cuộc gọi."),
}
OVER = N_("Cuộc gọi này đã kết thúc.")


def refuse(why: str) -> None:
    """Raises Forbidden with the sentence for a code; an empty code is accepted."""
    if why:
        raise Forbidden(SAYS.get(why, ""), code=why)


def _move(call_id: int, states: Collection[str], *where: Any, **values: Any) -> bool:
    """Updates a call that is in one of these states; returns whether it did."""
    change = sa.update(RoomCall).where(RoomCall.id == call_id, RoomCall.state.in_(states), *where)
    done = db.session.execute(change.values(**values).execution_options(synchronize_session=False))
    return bool(done.rowcount)  # type: ignore[attr-defined]


def _ending(why: str) -> dict[str, Any]:
    """Returns the column values of an ended call; the socket ids are cleared."""
    return {"state": "ended", "why": why, "ended_at": clock.now(), "asker_line": None, "answerer_line": None}


def _end(call_id: int, why: str, states: Collection[str] = _OPEN) -> None:
    if _move(call_id, states, **_ending(why)):
        publish(CallChanged(call_id))


def _standing(user: User, room_id: int) -> Room:
    """Returns the room, its row locked, for a user who may read it; raises NotFound."""
    room = locked_room(room_id)
    if not may_read_room(room_facts(room, user)):
        raise NotFound
    return room


def _hold(sid: str) -> None:
    """Locks the socket's row, so its close waits or is seen here; raises Conflict if closed."""
    query = sa.select(LiveSocket.sid).where(LiveSocket.sid == sid).with_for_update(read=True)
    if db.session.scalar(query) is None:
        raise Conflict


def _look_later(call_id: int, room_id: int, what: str, after: Any) -> None:
    at = clock.now() + after
    jobs.enqueue(JOB, f"{JOB}:{call_id}:{what}", at, call_id=call_id, room_id=room_id)


# ---- actions of the two sides --------------------------------------------------------------------------------


@command
def ask(user: User, room_id: int, sid: str, to: int | None = None) -> RoomCall:
    """Rings another person of the room: `to`, or the only other one.

    Nothing is captured before that person accepts.
    """
    room = _standing(user, room_id)
    there = calls_queries.open_in(room.id)
    if there is not None and (why := calls_queries.find_timeout_reason(there, clock.now())):
        _end(there.id, why)
        there = None
    refuse(calls_queries.find_refusal_code(room, [user]))
    if there is not None:
        if there.asker_id == user.id and there.asker_line == sid:
            return there
        raise Conflict(N_("Trong phòng đang có cuộc gọi."), code="busy")
    rate_limits.hit("call_ask", user.id)
    other = _whom(room, user, to)
    if calls_queries.is_busy([user.id, other.id], room.id):
        raise Conflict(N_("Một trong hai người đang có cuộc gọi khác."), code="busy")
    _hold(sid)
    made = RoomCall(room_id=room.id, asker_id=user.id, answerer_id=other.id, asker_line=sid)
    db.session.add(made)
    db.session.flush()
    _look_later(made.id, room.id, "asked", calls_queries.RINGS)
    publish(CallChanged(made.id))
    return calls_queries.call(made.id)


def _whom(room: Room, user: User, to: int | None) -> User:
    others = calls_queries.others(room, user)
    if to is not None:
        others = [one for one in others if one.id == to]
        if not others:
            raise NotFound
    if not others:
        raise Conflict(N_("Trong phòng chưa có ai để gọi."), code="alone")
    if len(others) > 1:
        raise InvalidInput(N_("Hãy chọn người muốn gọi."), field="to", code="to")
    return others[0]


@command
def accept(user: User, room_id: int, call_id: int, sid: str) -> RoomCall:
    """Accepts a ringing call on this socket; the first socket to accept holds the call.

    Idempotent for that socket.
    """
    room = _standing(user, room_id)
    found = calls_queries.own_call_in_room(user, room_id, call_id)
    if found.side_of(user.id) != "answerer":
        raise Forbidden
    refuse(calls_queries.find_refusal_code(room, [found.asker, found.answerer]))
    _hold(sid)
    fresh = found.asked_at + calls_queries.RINGS > clock.now()
    if fresh and _move(call_id, ("asked",), state="on", began_at=clock.now(), answerer_line=sid):
        publish(CallChanged(call_id))
    now = calls_queries.call(call_id)
    if now.state != "on":
        raise Conflict(OVER, code="over")
    if now.answerer_line != sid:
        raise Conflict(N_("Cuộc gọi đang mở ở một trang khác của bạn."), code="elsewhere")
    return now


@command
def decline(user: User, room_id: int, call_id: int) -> RoomCall:
    """Declines a ringing call; idempotent."""
    _standing(user, room_id)
    if calls_queries.own_call_in_room(user, room_id, call_id).side_of(user.id) != "answerer":
        raise Forbidden
    _end(call_id, "declined", ("asked",))
    return calls_queries.call(call_id)


@command
def hang_up(user: User, room_id: int, call_id: int) -> RoomCall:
    """Ends the call for both sides, from any page of either side; idempotent."""
    _standing(user, room_id)
    calls_queries.own_call_in_room(user, room_id, call_id)
    _end(call_id, "hung_up")
    return calls_queries.call(call_id)


@command
def resume(user: User, room_id: int, call_id: int, sid: str) -> RoomCall:
    """Moves this side of the call to another socket, after a lost connection or network change.

    Signals from the old socket are rejected from then on, and the old socket is notified.
    """
    room = _standing(user, room_id)
    found = calls_queries.own_call_in_room(user, room_id, call_id)
    side = found.side_of(user.id)
    if found.state == "ended" or (found.state == "asked" and side == "answerer"):
        raise Conflict(OVER, code="over")
    refuse(calls_queries.find_refusal_code(room, [found.asker, found.answerer]))
    _hold(sid)
    if not _move(call_id, _OPEN, **{f"{side}_line": sid, f"{side}_lost_at": None}):
        raise Conflict(OVER, code="over")
    before = found.line_of(side)
    if before != sid:
        publish(CallChanged(call_id, before))
    return calls_queries.call(call_id)


# ---- what ends a call ----------------------------------------------------------------------------------------


def end_where_not_allowed(room: Room) -> None:
    """Ends the room's call when it is no longer allowed; both sides are told why.

    Runs inside the current command.
    """
    found = calls_queries.open_in(room.id)
    if found is not None and (why := calls_queries.find_refusal_code(room, [found.asker, found.answerer])):
        _end(found.id, why if why not in ("kind", "watcher") else "removed")


@command
def recheck_calls(room_ids: Collection[int]) -> None:
    """Rechecks whether the calls of these rooms are allowed, for example after a person entered."""
    for room_id in calls_queries.open_in_any(room_ids):
        end_where_not_allowed(db.session.get_one(Room, room_id))


@command
def end_of(room_id: int, user_id: int, why: str) -> None:
    """Ends a person's call in a room after that person left it."""
    found = calls_queries.open_in(room_id)
    if found is not None and found.side_of(user_id):
        _end(found.id, why)


@command
def end_at_sign_out(sign_in_id: int) -> None:
    """Ends the calls held by the sockets of a sign-in that has ended."""
    sids = sids_of_sign_in(sign_in_id)
    held = sa.or_(RoomCall.asker_line.in_(sids), RoomCall.answerer_line.in_(sids))
    query = sa.select(RoomCall.id).where(RoomCall.ended_at.is_(None), held).order_by(RoomCall.id)
    for call_id in db.session.scalars(query).all():
        _end(call_id, "signed_out")


@command
def lines_gone(sids: Collection[str]) -> None:
    """Marks one side of a call as lost when its socket closes; it may resume for a short while."""
    for side in ("asker", "answerer"):
        line = getattr(RoomCall, f"{side}_line")
        query = sa.select(RoomCall.id, RoomCall.room_id, line).where(RoomCall.ended_at.is_(None), line.in_(sids))
        for call_id, room_id, sid in db.session.execute(query.order_by(RoomCall.id)).all():
            if _move(call_id, _OPEN, line == sid, **{f"{side}_line": None, f"{side}_lost_at": clock.now()}):
                _look_later(call_id, room_id, f"{side}:{sid}", calls_queries.LOST)


@jobs.job(JOB)
def _look(payload: dict[str, int]) -> None:
    """Ends a call that was not answered, or whose lost side did not come back."""
    found = calls_queries.open_in(payload["room_id"])
    if (
        found is not None
        and found.id == payload["call_id"]
        and (why := calls_queries.find_timeout_reason(found, clock.now()))
    ):
        _end(found.id, why)
