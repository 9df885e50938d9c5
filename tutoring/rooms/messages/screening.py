"""What becomes of a text that somebody would post: sent, masked, asked about, held, or refused."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from tutoring.accounts.models import User
from tutoring.community.queries import link_hosts
from tutoring.kernel import audit, clock
from tutoring.kernel.errors import Conflict, Forbidden
from tutoring.kernel.events import publish
from tutoring.policy.rooms.participation import RoomFacts
from tutoring.rooms.events import MasksPiledUp, MemberMuted
from tutoring.rooms.messages.recent_text import Around, around_by
from tutoring.rooms.models import Room, Seat
from tutoring.rooms.moderation.queries import PIECES, last_mask, lately_by, masks_of, open_seats
from tutoring.rooms.risk.commands import weigh_message
from tutoring.safety.detector import fragments
from tutoring.safety.findings import SPOKEN, Hit, Verdict, strictest
from tutoring.safety.risk import Weighing
from tutoring.safety.screening import ELSEWHERE, MASKED, action_for, disclosing_hits, mask_hits, screen_text

TELL_AFTER = 3  # masked messages within a day, after which those on duty are told
STOP_AFTER = 5  # and after which the sender may only read, for a day
DAY = timedelta(days=1)
_DIGIT = re.compile(r"\d")
_WHY = "Bạn đã gửi số điện thoại hoặc liên lạc riêng nhiều lần."


@dataclass(frozen=True)
class Weighed:
    """A message ready to be stored: the text as others may see it, and why it waits, if it does."""

    text: str
    status: str
    held_for: str = ""
    hits: tuple[Hit, ...] = ()
    risk: Weighing = field(default_factory=Weighing)
    care: bool = False  # somebody may be in danger: the words go to the people in charge alone


def screen_message(
    room: Room, author: User, known: RoomFacts, text: str, confirm: bool, waits_for: str = "", seq: int | None = None
) -> Weighed:
    """Judge one text, in the running command. Raises what its sender has to confirm first, or may not send at all.

    `waits_for` names what makes the message wait whatever its text is. `seq` is that of a message whose words change.
    """
    verdict = _verdict(room, author, text, seq)
    if verdict.action == "refuse":
        raise Forbidden(_reason(verdict, room.minors), code="refused")
    if verdict.action == "warn" and not confirm:
        raise Conflict(_reason(verdict, room.minors), code="confirm", field="text")
    risk = weigh_message(room, author, text, verdict.hits)
    if verdict.action == "care":
        return Weighed("", "held", "found", verdict.hits, _coercion(risk, author), care=True)
    held_for = waits_for
    if verdict.action == "hold":
        held_for = "fault" if verdict.fault else "found"
    elif risk.hold:
        held_for = "risk"
    elif room.hold_all and known.role != "observer":
        held_for = "everything"
    shut = MASKED | ELSEWHERE if held_for else MASKED
    shown = mask_hits(text, disclosing_hits(verdict.hits, shut))
    if verdict.fault and not verdict.hits:  # nobody knows what stands there
        shown = _DIGIT.sub("•", text)
    if held_for:
        return Weighed(shown, "held", held_for, verdict.hits, risk)
    return Weighed(shown, "masked" if shown != text else "sent", "", verdict.hits, risk)


def _coercion(risk: Weighing, author: User) -> Weighing:
    """Of a cry for help only a threat of a grown-up counts as risk ("nếu em nghỉ thì anh tự tử"). Of a child nothing
    does: no case is opened against whoever says that they are beaten."""
    signs = () if author.is_minor else tuple(sign for sign in risk.signs if sign.kind == "threat")
    return Weighing(signs=signs)


def _verdict(room: Room, author: User, text: str, seq: int | None) -> Verdict:
    earlier = lately_by(room.id, author.id)
    verdict = screen_text(text, earlier, minor=room.minors)
    if any(hit.kind == "link" for hit in verdict.hits) and (hosts := link_hosts(room.unit_id)):
        verdict = screen_text(text, earlier, minor=room.minors, allowed=hosts)
    return _with_spread(room, author, text, seq, verdict)


def _with_spread(room: Room, author: User, text: str, seq: int | None, verdict: Verdict) -> Verdict:
    """The verdict with what is told together with other texts of this session: waiting, or changing an older message,
    is no way to give a child a number in pieces."""
    if not room.minors or verdict.fault or not (seq is not None or fragments.could_be(text)):
        return verdict
    beside = around_by(room, author.id, seq)
    hits = fragments.over_time(text, beside.before, beside.after)
    if seq is not None and not hits:
        hits = _over_neighbours(text, beside)
    if not hits or disclosing_hits(verdict.hits, MASKED):
        return verdict
    private = [hit for hit in verdict.hits if hit.kind not in SPOKEN]
    together = (*private, *hits, *(hit for hit in verdict.hits if hit.kind in SPOKEN))
    return Verdict(together, strictest(action_for(hit, room.minors) for hit in together))


def _over_neighbours(text: str, beside: Around) -> list[Hit]:
    """What the changed text tells with those that stand before and after it; the whole of it is then meant."""
    before, after = beside.before[-PIECES:], beside.after[:PIECES]
    known = {(hit.kind, hit.value) for hit in screen_text(" ".join(after), before, minor=True).hits}
    across = [
        *screen_text(text, before, minor=True).hits,
        *screen_text(" ".join(after), [*before, text], minor=True).hits,
    ]
    new = [hit for hit in across if hit.kind in MASKED | ELSEWHERE and (hit.kind, hit.value) not in known]
    return [replace(new[0], start=0, end=len(text))] if new else []


def _reason(verdict: Verdict, minor: bool) -> str:
    """The reason of the first hit that asks for what is done."""
    return next(hit.reason for hit in verdict.hits if action_for(hit, minor) == verdict.action)


def count_masks(room: Room, author: User) -> None:
    """Several masked messages within a day: those on duty hear of it, and then the sender only reads for a day."""
    times = masks_of(author.id, clock.now() - DAY)
    if times >= STOP_AFTER:
        _stop(author)
    if times >= TELL_AFTER:
        publish(MasksPiledUp(room.id, author.id, times))


def keep_stopped(seat: Seat) -> None:
    """A room that opens within that day, or while somebody only reads by another's word, is no way out of it."""
    last = last_mask(seat.user_id, clock.now() - DAY, STOP_AFTER)
    if last is not None:
        seat.muted_until, seat.mute_reason = last + DAY, _WHY
    for asks in _stops:
        found = asks(seat.user_id)
        if found is not None and (seat.muted_until is None or seat.muted_until < found.until):
            seat.muted_until, seat.mute_reason = found.until, found.why


@dataclass(frozen=True)
class Stop:
    """Somebody only reads in every room until then."""

    until: datetime
    why: str


Stops = Callable[[int], Stop | None]
_stops: list[Stops] = []


def stop_while(asks: Stops) -> None:
    """Register who knows of people that only read for a while, in rooms that open meanwhile too."""
    if asks not in _stops:
        _stops.append(asks)


def _stop(author: User) -> None:
    until = clock.now() + DAY
    for seat in open_seats(author.id):
        seat.muted_until = max(until, seat.muted_until or until)
        seat.mute_reason = _WHY
        audit.record(None, "mute", f"room:{seat.room_id}", seat.mute_reason, user=author.id, minutes=24 * 60)
        publish(MemberMuted(seat.room_id, author.id, author.id, seat.muted_until))


def stopped(user_id: int) -> Stop | None:
    """Until when this person only reads by another's word, wherever people write to each other; the longest of them."""
    found = [stop for asks in _stops if (stop := asks(user_id)) is not None]
    return max(found, key=lambda stop: stop.until) if found else None
