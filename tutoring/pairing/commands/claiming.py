"""A helper takes a request, or gives it back."""

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
from tutoring.pairing.eligibility import ELSEWHERE, avoided, near, pair_allowed
from tutoring.pairing.events import HelpClaimed
from tutoring.pairing.models import HelpRequest, Passed, in_queue
from tutoring.pairing.queries import busy, request, was_offered
from tutoring.policy.pairing import may_claim


@command
def claim(helper: User, request_id: int) -> HelpRequest:
    """Take a waiting request. Of any number of helpers at once exactly one gets it; the others are told."""
    asked = request(request_id)
    limits.hit("claim", helper.id)
    refuse_strangers(helper, asked)
    if busy(helper.id):
        raise Conflict(N_("Bạn đang giúp một người khác. Hãy xong buổi đó trước."), code="busy")
    try:
        taken = db.session.execute(
            sa.update(HelpRequest)
            .where(HelpRequest.id == request_id, in_queue(), HelpRequest.times_until.is_(None))
            .values(state="offered", helper_id=helper.id, claimed_at=clock.now())
            .execution_options(synchronize_session=False)
        )
    except IntegrityError:  # the same helper pressed twice, on two requests
        raise Conflict(N_("Bạn đang giúp một người khác. Hãy xong buổi đó trước."), code="busy") from None
    if taken.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(N_("Một người khác vừa nhận yêu cầu này rồi. Mời bạn xem yêu cầu tiếp theo."), code="taken")
    db.session.refresh(asked)
    asked.alarmed_at = asked.alarm_seen_at = asked.alarm_seen_by_id = None
    accepted(helper.id, asked.id)
    step(asked, "offered", helper.id, at_once=True)
    expire_later(asked, ANSWER_WITHIN)
    announce(HelpClaimed(asked.id, asked.learner_id, helper.id))
    return asked


def refuse_strangers(helper: User, asked: HelpRequest, *, watched: bool = False) -> None:
    """Raises Missing unless the rules let this helper take this request: now, or `watched`, while somebody is on duty.
    Who was asked from afar was asked to come now."""
    if not may_claim(
        pair_allowed(helper, asked, watched=watched),
        near(memberships(helper.id), asked) < ELSEWHERE or (not watched and was_offered(helper.id, asked.id)),
        avoided(helper.id, asked.learner_id),
        db.session.get(Passed, (asked.id, helper.id)) is not None,
    ):
        raise Missing


@command
def give_back(helper: User, request_id: int) -> None:
    """The helper cannot after all."""
    asked = locked(request_id)
    if asked.helper_id != helper.id or asked.stage not in {"offered", "agreeing", "booked"}:
        raise Missing
    put_back(asked, helper.id, "given_back")
