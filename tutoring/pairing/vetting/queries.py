"""Queries on the vetting status of helpers.

They read facts of several features in a few queries and apply the rules of policy.vetting.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tutoring.accounts.models import User
from tutoring.community.models import Membership, Nomination
from tutoring.kernel import clock
from tutoring.kernel.database.sql import built_once, ids_parameter, in_ids
from tutoring.kernel.db import db
from tutoring.lessons.quizzes.models import QuizTry
from tutoring.pairing.models import ConductAcceptance
from tutoring.pairing.vetting.conduct_texts import conduct_for
from tutoring.policy.access import STAFF
from tutoring.policy.pairing.vetting import OBSERVED_SESSIONS, VettingFacts, VettingStatus
from tutoring.policy.pairing.vetting import vetting_status as stands
from tutoring.rooms.presence.queries import minutes_together
from tutoring.rooms.sessions.history import Session, behind, observed_sessions

TRAINING = "huong-dan-khong-lam-thay"  # the lesson whose quiz a helper passes
SAFETY = ("otp-khong-doc-cho-ai", "bi-bat-nat-goi-111", "giu-thong-tin-cua-con")  # learned too; not a condition
LEAST_MINUTES = 5  # together in the room, for a session without feedback
TRUST_AFTER = 3  # days on which the same pair had a session that went well


def vetting_status_of(user: User) -> VettingStatus:
    """Returns the vetting status of this user, and their next step."""
    return vetting_statuses_of([user])[user.id]


def vetting_statuses_of(people: Iterable[User]) -> dict[int, VettingStatus]:
    """Returns the vetting statuses of many users, in as many queries as for one."""
    found = {user.id: user for user in people}
    words = conduct_for(True).text_hash, conduct_for(False).text_hash
    rows = db.session.execute(_rows(*words), {"users": ids_parameter(found)}).all()
    since = {user_id: barred_at for user_id, barred_at, *_ in rows if barred_at is not None}
    observed = _observed([one for one, _, staff, state, *_ in rows if state == "active" and not staff], since)
    moment = clock.now()
    return {
        one: stands(known(tuple(papers), found[one].is_minor, staff, observed.get(one, 0)), moment)
        for one, _, staff, *papers in rows
    }


@built_once  # runs at every claim; building the statement takes longer than running it
def _rows(*_words: str) -> Any:
    return (
        sa.select(User.id, Nomination.barred_at, _staff(), *evidence_columns())
        .select_from(User)
        .outerjoin(Nomination, Nomination.user_id == User.id)
        .where(in_ids(User.id, sa.bindparam("users")))
    )


def evidence_columns() -> tuple[Any, ...]:
    """Returns the evidence for a helper as columns of `User`, outer joined with `Nomination`.

    Promises and training from before the helper was barred do not count.
    """

    def yes(minor: bool) -> sa.ColumnElement[bool]:
        return _one_of(
            ConductAcceptance,
            ConductAcceptance.accepted_at,
            ConductAcceptance.text_hash == conduct_for(minor).text_hash,
        )

    passed = _one_of(QuizTry, QuizTry.closed_at, QuizTry.lesson_slug == TRAINING, QuizTry.passed.is_(True))
    return (Nomination.state, Nomination.confirmed_at, yes(True), yes(False), passed)


def known(
    papers: tuple[str | None, datetime | None, bool, bool, bool], minor: bool, staff: bool, observed: int = 0
) -> VettingFacts:
    """Returns the facts of one person from these columns; pupils promise with the pupils' text."""
    nomination, confirmed_at, as_pupil, as_adult, trained = papers
    return VettingFacts(staff, nomination, confirmed_at, as_pupil if minor else as_adult, trained, observed)


def _one_of(table: Any, at: Any, *which: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    counts = sa.or_(Nomination.barred_at.is_(None), at > Nomination.barred_at)
    return sa.exists().where(table.user_id == User.id, *which, counts).correlate(User, Nomination)


def _counts(at: datetime, since: datetime | None) -> bool:
    return since is None or at > since


# Confirmed staff of any unit: two people admitted them, which counts as their nomination.
_STAFF = (Membership.state == "active", Membership.confirmed_at.is_not(None), Membership.role.in_(sorted(STAFF)))


def _staff() -> sa.ColumnElement[bool]:
    return sa.exists().where(Membership.user_id == User.id, *_STAFF).correlate(User)


def _observed(helper_ids: Collection[int], since: dict[int, datetime]) -> dict[int, int]:
    """Counts each helper's observed sessions.

    The same pair counts once a day, so that the number cannot be inflated.
    """
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
    """Returns whether this pair is trusted.

    It needs three days that went well, no held or masked message, and a helper past probation.
    """
    earlier = behind(learner_id, helper.id)
    if any(one.spoiled for one in earlier):
        return False
    days = {clock.local(one.opened_at).date() for one in earlier if one.good}
    return len(days) >= TRUST_AFTER and vetting_status_of(helper).state == "active"


@dataclass(frozen=True)
class Voucher:
    """The person or unit that vouches for a helper; the learner sees it before accepting."""

    unit_name: str
    by: User | None


def vouchers(user_ids: Collection[int]) -> dict[int, Voucher]:
    """Returns who nominated each of these helpers.

    For staff it is the unit in which two people confirmed the role.
    """
    named = (
        sa.select(Nomination)
        .options(joinedload(Nomination.unit), joinedload(Nomination.nominated_by))
        .where(Nomination.user_id.in_(user_ids))
    )
    found = {one.user_id: Voucher(one.unit.name, one.nominated_by) for one in db.session.scalars(named)}
    if left := set(user_ids) - set(found):
        staff = sa.select(Membership).options(joinedload(Membership.unit)).where(Membership.user_id.in_(left), *_STAFF)
        for one in db.session.scalars(staff.order_by(Membership.id)):
            found.setdefault(one.user_id, Voucher(one.unit.name, None))
    return found
