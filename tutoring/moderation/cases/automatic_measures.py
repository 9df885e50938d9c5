"""Automatic measures of a case by its grade: apply them, store what undoes each, and revert them."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from tutoring.community.memberships import nominations
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.kernel.text import N_
from tutoring.moderation.cases.evidence import freeze
from tutoring.moderation.cases.independent_reporters import people_behind
from tutoring.moderation.models import Case
from tutoring.moderation.site_settings import HIDDEN_AFTER
from tutoring.rooms.moderation import reversible_actions
from tutoring.rooms.queries import room

QUARANTINE = timedelta(hours=24)
SAID = N_("Người trực đang xem lại phòng này.")  # for users who may not write meanwhile; never mentions a report

# The measures that an outcome reverts. After "outside" (police, 111) everything stays in place.
TAKEN_BACK = {
    "none": frozenset({"lock", "silence", "hide", "pause", "picture"}),
    "reminded": frozenset({"lock", "silence", "picture"}),
    "hidden": frozenset({"lock", "silence", "picture"}),
    "removed": frozenset({"lock", "picture"}),
    "paused": frozenset({"lock", "picture"}),
    "outside": frozenset[str](),
}


def apply_measures(case: Case) -> None:
    """Applies, inside the running command, the measures of the case's grade that are not applied yet."""
    if case.grade in ("S0", "S1"):
        _lock_picture(case)
        _keep(case)
        _shield(case)
        _pause(case)
        _hide(case)
    elif case.kind == "message" and case.grade == "S2" and people_behind(case) >= HIDDEN_AFTER():
        _hide(case)


def _keep(case: Case) -> None:
    """Copies evidence, again only if messages were written since the last copy."""
    if case.room_id is None:
        return
    newest = room(case.room_id).last_seq
    if not any(one["act"] == "evidence" and one["seq"] == newest for one in case.acts):
        freeze(case)
        _note(case, act="evidence", seq=newest)


def _lock_picture(case: Case) -> None:
    """Locks a picture that may show abuse.

    It is neither shown nor copied; the file stays for the police.
    """
    if case.kind != "message" or case.room_id is None or _did(case, "picture"):
        return
    if reversible_actions.lock_picture(case.room_id, case.seq):
        _note(case, act="picture", seq=case.seq)


def _did(case: Case, act: str) -> bool:
    return any(one["act"] == act for one in case.acts)


def _note(case: Case, **what: Any) -> None:
    case.acts = [*case.acts, what]


def _shield(case: Case) -> None:
    """Restricts the room of the case.

    S0: every message of the room is held for review. S1: the subject only reads for 24 hours; without a known subject
    every message is held.
    """
    if case.room_id is None or room(case.room_id).closed_at is not None:
        return
    if case.grade == "S1" and case.about_id is not None:
        if not _did(case, "silence") and reversible_actions.mute_member(
            case.room_id, case.about_id, clock.now() + QUARANTINE, SAID
        ):
            _note(case, act="silence", user=case.about_id)
    elif not _did(case, "lock") and reversible_actions.lock_room(case.room_id):
        _note(case, act="lock")


def _pause(case: Case) -> None:
    """Pauses the helper whom the case is about.

    If the case's room is open, it stays open for the learner, who needs the adults in it. Otherwise the helper's
    current sessions end.
    """
    if case.about_id is None or _did(case, "pause"):
        return
    shielded = case.room_id is not None and room(case.room_id).closed_at is None
    if before := nominations.pause_helper(case.about_id, f"case:{case.id}", stop=not shielded):
        _note(case, act="pause", user=case.about_id, was=before)


def _hide(case: Case) -> None:
    if case.kind != "message" or case.room_id is None or _did(case, "hide"):
        return
    if before := reversible_actions.conceal_message(case.room_id, case.seq):
        _note(case, act="hide", seq=case.seq, was=before)


def hide_now(case: Case) -> None:
    """Hides the reported message by a decision, also if an appeal had restored it."""
    if case.kind == "message" and case.room_id is not None:
        reversible_actions.conceal_message(case.room_id, case.seq)


def revert_measures(case: Case, outcome: str) -> None:
    """Reverts, inside the running command, the measures that this outcome does not need."""
    for one in case.acts:
        if one["act"] not in TAKEN_BACK[outcome]:
            continue
        if (other := _needed_by(case, one)) is not None:  # that case reverts the measure later
            if not _did(other, one["act"]):
                _note(other, **one)
            continue
        if one["act"] == "pause":
            nominations.resume_helper(one["user"], one["was"], f"case:{case.id}")
        elif case.room_id is None:
            continue
        elif one["act"] == "lock":
            reversible_actions.lock_room(case.room_id, on=False)
        elif one["act"] == "silence":
            reversible_actions.unsilence(case.room_id, one["user"])
        elif one["act"] == "hide":
            reversible_actions.reveal(case.room_id, one["seq"], one["was"])
        elif one["act"] == "picture":
            reversible_actions.lock_picture(case.room_id, one["seq"], on=False)


def hand_pause_on(user_id: int, before: str) -> bool:
    """Returns, inside the running command, whether an open grave case still needs this helper paused.

    That case takes over the pause and reverts it later.
    """
    query = sa.select(Case).where(Case.about_id == user_id, Case.state == "open", Case.grade.in_(("S0", "S1")))
    case = db.session.scalar(query.order_by(Case.id).limit(1).with_for_update(skip_locked=True))
    if case is None:
        return False
    if not _did(case, "pause"):
        _note(case, act="pause", user=user_id, was=before)
    return True


def _needed_by(case: Case, one: dict[str, Any]) -> Case | None:
    """Returns another open grave case that needs this measure too."""
    where = {
        "lock": sa.and_(Case.room_id == case.room_id, sa.or_(Case.grade == "S0", Case.about_id.is_(None))),
        "silence": sa.and_(Case.room_id == case.room_id, Case.about_id == one.get("user")),
        "pause": Case.about_id == one.get("user"),
    }.get(one["act"])
    if where is None:
        return None
    query = sa.select(Case).where(where, Case.id != case.id, Case.state == "open", Case.grade.in_(("S0", "S1")))
    # Skip locked cases: they are being decided now, and waiting for them could deadlock.
    query = query.order_by(Case.id).limit(1).with_for_update(skip_locked=True)
    return db.session.scalar(query.execution_options(populate_existing=True))
