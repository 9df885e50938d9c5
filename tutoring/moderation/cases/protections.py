"""Finds the open grave cases that need a measure to stay, and who may lift it.

Measures are mutes, pauses, locks and hidden messages.
"""

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.community.hooks import Lifting
from tutoring.kernel.db import db
from tutoring.moderation.cases.queries import Viewer
from tutoring.moderation.models import Case, ModerationAction
from tutoring.policy.moderation.actions import DECISION
from tutoring.policy.moderation.cases import may_decide_case

# The effect that each moderation action keeps in place, as `Lifting` names it. Other kinds have none.
HOLDS = {
    "mute": "silence",
    "quarantine": "silence",
    "remove": "removal",
    "lock": "lock",
    "mask": "message",
    "hide": "message",
    "suspend": "account",
    "unpair": "pair",
}
_LEFT_STANDING = {"message": "message", "helper": "pause", "seat": "removal", "silence": "silence"}
_OF_PERSON = frozenset({"silence", "removal", "pause", "account", "pair"})
_MEASURES = {"silence": "silence", "hold": "lock"}  # the automatic measures that may be lifted in the room


def needing(lifting: Lifting) -> list[Case]:
    """Returns open S0 and S1 cases that need it.

    They are about this user or this message, or acted in the room.
    """
    grave = (Case.state == "open", Case.grade.in_(("S0", "S1")))
    acts = sa.select(ModerationAction.case_id).where(
        ModerationAction.undone_at.is_(None),
        ModerationAction.kind.in_([kind for kind, holds in HOLDS.items() if holds == lifting.what]),
    )
    if lifting.what in _OF_PERSON:
        own = acts.where(ModerationAction.about_id == lifting.user_id)
        here = sa.or_(Case.about_id == lifting.user_id, Case.id.in_(own))
        return list(db.session.scalars(sa.select(Case).where(*grave, here)))
    if lifting.what == "message":
        own = acts.where(ModerationAction.room_id == lifting.room_id, ModerationAction.seq == lifting.seq)
        this = sa.and_(Case.kind == "message", Case.target == f"{lifting.room_id}/{lifting.seq}")
        return list(db.session.scalars(sa.select(Case).where(*grave, sa.or_(this, Case.id.in_(own)))))
    own = acts.where(ModerationAction.room_id == lifting.room_id)
    found = db.session.execute(
        sa.select(Case, Case.id.in_(own)).where(*grave, sa.or_(Case.room_id == lifting.room_id, Case.id.in_(own)))
    )
    measure = _MEASURES.get(lifting.what)
    return [case for case, acted in found if acted or any(one["act"] == measure for one in case.acts)]


def may_lift(actor: User, lifting: Lifting) -> bool:
    """Returns whether this user may decide all of these cases.

    Without such a case, the other rules alone apply.
    """
    viewer = Viewer(actor)
    return all(may_decide_case(viewer.facts(case)) for case in needing(lifting))


def of_act(act: ModerationAction) -> list[Lifting]:
    """Returns what undoing this action would lift; for a decision, all its effects."""
    held = {HOLDS[act.kind]} if act.kind in HOLDS else set()
    if act.kind == DECISION:
        held = {holds for key, holds in _LEFT_STANDING.items() if key in act.was}
    return [Lifting(what, act.about_id, act.room_id, act.seq) for what in sorted(held)]
