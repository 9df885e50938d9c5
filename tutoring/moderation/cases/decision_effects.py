"""Stores the lasting effects of a decision as a moderation action.

An appeal undoes all of them.
"""

from typing import Any

from tutoring.accounts.models import User
from tutoring.community.memberships import nominations
from tutoring.community.queries import nomination
from tutoring.kernel.db import db
from tutoring.moderation.cases.automatic_measures import TAKEN_BACK, hand_pause_on
from tutoring.moderation.models import Case, ModerationAction
from tutoring.policy.moderation.actions import DECISION
from tutoring.rooms.moderation import reversible_actions
from tutoring.rooms.queries import message, seat

LOOKED_AT_AGAIN = ("reminded", "hidden", "removed", "paused")  # "none" has no effect; authorities judge "outside"


def before_decision(case: Case) -> dict[str, Any]:
    """Returns the state of message, helper and seat before the case changed them."""
    measures = {one["act"]: one for one in case.acts}
    found: dict[str, Any] = {"message": None, "helper": "", "why": ""}
    if case.kind == "message" and case.room_id is not None:
        now = message(case.room_id, case.seq)
        found["message"] = {"status": measures["hide"]["was"] if "hide" in measures else now.status,
                            "by": now.decided_by_id}  # fmt: skip
    if case.about_id is None:
        return found
    vouch = nomination(case.about_id)
    found["helper"] = measures["pause"]["was"] if "pause" in measures else vouch.state if vouch is not None else ""
    theirs = seat(case.room_id, case.about_id) if case.room_id is not None else None
    found["why"] = theirs.mute_reason if theirs is not None and not theirs.is_muted else ""
    return found


def note_decision(actor: User, case: Case, before: dict[str, Any]) -> None:
    """Stores, inside the deciding command, one row with all remaining effects on the subject."""
    if case.outcome not in LOOKED_AT_AGAIN or case.about_id is None:
        return
    was: dict[str, Any] = {"outcome": case.outcome}
    stood = before["message"] is not None and before["message"]["status"] != "hidden"
    if stood and case.room_id is not None and message(case.room_id, case.seq).status == "hidden":
        was["message"] = before["message"]
    vouch = nomination(case.about_id)
    if vouch is not None and vouch.state == "paused" and before["helper"] not in ("", "paused", "barred"):
        was["helper"] = before["helper"]
    silenced = any(one["act"] == "silence" for one in case.acts)
    if silenced and "silence" not in TAKEN_BACK[case.outcome]:
        theirs = seat(case.room_id, case.about_id) if case.room_id is not None else None
        was["silence"] = theirs.muted_until.isoformat() if theirs is not None and theirs.muted_until else ""
    if case.outcome == "removed":
        was["seat"] = before["why"]
    db.session.add(
        ModerationAction(
            kind=DECISION, case_id=case.id, room_id=case.room_id, unit_id=case.unit_id, about_id=case.about_id,
            seq=case.seq or None, by_id=actor.id, reason="other", words=case.words,
            was=was,
        )
    )  # fmt: skip
    db.session.flush()


def undo_decision(act: ModerationAction, _by_id: int | None) -> None:
    """Restores the state before the case changed it."""
    was, room_id, about_id = act.was, act.room_id, act.about_id
    if "message" in was and room_id is not None and act.seq is not None and _is_hidden(room_id, act.seq):
        reversible_actions.restore_message(room_id, act.seq, was["message"])
    if about_id is None:
        return
    if was.get("helper") and not hand_pause_on(about_id, was["helper"]):
        nominations.resume_helper(about_id, was["helper"], f"act:{act.id}")
    if room_id is not None and "seat" in was:
        reversible_actions.bring_back(room_id, about_id, was["seat"])
    if room_id is not None and "silence" in was:
        reversible_actions.unsilence(room_id, about_id)


def _is_hidden(room_id: int, seq: int) -> bool:
    """Returns whether the message is still hidden; otherwise it has been restored already."""
    return message(room_id, seq).status == "hidden"
