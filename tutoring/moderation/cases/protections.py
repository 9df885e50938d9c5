"""Which open grave cases need a mute, pause, lock or hidden message, and so who may lift it."""

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.community.protections import Lifting
from tutoring.kernel.db import db
from tutoring.moderation.cases.queries import Viewer
from tutoring.moderation.models import Case, ModerationAction
from tutoring.policy.moderation.actions import DECISION
from tutoring.policy.moderation.cases import may_decide_case

# What each act of the desk holds in place, as the names of `Lifting` call it. The others hold nothing.
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
_MEASURES = {"silence": "silence", "hold": "lock"}  # of first measures, those that may be lifted in the room


def needing(lifting: Lifting) -> list[Case]:
    """Open cases of S0 and S1 that need it: about this person, about this message, or by what they did in the room."""
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
    """Who may decide every one of these cases; where there is none, anybody whom the other rules let."""
    viewer = Viewer(actor)
    return all(may_decide_case(viewer.facts(case)) for case in needing(lifting))


def of_act(act: ModerationAction) -> list[Lifting]:
    """What undoing this act would lift; of a decision all that it left standing."""
    held = {HOLDS[act.kind]} if act.kind in HOLDS else set()
    if act.kind == DECISION:
        held = {holds for key, holds in _LEFT_STANDING.items() if key in act.was}
    return [Lifting(what, act.about_id, act.room_id, act.seq) for what in sorted(held)]
