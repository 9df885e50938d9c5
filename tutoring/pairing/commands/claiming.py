"""A helper takes a request, or gives it back."""

from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from tutoring.accounts.models import User
from tutoring.community.queries import memberships
from tutoring.kernel import clock, limits
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Missing
from tutoring.kernel.events import announce
from tutoring.kernel.text import N_
from tutoring.pairing.commands.offering import accepted
from tutoring.pairing.commands.states import ANSWER_WITHIN, expire_later, locked, put_back, step
from tutoring.pairing.eligibility import ELSEWHERE, avoids, near, pair_allowed
from tutoring.pairing.events import HelpClaimed
from tutoring.pairing.models import HelpRequest, Offer, Passed, in_queue
from tutoring.pairing.queries import is_busy, request_to_take
from tutoring.policy.pairing import may_claim


@command
def claim(helper: User, request_id: int) -> HelpRequest:
    """Take a waiting request. Of any number of helpers at once exactly one gets it; the others are told."""
    asked = request_to_take(request_id)
    limits.hit("claim", helper.id)
    if refuse_strangers(helper, asked).busy:
        raise Conflict(N_("Bạn đang giúp một người khác. Hãy xong buổi đó trước."), code="busy")
    facts = {"request": request_id, "taker": helper.id, "moment": clock.now()}
    try:
        taken = db.session.scalar(_taking(), facts)
    except IntegrityError:  # the same helper pressed twice, on two requests
        raise Conflict(N_("Bạn đang giúp một người khác. Hãy xong buổi đó trước."), code="busy") from None
    if taken is None:
        raise Conflict(N_("Một người khác vừa nhận yêu cầu này rồi. Mời bạn xem yêu cầu tiếp theo."), code="taken")
    asked.alarmed_at = asked.alarm_seen_at = asked.alarm_seen_by_id = None
    accepted(helper.id, asked.id)
    step(asked, "offered", helper.id, at_once=True)
    expire_later(asked, ANSWER_WITHIN)
    announce(HelpClaimed(asked.id, asked.learner_id, helper.id))
    return asked


@cache
def _taking() -> Any:
    """The one statement that lets a single helper win: it changes one row, or none, and reads it as it is now."""
    return (
        sa.update(HelpRequest)
        .where(HelpRequest.id == sa.bindparam("request"), in_queue(), HelpRequest.times_until.is_(None))
        .values(state="offered", helper_id=sa.bindparam("taker"), claimed_at=sa.bindparam("moment"))
        .returning(HelpRequest)
        .execution_options(synchronize_session=False, populate_existing=True)
    )


class Between(NamedTuple):
    """What stands between a helper and a request, in one question."""

    avoided: bool
    passed: bool
    offered: bool
    busy: bool


def refuse_strangers(helper: User, asked: HelpRequest, *, watched: bool = False) -> Between:
    """Raises Missing unless the rules let this helper take this request: now, or `watched`, while somebody is on duty.
    Who was asked from afar was asked to come now."""
    facts = {"request": asked.id, "learner": asked.learner_id, "taker": helper.id}
    between = Between(*map(bool, db.session.execute(_between(), facts).one()))
    mine = memberships(helper.id)
    if not may_claim(
        pair_allowed(helper, asked, mine=mine, watched=watched),
        near(mine, asked) < ELSEWHERE or (not watched and between.offered),
        between.avoided,
        between.passed,
    ):
        raise Missing
    return between


@cache
def _between() -> Any:
    asked, learner, taker = (sa.bindparam(name, type_=sa.Integer) for name in ("request", "learner", "taker"))
    return sa.select(
        avoids(taker, learner),
        sa.exists().where(Passed.request_id == asked, Passed.helper_id == taker),
        sa.exists().where(Offer.request_id == asked, Offer.helper_id == taker),
        is_busy(taker),
    )


@command
def give_back(helper: User, request_id: int) -> None:
    """The helper cannot after all."""
    asked = locked(request_id)
    if asked.helper_id != helper.id or asked.stage not in {"offered", "agreeing", "booked"}:
        raise Missing
    put_back(asked, helper.id, "given_back")
