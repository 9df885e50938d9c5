"""Decides on a new or edited message of a room: sent, masked, confirmed first, held for a teacher, or rejected.

It also counts masked messages. At the limit it alerts the teacher on duty and makes the sender read-only for a day, in
rooms entered later too.
"""

import re
from dataclasses import dataclass, field, replace
from datetime import timedelta

from tutoring.accounts.models import User
from tutoring.community.queries import link_hosts
from tutoring.kernel import audit, clock
from tutoring.kernel.errors import Conflict, Forbidden
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_
from tutoring.policy.rooms.participation import RoomFacts
from tutoring.rooms.events import MaskLimitReached, MemberMuted
from tutoring.rooms.hooks import find_write_restriction
from tutoring.rooms.maths.texts import has_formula, visible_text
from tutoring.rooms.messages.recent_text import NeighbouringTexts, load_neighbouring_texts
from tutoring.rooms.models import Room, Seat
from tutoring.rooms.moderation.queries import PIECES, last_mask, masks_of, open_seats, recent_texts_by
from tutoring.rooms.presence.queries import present
from tutoring.rooms.risk.commands import score_message, signs_of
from tutoring.safety.detector import fragments
from tutoring.safety.findings import SPOKEN, Hit, Verdict, strictest
from tutoring.safety.risk import RiskScore, score_signals, toward
from tutoring.safety.screening import ELSEWHERE, MASKED, NEVER_KEPT, action_for, disclosing_hits, mask_hits, screen_text

TELL_AFTER = 3  # masked messages within a day, after which people on duty are notified
STOP_AFTER = 5  # and after which the sender is read-only for a day
DAY = timedelta(days=1)
_DIGIT = re.compile(r"\d")
_NOT_HERE = N_("Câu này cần người khác xem trước nên chưa gửi được ở đây. Hãy viết cách khác.")
_WHY = "Bạn đã gửi số điện thoại hoặc liên lạc riêng nhiều lần."


@dataclass(frozen=True)
class ScreenedMessage:
    """A screened message: the text as others may see it, and why it is held, if it is."""

    text: str
    status: str
    held_for: str = ""
    hits: tuple[Hit, ...] = ()
    risk: RiskScore = field(default_factory=RiskScore)
    care: bool = False  # a person may be in danger: only the people in charge get the text


def screen_message(
    room: Room, author: User, known: RoomFacts, text: str, confirm: bool, waits_for: str = "", seq: int | None = None
) -> ScreenedMessage:
    """Screens one text inside the current command.

    Raises Conflict where the sender has to confirm first, Forbidden where the text may not be sent.

    `waits_for` is a reason to hold the message in any case. `seq` is the number of an edited message.
    """
    verdict = _verdict(room, author, text, seq)
    if room.is_talk:
        return _screen_talk(room, author, known, text, verdict)
    if verdict.action == "refuse":
        raise Forbidden(_reason(verdict, room.minors), code="refused")
    if verdict.action == "warn" and not confirm:
        raise Conflict(_reason(verdict, room.minors), code="confirm", field="text")
    risk = score_message(room, author, text, verdict.hits)
    if verdict.action == "care":
        return ScreenedMessage("", "held", "found", verdict.hits, _coercion(risk, author), care=True)
    held_for = waits_for
    if verdict.action == "hold":
        held_for = "fault" if verdict.fault else "found"
    elif risk.hold:
        held_for = "risk"
    elif room.hold_all and known.role != "observer":
        held_for = "everything"
    shut = MASKED | ELSEWHERE if held_for else MASKED
    shown = mask_hits(text, disclosing_hits(verdict.hits, shut))
    if verdict.fault and not verdict.hits:  # the content is unknown
        shown = _DIGIT.sub("•", text)
    if held_for:
        return ScreenedMessage(shown, "held", held_for, verdict.hits, risk)
    return ScreenedMessage(shown, "masked" if shown != text else "sent", "", verdict.hits, risk)


def _screen_talk(room: Room, author: User, known: RoomFacts, text: str, verdict: Verdict) -> ScreenedMessage:
    """Screens a text where staff talk with one user who wrote of danger: nothing waits, for nobody reviews it.

    Of that user everything is delivered to the staff who are here. A text of danger is encrypted and alarms as usual
    while none of them is. Of the staff what would be held elsewhere is refused; a question about danger is none of it.
    """
    shown = mask_hits(text, disclosing_hits(verdict.hits, NEVER_KEPT))
    found = ScreenedMessage(shown, "masked" if shown != text else "sent", "", verdict.hits)
    if known.role != "observer":
        alone = all(one.role != "observer" for one in present(room.id))
        if verdict.action == "care" and alone:
            return ScreenedMessage("", "held", "found", verdict.hits, care=True)
        return found
    # Elsewhere staff who observe are not scored, for others are there too. Here they are alone with a child.
    signs = toward(signs_of(room.minors, author.is_minor, text, verdict.hits), minor=room.minors)
    unsafe = [hit for hit in verdict.hits if action_for(hit, room.minors) in ("hold", "refuse")]
    if unsafe or verdict.fault or (room.minors and score_signals([], signs, clock.now()).hold):
        raise Forbidden(unsafe[0].reason if unsafe else _NOT_HERE, code="refused")
    return found


def _coercion(risk: RiskScore, author: User) -> RiskScore:
    """Returns the risk signals of a cry for help: only threats by an adult count.

    An example of such a threat is "nếu em nghỉ thì anh tự tử". A child's words never count: no case is opened against
    a child who tells of being beaten.
    """
    signs = () if author.is_minor else tuple(sign for sign in risk.signs if sign.kind == "threat")
    return RiskScore(signs=signs)


def _verdict(room: Room, author: User, text: str, seq: int | None) -> Verdict:
    """Returns the stricter verdict on a text: as it was typed, and as its formulas show it.

    Layout must not hide what a number says: \\frac{0912}{345678} shows the digits of a phone number.
    """
    verdict = _verdict_on(room, author, text, seq)
    if not has_formula(text):
        return verdict
    shown = _verdict_on(room, author, visible_text(text), seq)
    if strictest((shown.action, verdict.action)) == verdict.action:
        return verdict
    return replace(shown, hits=tuple(replace(hit, start=0, end=len(text)) for hit in shown.hits))


def _verdict_on(room: Room, author: User, text: str, seq: int | None) -> Verdict:
    earlier = recent_texts_by(room.id, author.id)
    verdict = screen_text(text, earlier, minor=room.minors)
    if any(hit.kind == "link" for hit in verdict.hits) and (hosts := link_hosts(room.unit_id)):
        verdict = screen_text(text, earlier, minor=room.minors, allowed=hosts)
    return _with_spread(room, author, text, seq, verdict)


def _with_spread(room: Room, author: User, text: str, seq: int | None, verdict: Verdict) -> Verdict:
    """Returns the verdict with finds that are spread over several texts of this session.

    Waiting between messages, or editing an older one, must not allow passing a number to a child in pieces.
    """
    if not room.minors or verdict.fault or not (seq is not None or fragments.could_be(text)):
        return verdict
    beside = load_neighbouring_texts(room, author.id, seq)
    hits = fragments.over_time(text, beside.before, beside.after)
    if seq is not None and not hits:
        hits = _over_neighbours(text, beside)
    if not hits or disclosing_hits(verdict.hits, MASKED):
        return verdict
    private = [hit for hit in verdict.hits if hit.kind not in SPOKEN]
    together = (*private, *hits, *(hit for hit in verdict.hits if hit.kind in SPOKEN))
    return Verdict(together, strictest(action_for(hit, room.minors) for hit in together))


def _over_neighbours(text: str, beside: NeighbouringTexts) -> list[Hit]:
    """Returns new finds across the edited text and its neighbours; they mark the whole text."""
    before, after = beside.before[-PIECES:], beside.after[:PIECES]
    known = {(hit.kind, hit.value) for hit in screen_text(" ".join(after), before, minor=True).hits}
    across = [
        *screen_text(text, before, minor=True).hits,
        *screen_text(" ".join(after), [*before, text], minor=True).hits,
    ]
    new = [hit for hit in across if hit.kind in MASKED | ELSEWHERE and (hit.kind, hit.value) not in known]
    return [replace(new[0], start=0, end=len(text))] if new else []


def _reason(verdict: Verdict, minor: bool) -> str:
    """Returns the reason of the first find that demands the verdict's action."""
    return next(hit.reason for hit in verdict.hits if action_for(hit, minor) == verdict.action)


def count_masks(room: Room, author: User) -> None:
    """Counts masked messages within a day; notifies people on duty, then restricts the sender."""
    times = masks_of(author.id, clock.now() - DAY)
    if times >= STOP_AFTER:
        _stop(author)
    if times >= TELL_AFTER:
        publish(MaskLimitReached(room.id, author.id, times))


def apply_write_restriction(seat: Seat) -> None:
    """Applies a current write restriction to a new seat, so that a new room is no way around it."""
    last = last_mask(seat.user_id, clock.now() - DAY, STOP_AFTER)
    if last is not None:
        seat.muted_until, seat.mute_reason = last + DAY, _WHY
    found = find_write_restriction(seat.user_id)
    if found is not None and (seat.muted_until is None or seat.muted_until < found.until):
        seat.muted_until, seat.mute_reason = found.until, found.why


def _stop(author: User) -> None:
    until = clock.now() + DAY
    for seat in open_seats(author.id):
        seat.muted_until = max(until, seat.muted_until or until)
        seat.mute_reason = _WHY
        audit.record(None, "mute", f"room:{seat.room_id}", seat.mute_reason, user=author.id, minutes=24 * 60)
        publish(MemberMuted(seat.room_id, author.id, author.id, seat.muted_until))
