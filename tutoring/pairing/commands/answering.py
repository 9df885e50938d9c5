"""The learner, and for a young child the guardian, answers; the room opens when everybody has said yes."""

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.accounts.queries import is_guardian
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Invalid, Missing
from tutoring.kernel.events import announce
from tutoring.kernel.text import N_
from tutoring.pairing.commands.agreeing import agree
from tutoring.pairing.commands.meeting import first_words_due
from tutoring.pairing.commands.opening import open_for
from tutoring.pairing.commands.states import GUARDIAN_ANSWERS_WITHIN, expire_later, locked, put_back, step
from tutoring.pairing.eligibility import facts
from tutoring.pairing.events import GuardianAsked, PairOpened
from tutoring.pairing.models import Avoid, HelpRequest
from tutoring.policy.pairing import may_answer, may_answer_as_guardian, needs_guardian_seat


@command
def answer(learner: User, request_id: int, word: str) -> HelpRequest:
    """The learner's own word on this helper: accept, decline, or never again (private).

    A guardian who asked for a child with the child beside answers for both.
    """
    asked = locked(request_id)
    beside = learner.id == asked.asked_by_id and is_guardian(learner.id, asked.learner_id)
    if not may_answer(learner.id == asked.learner_id, beside):
        raise Missing
    _answerable(asked)
    if word == "accept" and asked.stage != "booked":
        asked.learner_yes_at = clock.now()
        if beside:
            asked.guardian_yes_at, asked.guardian_id = clock.now(), learner.id
        _open_if_agreed(asked)
    elif word in {"decline", "never"}:
        if word == "never" and asked.helper_id is not None:
            avoid(asked.learner, asked.helper_id)
        put_back(asked, learner.id, "time_cancelled" if asked.stage == "booked" else "declined")
    else:
        raise Invalid
    return asked


@command
def answer_as_guardian(guardian: User, request_id: int, word: str) -> HelpRequest:
    """The guardian's word, for a child of ten or under; the guardian then holds a seat in the room."""
    asked = locked(request_id)
    if not may_answer_as_guardian(is_guardian(guardian.id, asked.learner_id), asked.learner.kind == "child"):
        raise Missing
    _answerable(asked)
    if word == "accept" and asked.stage != "booked":
        asked.guardian_yes_at, asked.guardian_id = clock.now(), guardian.id
        _open_if_agreed(asked)
    elif word == "decline":
        put_back(asked, guardian.id, "declined")
    else:
        raise Invalid
    return asked


def _answerable(asked: HelpRequest) -> None:
    if asked.stage not in {"offered", "agreeing", "booked"}:
        raise Conflict(N_("Người giúp vừa thay đổi. Hãy xem lại trang."))


@command
def avoid(user: User, other_id: int) -> None:
    """Never pair these two again; the other is not told."""
    row = avoid_row(user.id, other_id)
    if row is not None:
        row.own = True
    elif user.id != other_id:
        db.session.add(Avoid(user_id=user.id, other_id=other_id))


def avoid_row(user_id: int, other_id: int) -> Avoid | None:
    return db.session.scalar(sa.select(Avoid).where(Avoid.user_id == user_id, Avoid.other_id == other_id))


def _known_pair(asked: HelpRequest) -> int | None:
    """The guardian who said yes to this very pair before, if one did and still is the guardian."""
    query = sa.select(HelpRequest.guardian_id).where(
        HelpRequest.learner_id == asked.learner_id,
        HelpRequest.helper_id == asked.helper_id,
        HelpRequest.guardian_yes_at.is_not(None),
        HelpRequest.room_id.is_not(None),
    )
    known = db.session.scalar(query.order_by(HelpRequest.id.desc()).limit(1))
    return known if known is not None and is_guardian(known, asked.learner_id) else None


def _open_if_agreed(asked: HelpRequest) -> None:
    """Open the room once everybody who must has said yes and the rules still hold."""
    helper, learner = db.session.get_one(User, asked.helper_id), db.session.get_one(User, asked.learner_id)
    child = facts(learner)
    if asked.learner_yes_at is None:
        return
    if needs_guardian_seat(child) and asked.guardian_yes_at is None:
        asked.guardian_id = _known_pair(asked)
        if asked.guardian_id is None:
            if asked.meet_at is None:
                expire_later(asked, GUARDIAN_ANSWERS_WITHIN)
            announce(GuardianAsked(asked.id, learner.id, helper.id))
            return
    if asked.meet_at is not None:
        agree(asked, learner, helper)
        return
    room = open_for(asked, learner, helper)
    asked.room_id = room.id
    step(asked, "helping", learner.id)
    first_words_due(asked, room.id)
    db.session.flush()
    announce(PairOpened(asked.id, learner.id, helper.id, room.id, child.minor))
