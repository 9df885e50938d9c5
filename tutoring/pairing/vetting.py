"""Where helpers stand: facts of several features, read in a few questions, into the rules of policy.vetting."""

from collections.abc import Collection, Iterable
from datetime import date, datetime

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.community.models import Membership, Nomination
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.lessons import queries as lessons
from tutoring.pairing.conduct_texts import conduct_for
from tutoring.pairing.models import ConductYes
from tutoring.policy.access import STAFF
from tutoring.policy.vetting import OBSERVED_SESSIONS, Known, Standing
from tutoring.policy.vetting import standing as stands
from tutoring.rooms.attendance import minutes_together
from tutoring.rooms.history import Session, behind, observed_sessions

TRAINING = "huong-dan-khong-lam-thay"  # the lesson whose quiz a helper passes
LEAST_MINUTES = 5  # of being there together, where nobody said how it went
TRUST_AFTER = 3  # days on which the very same two had a session that went well


def standing(user: User) -> Standing:
    """Where this person stands as a helper, and what is to do next."""
    return standings([user])[user.id]


def standings(people: Iterable[User]) -> dict[int, Standing]:
    """The same of many people, in as many questions as of one."""
    found = {user.id: user for user in people}
    vouched = {
        one.user_id: one for one in db.session.scalars(sa.select(Nomination).where(Nomination.user_id.in_(list(found))))
    }
    staff = _staff(found)
    since = {user_id: one.barred_at for user_id, one in vouched.items() if one.barred_at is not None}
    promised = _promised(found, since)
    passed = lessons.quiz_passed(TRAINING, [user_id for user_id in found if user_id not in staff])
    helping = [user_id for user_id, one in vouched.items() if one.state == "active" and user_id not in staff]
    observed = _observed(helping, since)
    moment = clock.now()
    return {
        user_id: stands(
            Known(
                staff=user_id in staff,
                nomination=vouched[user_id].state if user_id in vouched else None,
                confirmed_at=vouched[user_id].confirmed_at if user_id in vouched else None,
                promised=user_id in promised,
                trained=user_id in passed and _counts(passed[user_id], since.get(user_id)),
                observed=observed.get(user_id, 0),
            ),
            moment,
        )
        for user_id in found
    }


def _counts(at: datetime, since: datetime | None) -> bool:
    return since is None or at > since


def _staff(user_ids: Collection[int]) -> set[int]:
    """Confirmed staff somewhere: let in by two people, which is their nomination."""
    query = sa.select(Membership.user_id).where(
        Membership.user_id.in_(list(user_ids)),
        Membership.state == "active",
        Membership.confirmed_at.is_not(None),
        Membership.role.in_(STAFF),
    )
    return set(db.session.scalars(query))


def _promised(people: dict[int, User], since: dict[int, datetime]) -> set[int]:
    """Who has accepted the words that stand now: a pupil those for pupils, from 18 on those for adults."""
    rows = db.session.scalars(sa.select(ConductYes).where(ConductYes.user_id.in_(list(people))))
    return {
        row.user_id
        for row in rows
        if row.text_hash == conduct_for(people[row.user_id].is_minor).text_hash
        and _counts(row.accepted_at, since.get(row.user_id))
    }


def _observed(helper_ids: Collection[int], since: dict[int, datetime]) -> dict[int, int]:
    """How many observed sessions count. The same two people count once a day, so that nobody plays it up."""
    counted: dict[int, set[tuple[int, date]]] = {helper_id: set() for helper_id in helper_ids}
    rooms: set[int] = set()
    for one in observed_sessions(helper_ids):
        mine, key = counted[one.helper_id], (one.learner_id, clock.local(one.opened_at).date())
        if len(mine) >= OBSERVED_SESSIONS or key in mine or one.room_id in rooms:
            continue
        if _counts(one.opened_at, since.get(one.helper_id)) and _was_a_session(one):
            mine.add(key)
            rooms.add(one.room_id)
    return {helper_id: len(mine) for helper_id, mine in counted.items()}


def _was_a_session(one: Session) -> bool:
    return one.answered or minutes_together(one.room_id) >= LEAST_MINUTES


def trusted(learner_id: int, helper: User) -> bool:
    """Whether this very pair has proved itself: three days that went well, nothing held or masked, past probation."""
    earlier = behind(learner_id, helper.id)
    if any(one.spoiled for one in earlier):
        return False
    days = {clock.local(one.opened_at).date() for one in earlier if one.good}
    return len(days) >= TRUST_AFTER and standing(helper).state == "active"
