"""What watchers do with single messages: hold, release, refuse, hide; read an original; decide an appeal."""

from collections.abc import Callable
from datetime import timedelta

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.community.protections import Lifting, check
from tutoring.kernel import audit, clock, limits
from tutoring.kernel.audit import AuditRow
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Invalid, Missing
from tutoring.kernel.events import announce
from tutoring.kernel.text import N_, nfc
from tutoring.policy.rooms import may_appeal, may_decide_appeal, may_judge_held
from tutoring.rooms.commands.lines import system_line
from tutoring.rooms.commands.order import acting, seated, why
from tutoring.rooms.commands.originals import unsealed
from tutoring.rooms.events import AppealDecided, AppealMade, HoldChanged, MessageChanged
from tutoring.rooms.models import Appeal, Message, Room
from tutoring.rooms.pictures import is_locked
from tutoring.rooms.queries import facts, locked_room, message, shown_name
from tutoring.rooms.waiting import ON_ITS_WAY, UNDO, appeal_of, refused_lately
from tutoring.safety.free_text import without_private

APPEAL_WITHIN = timedelta(days=20)
LONGEST_APPEAL = 300


@command
def hold_everything(actor: User, room_id: int, on: bool = True, reason: str = "") -> None:
    """From now on what is written waits until a watcher lets it through (or no longer waits). A
    typed reason is kept in the audit chain."""
    reason = why(reason, needed=False)
    room = acting(actor, room_id)
    if room.hold_all == on:
        return
    if not on:
        check(actor, Lifting("hold", room_id=room.id))
    room.hold_all = on
    audit.record(actor.id, "hold_room" if on else "unhold_room", f"room:{room.id}", reason)
    name = shown_name(actor)
    system_line(
        room,
        f"Từ bây giờ {name} xem từng tin trước khi mọi người thấy."
        if on
        else f"{name} đã cho gửi tin bình thường trở lại.",
    )
    announce(HoldChanged(room.id, on))


def _judging(actor: User, room_id: int, seq: int) -> tuple[Room, Message]:
    """Room and message for somebody who may decide on it; in an open room that puts them into it, visibly."""
    room = locked_room(room_id)
    known = facts(room, actor)
    found = message(room_id, seq)
    if found.disclosed or not may_judge_held(known, found.author_id == actor.id):
        raise Missing  # what is sealed in a welfare case is judged there alone
    if not known.closed:
        seated(actor, room, known.role)
    return room, found


@command
def release_message(actor: User, room_id: int, seq: int, whole: bool = False) -> Message:
    """Let a held message through under its number: with what was masked, or `whole`, once its original was read."""
    return _decide(actor, room_id, seq, "released", "", whole)


@command
def refuse_message(actor: User, room_id: int, seq: int, reason: str) -> Message:
    """A held message stays unseen for good."""
    return _decide(actor, room_id, seq, "refused", why(reason))


@command
def take_back_refusal(actor: User, room_id: int, seq: int) -> Message:
    """Who has refused a message a moment ago lets it wait again: a slip of the finger is mended at once."""
    room, found = _judging(actor, room_id, seq)
    if found.id not in {one.id for one in refused_lately(actor, UNDO + ON_ITS_WAY)}:
        raise Conflict(N_("Đã quá 10 giây nên không hoàn tác được nữa. Người viết nhờ xem lại được."), code="late")
    found.status, found.decided_by_id = "held", None
    audit.record(actor.id, "take_back_refusal", f"room:{room_id}", seq=seq, author=found.author_id)
    announce(MessageChanged(room_id, seq, "waits"))
    if room.closed_at is None:
        system_line(room, f"{shown_name(actor)} xem lại tin số {seq} thêm một lần.")
    return found


def _decide(actor: User, room_id: int, seq: int, what: str, reason: str, whole: bool = False) -> Message:
    room, found = _judging(actor, room_id, seq)
    if found.status != "held":
        raise Conflict(N_("Tin này đã được xem rồi."))
    if whole and not _has_read(actor, room_id, seq):
        raise Conflict(N_("Hãy đọc nguyên văn trước, rồi mới cho gửi nguyên văn."))
    if what == "released":
        check(actor, Lifting("message", room_id=room_id, seq=seq))
    original = unsealed(found.id) if whole else None
    if original is not None:
        found.text = original
    return _change(actor, room, found, what, reason, **({"whole": True} if original is not None else {}))


@command
def hide_message(actor: User, room_id: int, seq: int, reason: str) -> Message:
    """Take a message away from everybody; its number stays."""
    reason = why(reason)
    room = acting(actor, room_id)
    found = message(room_id, seq)
    if found.kind != "text" or found.disclosed:
        raise Missing
    if found.status == "hidden":
        return found
    return _change(actor, room, found, "hidden", reason)


_ACTS = {  # what happened to a message: its state, the act in the audit, the line in the room
    "released": ("sent", "release_message", "{name} đã cho gửi tin số {seq}."),
    "refused": ("hidden", "refuse_message", "{name} đã giữ lại tin số {seq}, không gửi."),
    "hidden": ("hidden", "hide_message", "{name} đã ẩn tin số {seq}."),
    "unmasked": ("sent", "unmask_message", "{name} đã xem lại tin số {seq} và cho hiện lại."),
}


def _change(actor: User, room: Room, found: Message, what: str, reason: str, **more: bool) -> Message:
    status, act, line = _ACTS[what]
    found.status, found.decided_by_id = status, actor.id
    audit.record(actor.id, act, f"room:{room.id}", reason, seq=found.seq, author=found.author_id, **more)
    announce(MessageChanged(room.id, found.seq, what))
    if room.closed_at is None:
        system_line(room, line.format(name=shown_name(actor), seq=found.seq))
    return found


# ---- originals and second looks --------------------------------------------------------------------------


def _has_read(actor: User, room_id: int, seq: int) -> bool:
    """Whether this person has read the original, as the chain has it."""
    rows = sa.select(AuditRow.facts).where(
        AuditRow.actor_id == actor.id, AuditRow.action == "read_original", AuditRow.target == f"room:{room_id}"
    )
    return any(facts.get("seq") == seq for facts in db.session.scalars(rows))


@command
def read_original(actor: User, room_id: int, seq: int, reason: str) -> str:
    """What stood in a masked or held message, for a watcher who says why; every reading is written down."""
    reason = why(reason)
    _room, found = _judging(actor, room_id, seq)
    audit.record(actor.id, "read_original", f"room:{room_id}", reason, seq=seq, author=found.author_id)
    return unsealed(found.id) or found.text


Looked = Callable[[int, int], bool]
_looked: list[Looked] = []


def looked_at_elsewhere(asks: Looked) -> Looked:
    """Register who else gives second looks at messages: `asks(room_id, seq)` says whether one was asked for there."""
    _looked.append(asks)
    return asks


@command
def appeal(author: User, room_id: int, seq: int, words: str = "") -> Appeal:
    """Ask for a second look at what was done with one's message: once, within twenty days."""
    found = message(room_id, seq)
    if not may_appeal(facts(locked_room(room_id), author), found.author_id == author.id):
        raise Missing
    if appeal_of(found.id) is not None or any(asks(room_id, seq) for asks in _looked):
        raise Conflict(N_("Bạn đã nhờ xem lại tin này rồi. Thầy cô sẽ trả lời trong hộp thông báo."))
    if found.status not in {"masked", "hidden"} or found.is_withdrawn or found.at < clock.now() - APPEAL_WITHIN:
        raise Conflict(N_("Tin này không nhờ xem lại được nữa."))
    limits.hit("appeal", author.id)
    words = without_private(nfc(words), minor=True, field="words")
    if len(words) > LONGEST_APPEAL:
        raise Invalid(N_("Lời nhắn dài quá 300 ký tự. Hãy viết ngắn hơn."), field="words", code="too_long")
    made = Appeal(message_id=found.id, words=words)
    db.session.add(made)
    db.session.flush()
    announce(AppealMade(room_id, seq))
    return made


@command
def decide_appeal(actor: User, room_id: int, seq: int, overturned: bool, answer: str) -> Appeal:
    """A second person keeps what was done, or undoes it: then everybody sees the message as it was written, but for
    what is never kept. The author is told, with a sentence of why."""
    answer = why(answer)
    room = locked_room(room_id)
    found = message(room_id, seq)
    did_it = found.decided_by_id == actor.id
    if not may_decide_appeal(facts(room, actor), found.author_id == actor.id, did_it):
        raise Missing
    row = appeal_of(found.id)
    if row is None or row.decided_at is not None:
        raise Conflict(N_("Tin này đã được xem rồi."))
    if overturned and is_locked(room_id, seq):
        raise Conflict(N_("Ảnh của tin này đang bị khoá, nên tin chưa thể hiện lại."))
    if overturned:
        check(actor, Lifting("message", room_id=room_id, seq=seq))
    row.decided_at, row.decided_by_id, row.answer = clock.now(), actor.id, answer
    row.outcome = "overturned" if overturned else "upheld"
    if overturned:
        found.text = unsealed(found.id) or found.text
        _change(actor, room, found, "unmasked", answer)
    else:
        audit.record(actor.id, "uphold_message", f"room:{room_id}", answer, seq=seq, author=found.author_id)
    assert found.author_id is not None
    announce(AppealDecided(room_id, seq, found.author_id, overturned))
    return row
