"""Watching over a room: every act is seen by everybody in it and written down."""

from datetime import timedelta

from tutoring.accounts.models import User
from tutoring.community.protections import Lifting, check
from tutoring.kernel import audit, clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Invalid, Missing, NotAllowed
from tutoring.kernel.events import announce
from tutoring.kernel.text import N_, nfc
from tutoring.policy.rooms import may_be_put_in_order, may_enter_as_observer, may_keep_order, may_read_room
from tutoring.rooms.commands.closing import close, shut_room
from tutoring.rooms.commands.lines import system_line
from tutoring.rooms.commands.presence import end_attendance
from tutoring.rooms.events import MemberMuted, MemberRemoved, MemberUnmuted, ObserverEntered, SummaryWritten
from tutoring.rooms.models import Room, Seat
from tutoring.rooms.queries import facts, locked_room, seat, shown_name, shown_time
from tutoring.safety.free_text import for_minor, without_private

LONGEST_MUTE = 24 * 60  # minutes
LONGEST_REASON = 200
LONGEST_SUMMARY = 400


def why(reason: str, *, needed: bool = True) -> str:
    """A short reason, which every act against somebody needs."""
    reason = nfc(reason)
    if needed and not reason:
        raise Invalid(N_("Hãy ghi lý do ngắn gọn."), field="reason", code="empty")
    if len(reason) > LONGEST_REASON:
        raise Invalid(N_("Lý do dài quá 200 ký tự. Hãy viết ngắn hơn."), field="reason", code="too_long")
    return without_private(reason, minor=True, field="reason")


def acting(actor: User, room_id: int) -> Room:
    """The locked room for somebody who may keep order in it; acting puts them into it, visibly."""
    room = locked_room(room_id)
    known = facts(room, actor)
    if not may_keep_order(known):
        if not may_read_room(known):
            raise Missing
        if known.closed:
            raise Conflict(N_("Buổi học này đã kết thúc."), code="closed")
        raise NotAllowed
    seated(actor, room, known.role)
    return room


def seated(actor: User, room: Room, role: str | None) -> None:
    """Put a watcher without a seat into the room, in the sight of everybody."""
    if role is not None:
        return
    mine = seat(room.id, actor.id)
    if mine is None:
        mine = Seat(room_id=room.id, user_id=actor.id)
        db.session.add(mine)
    mine.role, mine.joined_at = "observer", clock.now()  # in a lasting room one may have taken part before
    db.session.flush()
    audit.record(actor.id, "enter_room", f"room:{room.id}")
    announce(ObserverEntered(room.id, actor.id))
    system_line(room, f"{shown_name(actor)} đã vào phòng.")


@command
def enter_as_observer(actor: User, room_id: int) -> Room:
    """A watcher of the unit comes in, and everybody in the room sees it; safe to say twice."""
    room = locked_room(room_id)
    known = facts(room, actor)
    if not may_enter_as_observer(known):
        if not may_read_room(known):
            raise Missing
        return room
    seated(actor, room, known.role)
    return room


def _target(actor: User, room: Room, user_id: int) -> Seat:
    found = seat(room.id, user_id)
    if found is None or found.removed_at is not None:
        raise Missing
    if not may_be_put_in_order(found.role, actor.id == user_id):
        raise NotAllowed
    return found


@command
def mute(actor: User, room_id: int, user_id: int, minutes: int, reason: str) -> None:
    """Somebody may read but not write for a while, at most a day."""
    reason = why(reason)
    if type(minutes) is not int or not 1 <= minutes <= LONGEST_MUTE:
        raise Invalid(N_("Thời gian từ 1 phút đến 24 giờ."), field="minutes")
    room = acting(actor, room_id)
    theirs = _target(actor, room, user_id)
    until = clock.now() + timedelta(minutes=minutes)
    if theirs.muted_until is not None and until < theirs.muted_until:  # shorter than it was: a part of it is lifted
        check(actor, Lifting("silence", user_id, room.id))
    theirs.muted_until, theirs.mute_reason = until, reason
    audit.record(actor.id, "mute", f"room:{room.id}", reason, user=user_id, minutes=minutes)
    announce(MemberMuted(room.id, user_id, actor.id, until))
    system_line(room, f"{shown_name(actor)} yêu cầu {shown_name(theirs.user)} tạm ngừng viết đến {shown_time(until)}.")


@command
def unmute(actor: User, room_id: int, user_id: int, reason: str = "") -> None:
    """Somebody may write again. A reason is not needed; a typed one is kept in the audit chain."""
    reason = why(reason, needed=False)
    room = acting(actor, room_id)
    theirs = _target(actor, room, user_id)
    if not theirs.is_muted:
        return
    check(actor, Lifting("silence", user_id, room.id))
    theirs.muted_until, theirs.mute_reason = None, ""
    audit.record(actor.id, "unmute", f"room:{room.id}", reason, user=user_id)
    announce(MemberUnmuted(room.id, user_id, actor.id))
    system_line(room, f"{shown_name(actor)} đã cho {shown_name(theirs.user)} viết trở lại.")


@command
def remove_member(actor: User, room_id: int, user_id: int, reason: str) -> None:
    """Somebody is no longer in the room, nor may know anything more of it."""
    reason = why(reason)
    room = acting(actor, room_id)
    theirs = _target(actor, room, user_id)
    theirs.removed_at, theirs.mute_reason = clock.now(), reason
    end_attendance(room.id, user_id, theirs.removed_at)
    audit.record(actor.id, "remove_member", f"room:{room.id}", reason, user=user_id)
    # First the removed person's sockets leave, then the others are told.
    announce(MemberRemoved(room.id, user_id, actor.id))
    system_line(room, f"{shown_name(actor)} đã mời {shown_name(theirs.user)} ra khỏi phòng.")


@command
def close_room(actor: User | None, room_id: int, reason: str, summary: str = "") -> None:
    """A watcher closes the room; what was written stays readable for those who had a seat. `summary`, a sentence or
    two of what was done and what comes next, is read by all of them.

    Without an actor `reason` is the word for a close that is nobody's act.
    """
    if actor is None:
        shut_room(room_id, reason)
        return
    reason, summary = why(reason), _summed_up(summary)
    room = acting(actor, room_id)
    room.summary = "" if room.lasts and room.side_of_id is None else summary  # what lasted is no session
    audit.record(actor.id, "close_room", f"room:{room.id}", reason)
    close(room, "watcher", f"{shown_name(actor)} đã đóng phòng.", actor.id)
    if room.summary:
        announce(SummaryWritten(room.id, actor.id))


def _summed_up(typed: str) -> str:
    summary = nfc(typed)
    if len(summary) > LONGEST_SUMMARY:
        raise Invalid(N_("Tóm tắt dài quá 400 ký tự. Hãy viết ngắn hơn."), field="summary", code="too_long")
    return for_minor(summary, field="summary")
