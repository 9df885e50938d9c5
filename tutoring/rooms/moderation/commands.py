"""Moderation commands of observers, on messages, people and rooms.

On messages: hold, release, refuse, hide, read an original, decide an appeal. On people and rooms: mute, remove, lock,
close, hand off. Each action is audited. Actions on people and rooms are visible to all people in the room.

In a locked room all can read but only observers write; only an observer's unlock ends it. A handoff closes the room so
that another helper can continue. It blames no person, and volunteer minutes count as usual.
"""

from datetime import timedelta

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.community.hooks import Lifting
from tutoring.community.protections import check
from tutoring.kernel import audit, clock, rate_limits
from tutoring.kernel.audit import AuditRow
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_, nfc
from tutoring.policy.rooms.participation import (
    may_appeal,
    may_be_moderated,
    may_decide_appeal,
    may_decide_held,
    may_enter_as_observer,
    may_moderate,
    may_read_room,
)
from tutoring.rooms.events import (
    AppealDecided,
    AppealMade,
    HoldChanged,
    LockChanged,
    MemberMuted,
    MemberRemoved,
    MemberUnmuted,
    MessageChanged,
    ObserverEntered,
    SummaryWritten,
)
from tutoring.rooms.hooks import appeal_checks
from tutoring.rooms.messages.originals import decrypt_original
from tutoring.rooms.messages.store import append_system_message
from tutoring.rooms.models import Message, MessageAppeal, Room, Seat
from tutoring.rooms.moderation.queries import UNDO, UNDO_GRACE, appeal_of
from tutoring.rooms.moderation.undoable import hidden_by, room_of, rows_of
from tutoring.rooms.pictures.queries import is_locked
from tutoring.rooms.presence.commands import end_attendance
from tutoring.rooms.queries import locked_room, message, room_facts, seat, shown_name, shown_time
from tutoring.rooms.sessions.closure import close, close_room_by_rule
from tutoring.rooms.voice_notes.queries import require_heard
from tutoring.safety.free_text import for_minor, reject_private_data

LONGEST_MUTE = 24 * 60  # minutes
LONGEST_REASON = 200
LONGEST_SUMMARY = 400


def required_reason(reason: str, *, needed: bool = True) -> str:
    """Returns a validated short reason; every action against a person needs one."""
    reason = nfc(reason)
    if needed and not reason:
        raise InvalidInput(N_("Hãy ghi lý do ngắn gọn."), field="reason", code="empty")
    if len(reason) > LONGEST_REASON:
        raise InvalidInput(N_("Lý do dài quá 200 ký tự. Hãy viết ngắn hơn."), field="reason", code="too_long")
    return reject_private_data(reason, minor=True, field="reason")


def locked_room_to_moderate(actor: User, room_id: int) -> Room:
    """Returns the room, its row locked, for a moderator; the actor visibly joins it."""
    room = locked_room(room_id)
    known = room_facts(room, actor)
    if not may_moderate(known):
        if not may_read_room(known):
            raise NotFound
        if known.closed:
            raise Conflict(N_("Buổi học này đã kết thúc."), code="closed")
        raise Forbidden
    seated(actor, room, known.role)
    return room


def seated(actor: User, room: Room, role: str | None) -> None:
    """Gives an observer without a seat a seat in the room, with a system message."""
    if role is not None:
        return
    mine = seat(room.id, actor.id)
    if mine is None:
        mine = Seat(room_id=room.id, user_id=actor.id)
        db.session.add(mine)
    mine.role, mine.joined_at = "observer", clock.now()  # may have been a participant of a persistent room
    db.session.flush()
    audit.record(actor.id, "enter_room", f"room:{room.id}")
    publish(ObserverEntered(room.id, actor.id))
    append_system_message(room, f"{shown_name(actor)} đã vào phòng.")


@command
def enter_as_observer(actor: User, room_id: int) -> Room:
    """Lets an observer of the unit enter the room, visibly to all; idempotent."""
    room = locked_room(room_id)
    known = room_facts(room, actor)
    if not may_enter_as_observer(known):
        if not may_read_room(known):
            raise NotFound
        return room
    seated(actor, room, known.role)
    return room


def _target(actor: User, room: Room, user_id: int) -> Seat:
    found = seat(room.id, user_id)
    if found is None or found.removed_at is not None:
        raise NotFound
    if not may_be_moderated(found.role, actor.id == user_id):
        raise Forbidden
    return found


@command
def mute(actor: User, room_id: int, user_id: int, minutes: int, reason: str) -> None:
    """Mutes a person for a while, at most a day; the person can still read."""
    reason = required_reason(reason)
    if type(minutes) is not int or not 1 <= minutes <= LONGEST_MUTE:
        raise InvalidInput(N_("Thời gian từ 1 phút đến 24 giờ."), field="minutes")
    room = locked_room_to_moderate(actor, room_id)
    theirs = _target(actor, room, user_id)
    until, again = clock.now() + timedelta(minutes=minutes), {"again": True} if theirs.is_muted else {}
    if theirs.muted_until is not None and until < theirs.muted_until:  # a shorter mute lifts a part of the old one
        check(actor, Lifting("silence", user_id, room.id))
    theirs.muted_until, theirs.mute_reason = until, reason
    audit.record(actor.id, "mute", f"room:{room.id}", reason, user=user_id, minutes=minutes, **again)
    publish(MemberMuted(room.id, user_id, actor.id, until))
    append_system_message(
        room, f"{shown_name(actor)} yêu cầu {theirs.user.said_name} tạm ngừng viết đến {shown_time(until)}."
    )


@command
def unmute(actor: User, room_id: int, user_id: int, reason: str = "") -> None:
    """Ends a mute. The reason is optional; it is stored in the audit chain."""
    reason = required_reason(reason, needed=False)
    room = locked_room_to_moderate(actor, room_id)
    theirs = _target(actor, room, user_id)
    if not theirs.is_muted:
        return
    check(actor, Lifting("silence", user_id, room.id))
    theirs.muted_until, theirs.mute_reason = None, ""
    audit.record(actor.id, "unmute", f"room:{room.id}", reason, user=user_id)
    publish(MemberUnmuted(room.id, user_id, actor.id))
    append_system_message(room, f"{shown_name(actor)} đã cho {theirs.user.said_name} viết trở lại.")


@command
def remove_member(actor: User, room_id: int, user_id: int, reason: str) -> None:
    """Removes a person from the room; the person can no longer read it."""
    reason = required_reason(reason)
    room = locked_room_to_moderate(actor, room_id)
    theirs = _target(actor, room, user_id)
    theirs.removed_at, theirs.mute_reason = clock.now(), reason
    end_attendance(room.id, user_id, theirs.removed_at)
    audit.record(actor.id, "remove_member", f"room:{room.id}", reason, user=user_id)
    # The removed person's sockets are unsubscribed before the others are notified.
    publish(MemberRemoved(room.id, user_id, actor.id))
    append_system_message(room, f"{shown_name(actor)} đã mời {theirs.user.said_name} ra khỏi phòng.")


@command
def close_room(actor: User | None, room_id: int, reason: str, summary: str = "") -> None:
    """Closes the room as an observer; people with a seat can still read it.

    `summary` is a sentence or two of what was done and what comes next; all of them can read it.

    Without an actor, `reason` is the code of an automatic close.
    """
    if actor is None:
        close_room_by_rule(room_id, reason)
        return
    reason, summary = required_reason(reason), _summed_up(summary)
    room = locked_room_to_moderate(actor, room_id)
    room.summary = "" if room.lasts and room.side_of_id is None else summary  # a persistent room is not a session
    audit.record(actor.id, "close_room", f"room:{room.id}", reason)
    close(room, "watcher", f"{shown_name(actor)} đã đóng phòng.", actor.id)
    if room.summary:
        publish(SummaryWritten(room.id, actor.id))


def _summed_up(typed: str) -> str:
    summary = nfc(typed)
    if len(summary) > LONGEST_SUMMARY:
        raise InvalidInput(N_("Tóm tắt dài quá 400 ký tự. Hãy viết ngắn hơn."), field="summary", code="too_long")
    return for_minor(summary, field="summary")


APPEAL_WITHIN = timedelta(days=20)
LONGEST_APPEAL = 300


@command
def hold_everything(actor: User, room_id: int, on: bool = True, reason: str = "") -> None:
    """Starts or ends holding all new messages for review.

    A given reason is stored in the audit chain.
    """
    reason = required_reason(reason, needed=False)
    room = locked_room_to_moderate(actor, room_id)
    if room.hold_all == on:
        return
    if not on:
        check(actor, Lifting("hold", room_id=room.id))
    room.hold_all = on
    audit.record(actor.id, "hold_room" if on else "unhold_room", f"room:{room.id}", reason)
    name = shown_name(actor)
    append_system_message(
        room,
        f"Từ bây giờ {name} xem từng tin trước khi mọi người thấy."
        if on
        else f"{name} đã cho gửi tin bình thường trở lại.",
    )
    publish(HoldChanged(room.id, on))


def _judging(actor: User, room_id: int, seq: int) -> tuple[Room, Message]:
    """Returns room and message for a moderator; in an open room the actor visibly joins it."""
    room = locked_room(room_id)
    known = room_facts(room, actor)
    found = message(room_id, seq)
    if found.disclosed or not may_decide_held(known, found.author_id == actor.id):
        raise NotFound  # an encrypted message is decided in its welfare case only
    if not known.closed:
        seated(actor, room, known.role)
    return room, found


@command
def release_message(actor: User, room_id: int, seq: int, whole: bool = False) -> Message:
    """Releases a held message: masked, or `whole` once the actor has read the original."""
    return _decide(actor, room_id, seq, "released", "", whole)


@command
def refuse_message(actor: User, room_id: int, seq: int, reason: str) -> Message:
    """Refuses a held message; it stays hidden for good."""
    return _decide(actor, room_id, seq, "refused", required_reason(reason))


@command
def take_back_refusal(actor: User, room_id: int, seq: int) -> Message:
    """Undoes the actor's own refusal of a moment ago, for example a slip of the finger."""
    room, found = _judging(actor, room_id, seq)
    _done_lately(actor, "refuse_message", found)
    found.status, found.decided_by_id = "held", None
    audit.record(actor.id, "take_back_refusal", f"room:{room_id}", seq=seq, author=found.author_id)
    publish(MessageChanged(room_id, seq, "waits"))
    if room.closed_at is None:
        append_system_message(room, f"{shown_name(actor)} xem lại tin số {seq} thêm một lần.")
    return found


def _done_lately(actor: User, action: str, found: Message) -> AuditRow:
    """Returns the actor's own act on a message of a moment ago. Raises Conflict when it is too late to undo it."""
    here = (found.room_id, found.seq)
    rows = [one for one in rows_of(actor, (action,), UNDO + UNDO_GRACE) if (room_of(one), one.facts["seq"]) == here]
    if not hidden_by(actor, rows):
        raise Conflict(N_("Đã quá 10 giây nên không hoàn tác được nữa. Người viết nhờ xem lại được."), code="late")
    return rows[0]


def _decide(actor: User, room_id: int, seq: int, what: str, reason: str, whole: bool = False) -> Message:
    room, found = _judging(actor, room_id, seq)
    if found.status != "held":
        raise Conflict(N_("Tin này đã được xem rồi."))
    if whole and not _has_read(actor, room_id, seq):
        raise Conflict(N_("Hãy đọc nguyên văn trước, rồi mới cho gửi nguyên văn."))
    if what == "released":
        require_heard(actor.id, found)
        check(actor, Lifting("message", room_id=room_id, seq=seq))
    original = decrypt_original(found.id) if whole else None
    if original is not None:
        found.text = original
    return _change(actor, room, found, what, reason, **({"whole": True} if original is not None else {}))


@command
def hide_message(actor: User, room_id: int, seq: int, reason: str) -> Message:
    """Hides a message from all users; its number stays."""
    reason = required_reason(reason)
    room = locked_room_to_moderate(actor, room_id)
    found = message(room_id, seq)
    if found.kind != "text" or found.disclosed:
        raise NotFound
    if found.status == "hidden":
        return found
    return _change(actor, room, found, "hidden", reason, was=found.status, by=found.decided_by_id)


@command
def take_back_hiding(actor: User, room_id: int, seq: int) -> Message:
    """Shows a message as it was before the actor hid it a moment ago."""
    room = locked_room_to_moderate(actor, room_id)
    found = message(room_id, seq)
    if found.disclosed:
        raise NotFound
    was = _done_lately(actor, "hide_message", found).facts
    check(actor, Lifting("message", room_id=room_id, seq=seq))
    found.status, found.decided_by_id = was["was"], was["by"]
    audit.record(actor.id, "take_back_hiding", f"room:{room_id}", seq=seq, author=found.author_id)
    publish(MessageChanged(room_id, seq, "waits"))
    append_system_message(room, f"{shown_name(actor)} để lại tin số {seq} như trước.")
    return found


_ACTS = {  # kind of change: new status, audit action, system message
    "released": ("sent", "release_message", "{name} đã cho gửi tin số {seq}."),
    "refused": ("hidden", "refuse_message", "{name} đã giữ lại tin số {seq}, không gửi."),
    "hidden": ("hidden", "hide_message", "{name} đã ẩn tin số {seq}."),
    "unmasked": ("sent", "unmask_message", "{name} đã xem lại tin số {seq} và cho hiện lại."),
}


def _change(actor: User, room: Room, found: Message, what: str, reason: str, **more: str | int | None) -> Message:
    status, act, line = _ACTS[what]
    found.status, found.decided_by_id = status, actor.id
    audit.record(actor.id, act, f"room:{room.id}", reason, seq=found.seq, author=found.author_id, **more)
    publish(MessageChanged(room.id, found.seq, what))
    if room.closed_at is None:
        append_system_message(room, line.format(name=shown_name(actor), seq=found.seq))
    return found


# ---- originals and appeals -------------------------------------------------------------------------------


def _has_read(actor: User, room_id: int, seq: int) -> bool:
    """Returns whether this person has read the original, according to the audit chain."""
    rows = sa.select(AuditRow.facts).where(
        AuditRow.actor_id == actor.id, AuditRow.action == "read_original", AuditRow.target == f"room:{room_id}"
    )
    return any(facts.get("seq") == seq for facts in db.session.scalars(rows))


@command
def read_original(actor: User, room_id: int, seq: int, reason: str) -> str:
    """Returns the original text of a masked or held message; needs a reason, and is audited."""
    reason = required_reason(reason)
    _room, found = _judging(actor, room_id, seq)
    audit.record(actor.id, "read_original", f"room:{room_id}", reason, seq=seq, author=found.author_id)
    return decrypt_original(found.id) or found.text


@command
def appeal(author: User, room_id: int, seq: int, words: str = "") -> MessageAppeal:
    """Appeals a moderation action on the user's own message: once, within twenty days."""
    found = message(room_id, seq)
    if not may_appeal(room_facts(locked_room(room_id), author), found.author_id == author.id):
        raise NotFound
    if appeal_of(found.id) is not None or any(appeal_checks.collect(room_id, seq)):
        raise Conflict(N_("Bạn đã nhờ xem lại tin này rồi. Thầy cô sẽ trả lời trong hộp thông báo."))
    if found.status not in {"masked", "hidden"} or found.is_withdrawn or found.at < clock.now() - APPEAL_WITHIN:
        raise Conflict(N_("Tin này không nhờ xem lại được nữa."))
    rate_limits.hit("appeal", author.id)
    words = reject_private_data(nfc(words), minor=True, field="words")
    if len(words) > LONGEST_APPEAL:
        raise InvalidInput(N_("Lời nhắn dài quá 300 ký tự. Hãy viết ngắn hơn."), field="words", code="too_long")
    made = MessageAppeal(message_id=found.id, words=words)
    db.session.add(made)
    db.session.flush()
    publish(AppealMade(room_id, seq))
    return made


@command
def decide_appeal(actor: User, room_id: int, seq: int, overturned: bool, answer: str) -> MessageAppeal:
    """Upholds or overturns an action, as a second person.

    An overturned message is shown in full to all, except for what is never stored. The author is notified, with a
    reason.
    """
    answer = required_reason(answer)
    room = locked_room(room_id)
    found = message(room_id, seq)
    did_it = found.decided_by_id == actor.id
    if not may_decide_appeal(room_facts(room, actor), found.author_id == actor.id, did_it):
        raise NotFound
    row = appeal_of(found.id)
    if row is None or row.decided_at is not None:
        raise Conflict(N_("Tin này đã được xem rồi."))
    if overturned and is_locked(room_id, seq):
        raise Conflict(N_("Ảnh của tin này đang bị khoá, nên tin chưa thể hiện lại."))
    if overturned:
        require_heard(actor.id, found)
        check(actor, Lifting("message", room_id=room_id, seq=seq))
    row.decided_at, row.decided_by_id, row.answer = clock.now(), actor.id, answer
    row.outcome = "overturned" if overturned else "upheld"
    if overturned:
        found.text = decrypt_original(found.id) or found.text
        _change(actor, room, found, "unmasked", answer)
    else:
        audit.record(actor.id, "uphold_message", f"room:{room_id}", answer, seq=seq, author=found.author_id)
    assert found.author_id is not None
    publish(AppealDecided(room_id, seq, found.author_id, overturned))
    return row


@command
def lock_writing(actor: User, room_id: int, reason: str) -> None:
    """Locks the room: participants can read, but not write, annotate or send pictures.

    All people see who locked it and why. Idempotent.
    """
    reason = required_reason(reason)
    room = locked_room_to_moderate(actor, room_id)
    if room.locked_at is not None:
        return
    room.locked_at, room.locked_by_id, room.lock_reason = clock.now(), actor.id, reason
    audit.record(actor.id, "lock_room", f"room:{room.id}", reason)
    append_system_message(room, f"{shown_name(actor)} đã khoá phòng: {room.lock_words}. Mọi người vẫn đọc được.")
    publish(LockChanged(room.id, True, actor.id))


@command
def unlock_writing(actor: User, room_id: int, reason: str = "") -> None:
    """Unlocks the room; muted people stay muted. A given reason is stored in the audit chain."""
    reason = required_reason(reason, needed=False)
    room = locked_room_to_moderate(actor, room_id)
    if room.locked_at is None:
        return
    check(actor, Lifting("lock", room_id=room.id))
    room.locked_at, room.locked_by_id, room.lock_reason = None, None, ""
    audit.record(actor.id, "unlock_room", f"room:{room.id}", reason)
    append_system_message(room, f"{shown_name(actor)} đã mở khoá. Mọi người viết lại được.")
    publish(LockChanged(room.id, False, actor.id))


@command
def close_for_another(actor: User, room_id: int, reason: str, to: User | None = None) -> None:
    """Closes the room as a handoff; all people read who did it, why, and who helps next.

    `to` is the next helper; None sends the request back to the queue. The former helper receives no more pushes. The
    caller updates the learner's request before this.
    """
    reason = required_reason(reason)
    room = locked_room_to_moderate(actor, room_id)
    audit.record(actor.id, "hand_over", f"room:{room.id}", reason, **({"to": to.id} if to else {}))
    what = f"đã nhờ {to.said_name} giúp tiếp" if to else "đã chuyển yêu cầu về đầu hàng chờ để người khác giúp tiếp"
    room.handed_over = True
    close(room, "stopped", f"{shown_name(actor)} {what}: {reason.rstrip(' .')}.", actor.id)
