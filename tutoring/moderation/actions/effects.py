"""The effect of each moderation action and its undo: one pair of functions per kind.

They run inside the command. An effect stores in `act.was` what its undo needs. The command checks the permission
before, and writes the audit row afterwards.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from tutoring.accounts.models import User
from tutoring.community.memberships import nominations, suspensions
from tutoring.kernel import clock, jobs
from tutoring.kernel.errors import Conflict
from tutoring.kernel.text import N_
from tutoring.moderation.cases.automatic_measures import hand_pause_on
from tutoring.moderation.cases.decision_effects import undo_decision
from tutoring.moderation.models import ModerationAction
from tutoring.pairing import commands as pairing_commands
from tutoring.policy.moderation.actions import ACTION_RULES, DECISION
from tutoring.rooms import queries
from tutoring.rooms.moderation import commands as moderation_commands
from tutoring.rooms.moderation import reversible_actions


@dataclass(frozen=True)
class ActionInput:
    """The input of an action beside its target."""

    words: str
    minutes: int | None = None
    part: str = ""


Doing = Callable[[User, ModerationAction, ActionInput], None]
Undoing = Callable[[ModerationAction, int | None], None]


def _nothing(_act: ModerationAction, _by_id: int | None) -> None:
    """Undoes an action that had no effect beyond its text."""


# ---- messages ------------------------------------------------------------------------------------------------


def _release(actor: User, act: ModerationAction, _asked: ActionInput) -> None:
    act.was = reversible_actions.send_held_message(actor.id, *_message(act))


def _mask(actor: User, act: ModerationAction, asked: ActionInput) -> None:
    act.was = reversible_actions.mask_message(actor.id, *_message(act), asked.part)


def _hide(actor: User, act: ModerationAction, _asked: ActionInput) -> None:
    act.was = reversible_actions.remove_message(actor.id, *_message(act))


def _message(act: ModerationAction) -> tuple[int, int]:
    assert act.room_id is not None and act.seq is not None
    return act.room_id, act.seq


def _put_back(act: ModerationAction, _by_id: int | None) -> None:
    reversible_actions.restore_message(*_message(act), act.was)


# ---- seats and rooms -----------------------------------------------------------------------------------------


def _seat(act: ModerationAction) -> tuple[int, int]:
    assert act.room_id is not None and act.about_id is not None
    return act.room_id, act.about_id


def _mute(actor: User, act: ModerationAction, asked: ActionInput) -> None:
    act.was = reversible_actions.mute_of(*_seat(act))
    minutes = asked.minutes if asked.minutes is not None else 0
    moderation_commands.mute(actor, *_seat(act), minutes, asked.words)
    theirs = queries.seat(*_seat(act))
    act.until = theirs.muted_until if theirs is not None else None


def _unmute(act: ModerationAction, _by_id: int | None) -> None:
    if act.about_id is not None and act.until is not None:
        reversible_actions.restore_mute(act.about_id, act.was, act.until)


def _remove(actor: User, act: ModerationAction, asked: ActionInput) -> None:
    act.was = reversible_actions.mute_of(*_seat(act))
    moderation_commands.remove_member(actor, *_seat(act), asked.words)


def _bring_back(act: ModerationAction, _by_id: int | None) -> None:
    if act.room_id is not None and act.about_id is not None:
        reversible_actions.bring_back(act.room_id, act.about_id, act.was["why"])


def _lock(actor: User, act: ModerationAction, asked: ActionInput) -> None:
    assert act.room_id is not None
    if queries.room(act.room_id).locked_at is not None:
        raise Conflict(N_("Phòng này đang khoá rồi."))
    moderation_commands.lock_writing(actor, act.room_id, asked.words)


def _unlock(act: ModerationAction, by_id: int | None) -> None:
    if act.room_id is not None:
        reversible_actions.open_again(by_id or act.by_id, act.room_id)


# ---- people --------------------------------------------------------------------------------------------------


def _warn(_actor: User, _act: ModerationAction, _asked: ActionInput) -> None:
    """A warning has no effect beyond its notice."""


def _unpair(_actor: User, act: ModerationAction, _asked: ActionInput) -> None:
    assert act.about_id is not None and act.toward_id is not None
    if not pairing_commands.keep_apart(act.about_id, act.toward_id):
        raise Conflict(N_("Hai người này đã được tách rồi."))


def _allow_meeting(act: ModerationAction, _by_id: int | None) -> None:
    if act.about_id is not None and act.toward_id is not None:
        pairing_commands.let_meet(act.about_id, act.toward_id)


def _longest(act: ModerationAction) -> timedelta:
    longest = ACTION_RULES[act.kind].longest
    assert longest is not None
    return longest


def _quarantine(_actor: User, act: ModerationAction, asked: ActionInput) -> None:
    """Restricts the user to reading in every open room for a day, and in rooms opened meanwhile.

    The user helps no one until then.
    """
    assert act.about_id is not None
    act.until = clock.now() + _longest(act)
    before = [
        reversible_actions.mute_of(room_id, act.about_id)
        for room_id in reversible_actions.rooms_where_seated(act.about_id)
    ]
    silenced = [
        one for one in before if reversible_actions.mute_member(one["room"], act.about_id, act.until, asked.words)
    ]
    act.was = {"rooms": silenced, "helper": nominations.pause_helper(act.about_id, f"act:{act.id}", stop=False)}
    jobs.enqueue("moderation.quarantine", f"quarantine:{act.id}", act.until, act_id=act.id)


def _end_quarantine(act: ModerationAction, _by_id: int | None) -> None:
    if act.about_id is None or act.until is None:
        return
    for one in act.was["rooms"]:
        reversible_actions.restore_mute(act.about_id, one, act.until)
    before = act.was["helper"]
    if before and not hand_pause_on(act.about_id, before):
        nominations.resume_helper(act.about_id, before, f"act:{act.id}")


def _suspend(actor: User, act: ModerationAction, asked: ActionInput) -> None:
    assert act.about_id is not None
    suspensions.suspend(actor, act.about_id, asked.words)
    act.until = clock.now() + _longest(act)


def _lift(act: ModerationAction, _by_id: int | None) -> None:
    if act.about_id is not None:
        suspensions.lift(act.about_id)


def _hold(_actor: User, _act: ModerationAction, _asked: ActionInput) -> None:
    """Does nothing itself: erasure checks for the action's row (rooms_on_hold, is_held)."""


EFFECTS: dict[str, tuple[Doing, Undoing]] = {
    "release": (_release, _put_back),
    "mask": (_mask, _put_back),
    "hide": (_hide, _put_back),
    "warn": (_warn, _nothing),
    "mute": (_mute, _unmute),
    "remove": (_remove, _bring_back),
    "lock": (_lock, _unlock),
    "unpair": (_unpair, _allow_meeting),
    "quarantine": (_quarantine, _end_quarantine),
    "suspend": (_suspend, _lift),
    "legal_hold": (_hold, _nothing),
    DECISION: (_hold, undo_decision),
}


def facts_of(act: ModerationAction) -> dict[str, Any]:
    """Returns the facts of an action for the audit chain: numbers and codes, never text."""
    found: dict[str, Any] = {"act": act.id, "room": act.room_id, "seq": act.seq, "user": act.about_id,
                             "toward": act.toward_id, "until": act.until and act.until.isoformat()}  # fmt: skip
    return {name: value for name, value in found.items() if value is not None}
