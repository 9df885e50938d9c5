"""A request without a device or the internet opens what the family needs."""

import logging

from tutoring.accounts.models import User
from tutoring.devices.needing import NewNeed, ask_need
from tutoring.kernel.db import db
from tutoring.kernel.errors import Refusal
from tutoring.pairing.models import HelpRequest
from tutoring.policy.parked import at_home_of, kinds_of

log = logging.getLogger(__name__)


def ask_needs(actor: User, asked: HelpRequest) -> None:
    """Ask for what is lacking. Where that is refused (a child asks, there is no ward, one is open already) the request
    stays at the desk all the same, and its page says what is missing."""
    for kind in kinds_of(asked.lack):
        wanted = NewNeed(kind, "any", at_home_of(asked.lack), 1, False)
        try:
            with db.session.begin_nested():
                ask_need(actor, asked.learner_id, wanted)
        except Refusal as refusal:
            log.info("request %s: no need of kind %s: %s", asked.id, kind, refusal.code)
