"""What becomes of a text that somebody would post: sent, masked, asked about, held, or refused."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tutoring.accounts.models import User
from tutoring.community.queries import link_hosts
from tutoring.kernel import audit, clock
from tutoring.kernel.errors import Conflict, NotAllowed
from tutoring.kernel.events import announce
from tutoring.policy.rooms import Facts
from tutoring.rooms.commands.risking import weigh_message
from tutoring.rooms.events import MasksPiledUp, MemberMuted
from tutoring.rooms.models import Room, Seat
from tutoring.rooms.waiting import last_mask, lately_by, masks_of, open_seats
from tutoring.safety.found import Hit, Verdict
from tutoring.safety.judge import ELSEWHERE, MASKED, action_for, judge, masked, told
from tutoring.safety.risk import Weighing

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


def weigh(room: Room, author: User, known: Facts, text: str, confirm: bool, waits_for: str = "") -> Weighed:
    """Judge one text, in the running command. Raises what its sender has to confirm first, or may not send at all.

    `waits_for` names what makes the message wait whatever its text is.
    """
    verdict = _verdict(room, author, text)
    if verdict.action == "refuse":
        raise NotAllowed(_reason(verdict, room.minors), code="refused")
    if verdict.action == "warn" and not confirm:
        raise Conflict(_reason(verdict, room.minors), code="confirm", field="text")
    risk = weigh_message(room, author, text, verdict.hits)
    held_for = waits_for
    if verdict.action == "hold":
        held_for = "fault" if verdict.fault else "found"
    elif risk.hold:
        held_for = "risk"
    elif room.hold_all and known.role != "observer":
        held_for = "everything"
    shut = MASKED | ELSEWHERE if held_for else MASKED
    shown = masked(text, told(verdict.hits, shut))
    if verdict.fault and not verdict.hits:  # nobody knows what stands there
        shown = _DIGIT.sub("•", text)
    if held_for:
        return Weighed(shown, "held", held_for, verdict.hits, risk)
    return Weighed(shown, "masked" if shown != text else "sent", "", verdict.hits, risk)


def _verdict(room: Room, author: User, text: str) -> Verdict:
    earlier = lately_by(room.id, author.id)
    verdict = judge(text, earlier, minor=room.minors)
    if any(hit.kind == "link" for hit in verdict.hits) and (hosts := link_hosts(room.unit_id)):
        verdict = judge(text, earlier, minor=room.minors, allowed=hosts)
    return verdict


def _reason(verdict: Verdict, minor: bool) -> str:
    """The reason of the first hit that asks for what is done."""
    return next(hit.reason for hit in verdict.hits if action_for(hit, minor) == verdict.action)


def count_masks(room: Room, author: User) -> None:
    """Several masked messages within a day: those on duty hear of it, and then the sender only reads for a day."""
    times = masks_of(author.id, clock.now() - DAY)
    if times >= STOP_AFTER:
        _stop(author)
    if times >= TELL_AFTER:
        announce(MasksPiledUp(room.id, author.id, times))


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
        announce(MemberMuted(seat.room_id, author.id, author.id, seat.muted_until))


def stopped(user_id: int) -> Stop | None:
    """Until when this person only reads by another's word, wherever people write to each other; the longest of them."""
    found = [stop for asks in _stops if (stop := asks(user_id)) is not None]
    return max(found, key=lambda stop: stop.until) if found else None
