"""What each act of the desk does, and what undoes it: one pair of functions for each, within the running command.

A doing notes in `act.was` what undoes it. Who may was asked before, and the row of the audit chain is written after.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from tutoring.accounts.models import User
from tutoring.community import suspending, vouching
from tutoring.kernel import clock, jobs
from tutoring.kernel.errors import Conflict
from tutoring.kernel.text import N_
from tutoring.moderation.commands.measures import hand_pause_on
from tutoring.moderation.commands.standing import undo_decision
from tutoring.moderation.models import DeskAct
from tutoring.pairing import commands as pairing
from tutoring.policy.acts import ACTS, DECISION
from tutoring.rooms import commands as rooms
from tutoring.rooms import queries


@dataclass(frozen=True)
class Asked:
    """What was asked for beside the target."""

    words: str
    minutes: int | None = None
    part: str = ""


Doing = Callable[[User, DeskAct, Asked], None]
Undoing = Callable[[DeskAct, int | None], None]


def _nothing(_act: DeskAct, _by_id: int | None) -> None:
    """What stood in words alone is undone in words."""


# ---- messages ------------------------------------------------------------------------------------------------


def _release(actor: User, act: DeskAct, _asked: Asked) -> None:
    act.was = rooms.let_through(actor.id, *_message(act))


def _mask(actor: User, act: DeskAct, asked: Asked) -> None:
    act.was = rooms.cover(actor.id, *_message(act), asked.part)


def _hide(actor: User, act: DeskAct, _asked: Asked) -> None:
    act.was = rooms.take_away(actor.id, *_message(act))


def _message(act: DeskAct) -> tuple[int, int]:
    assert act.room_id is not None and act.seq is not None
    return act.room_id, act.seq


def _put_back(act: DeskAct, _by_id: int | None) -> None:
    rooms.put_back(*_message(act), act.was)


# ---- seats and rooms -----------------------------------------------------------------------------------------


def _seat(act: DeskAct) -> tuple[int, int]:
    assert act.room_id is not None and act.about_id is not None
    return act.room_id, act.about_id


def _mute(actor: User, act: DeskAct, asked: Asked) -> None:
    act.was = rooms.silence_of(*_seat(act))
    minutes = asked.minutes if asked.minutes is not None else 0
    rooms.mute(actor, *_seat(act), minutes, asked.words)
    theirs = queries.seat(*_seat(act))
    act.until = theirs.muted_until if theirs is not None else None


def _unmute(act: DeskAct, _by_id: int | None) -> None:
    if act.about_id is not None and act.until is not None:
        rooms.let_write(act.about_id, act.was, act.until)


def _remove(actor: User, act: DeskAct, asked: Asked) -> None:
    act.was = rooms.silence_of(*_seat(act))
    rooms.remove_member(actor, *_seat(act), asked.words)


def _bring_back(act: DeskAct, _by_id: int | None) -> None:
    if act.room_id is not None and act.about_id is not None:
        rooms.bring_back(act.room_id, act.about_id, act.was["why"])


def _lock(actor: User, act: DeskAct, asked: Asked) -> None:
    assert act.room_id is not None
    if queries.room(act.room_id).locked_at is not None:
        raise Conflict(N_("Phòng này đang khoá rồi."))
    rooms.lock_writing(actor, act.room_id, asked.words)


def _unlock(act: DeskAct, by_id: int | None) -> None:
    if act.room_id is not None:
        rooms.open_again(by_id or act.by_id, act.room_id)


# ---- people --------------------------------------------------------------------------------------------------


def _warn(_actor: User, _act: DeskAct, _asked: Asked) -> None:
    """Words alone: the notice is all there is of it."""


def _unpair(_actor: User, act: DeskAct, _asked: Asked) -> None:
    assert act.about_id is not None and act.toward_id is not None
    if not pairing.keep_apart(act.about_id, act.toward_id):
        raise Conflict(N_("Hai người này đã được tách rồi."))


def _let_meet(act: DeskAct, _by_id: int | None) -> None:
    if act.about_id is not None and act.toward_id is not None:
        pairing.let_meet(act.about_id, act.toward_id)


def _longest(act: DeskAct) -> timedelta:
    longest = ACTS[act.kind].longest
    assert longest is not None
    return longest


def _quarantine(_actor: User, act: DeskAct, asked: Asked) -> None:
    """Only reads for a day in every open room, and in those that open meanwhile; helps nobody until then."""
    assert act.about_id is not None
    act.until = clock.now() + _longest(act)
    before = [rooms.silence_of(room_id, act.about_id) for room_id in rooms.rooms_where_seated(act.about_id)]
    silenced = [one for one in before if rooms.silence(one["room"], act.about_id, act.until, asked.words)]
    act.was = {"rooms": silenced, "helper": vouching.pause_helper(act.about_id, f"act:{act.id}", stop=False)}
    jobs.due("moderation.quarantine", f"quarantine:{act.id}", act.until, act_id=act.id)


def _end_quarantine(act: DeskAct, _by_id: int | None) -> None:
    if act.about_id is None or act.until is None:
        return
    for one in act.was["rooms"]:
        rooms.let_write(act.about_id, one, act.until)
    before = act.was["helper"]
    if before and not hand_pause_on(act.about_id, before):
        vouching.resume_helper(act.about_id, before, f"act:{act.id}")


def _suspend(actor: User, act: DeskAct, asked: Asked) -> None:
    assert act.about_id is not None
    suspending.suspend(actor, act.about_id, asked.words)
    act.until = clock.now() + _longest(act)


def _lift(act: DeskAct, _by_id: int | None) -> None:
    if act.about_id is not None:
        suspending.lift(act.about_id)


def _hold(_actor: User, _act: DeskAct, _asked: Asked) -> None:
    """The act itself is what is asked for (moderation.holds) when something would be erased."""


EFFECTS: dict[str, tuple[Doing, Undoing]] = {
    "release": (_release, _put_back),
    "mask": (_mask, _put_back),
    "hide": (_hide, _put_back),
    "warn": (_warn, _nothing),
    "mute": (_mute, _unmute),
    "remove": (_remove, _bring_back),
    "lock": (_lock, _unlock),
    "unpair": (_unpair, _let_meet),
    "quarantine": (_quarantine, _end_quarantine),
    "suspend": (_suspend, _lift),
    "legal_hold": (_hold, _nothing),
    DECISION: (_hold, undo_decision),
}


def facts_of(act: DeskAct) -> dict[str, Any]:
    """What the audit chain keeps of an act: numbers and codes, never words."""
    found: dict[str, Any] = {"act": act.id, "room": act.room_id, "seq": act.seq, "user": act.about_id,
                             "toward": act.toward_id, "until": act.until and act.until.isoformat()}  # fmt: skip
    return {name: value for name, value in found.items() if value is not None}
