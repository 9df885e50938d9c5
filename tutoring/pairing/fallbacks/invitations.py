"""Selects the helpers who are invited to a wished time.

Helpers need not be present now, so a few of the ward get a notice.
"""

from datetime import datetime

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.community.models import Membership, Unit
from tutoring.kernel import clock
from tutoring.kernel.database.sql import in_ids
from tutoring.kernel.db import db
from tutoring.lessons.skills import queries as skills_queries
from tutoring.pairing.eligibility import pair_allowed
from tutoring.pairing.matching.week_bits import OPENS, QUARTER, QUARTERS
from tutoring.pairing.models import Avoidance, HelperState, HelpRequest, MutedTopic, PassedRequest
from tutoring.pairing.offers.helper_selection import load_of
from tutoring.pairing.scheduling.models import WeeklyHours
from tutoring.pairing.scheduling.week_grid import week_from_bytes
from tutoring.pairing.vetting.queries import vetting_statuses_of

MOST_TOLD = 8
MOST_LOOKED_AT = 200
MOST_ASKED_OF_RULES = 40


def invitees(asked: HelpRequest) -> list[int]:
    """Returns up to MOST_TOLD helpers of the ward who may take this request.

    Helpers whose free hours hold one of the times come first, then those who helped least this week. Helpers who
    turned off all requests, or this skill, are left out.
    """
    people = list(db.session.scalars(_around(asked)))
    ids = [user.id for user in people]
    load, known = load_of(ids), vetting_statuses_of(people)
    hours = dict(
        db.session.execute(
            sa.select(WeeklyHours.user_id, WeeklyHours.free).where(in_ids(WeeklyHours.user_id, ids))
        ).all()
    )
    able = [user for user in people if known[user.id].vouched]
    able.sort(key=lambda user: (not _free(hours.get(user.id), asked.wished), load.get(user.id, 0), user.id))
    found: list[int] = []
    for user in able[:MOST_ASKED_OF_RULES]:
        if pair_allowed(user, asked, known[user.id], watched=True):
            found.append(user.id)
            if len(found) == MOST_TOLD:
                break
    return found


def _around(asked: HelpRequest) -> sa.Select[User]:
    not_these = sa.union(
        sa.select(PassedRequest.helper_id).where(PassedRequest.request_id == asked.id),
        sa.select(Avoidance.other_id).where(Avoidance.user_id == asked.learner_id),
        sa.select(Avoidance.user_id).where(Avoidance.other_id == asked.learner_id),
        sa.select(MutedTopic.user_id).where(MutedTopic.topic == asked.topic),
        sa.select(HelperState.user_id).where(HelperState.away_since.is_not(None), HelperState.unanswered == 0),
    )
    members = (
        sa.select(Membership.user_id)
        .join(Unit, Unit.id == Membership.unit_id)
        .where(Unit.ward_id == asked.ward_id, Membership.state == "active")
    )
    return (
        sa.select(User)
        .where(
            User.state == "active",
            User.id != asked.learner_id,
            User.id.in_(members),
            User.id.in_(skills_queries.holding(asked.topic, asked.level)),
            User.id.not_in(not_these),
        )
        .order_by(User.id)
        .limit(MOST_LOOKED_AT)
    )


def _free(bits: bytes | None, times: list[datetime]) -> bool:
    """Returns whether these free hours hold the start of one of the times."""
    if bits is None:
        return False
    week = week_from_bytes(bits)
    for at in map(clock.local, times):
        quarter = (at.hour * 60 + at.minute - OPENS) // QUARTER
        if 0 <= quarter < QUARTERS and week[at.weekday()] >> quarter & 1:
            return True
    return False
