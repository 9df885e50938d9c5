"""What rounds ask about many people at once, each in one question: `people` is itself a question for their ids."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from tutoring.accounts.models import Consent
from tutoring.accounts.queries import in_force
from tutoring.community.hours import Hours, hours_of
from tutoring.community.models import Membership, Nomination, Unit
from tutoring.kernel.db import db
from tutoring.lessons.models import QuizTry, SkillGrant
from tutoring.pairing.conduct_texts import conduct_for
from tutoring.pairing.models import Avoid, ConductYes, HelpRequest, Passed
from tutoring.pairing.vetting import TRAINING
from tutoring.pairing.weekly_models import Booking, Proposal, RoundLine, WeeklyRound
from tutoring.policy.access import STAFF
from tutoring.policy.vetting import Known

People = sa.Select[Any]


def consents_of(people: People) -> dict[tuple[int, str], set[str]]:
    """Purposes to which a yes stands, by person and kind of yes."""
    found: dict[tuple[int, str], set[str]] = defaultdict(set)
    for kind in ("consent", "assent"):
        query = sa.select(Consent.subject_id, Consent.purpose).where(Consent.subject_id.in_(people), in_force(kind))
        for user_id, purpose in db.session.execute(query):
            found[user_id, kind].add(purpose)
    return found


def skills_of(people: People) -> dict[int, dict[str, int]]:
    """The skills that each person holds, with their levels."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    query = sa.select(SkillGrant.user_id, SkillGrant.skill_id, SkillGrant.level)
    for user_id, skill, level in db.session.execute(
        query.where(SkillGrant.user_id.in_(people), SkillGrant.revoked_at.is_(None))
    ):
        found[user_id][skill] = level
    return found


def places_of(people: People) -> dict[int, tuple[int | None, int | None]]:
    """School and ward of each person: of the place that has both, if there is one."""
    query = sa.select(Membership.user_id, Unit.school_id, Unit.ward_id).join(Unit, Unit.id == Membership.unit_id)
    found: dict[int, tuple[int | None, int | None]] = {}
    for user_id, school, ward in db.session.execute(
        query.where(Membership.user_id.in_(people), Membership.state == "active").order_by(Membership.id)
    ):
        before = found.get(user_id, (None, None))
        found[user_id] = before[0] or school, before[1] or ward
    return found


def roles_of(people: People) -> dict[int, set[str]]:
    """Roles that each person holds anywhere; of staff only those that a second person confirmed."""
    found: dict[int, set[str]] = defaultdict(set)
    query = sa.select(Membership.user_id, Membership.role, Membership.confirmed_at)
    for user_id, role, at in db.session.execute(
        query.where(Membership.user_id.in_(people), Membership.state == "active")
    ):
        if role not in STAFF or at is not None:
            found[user_id].add(role)
    return found


def hours_by_unit(unit_ids: Collection[int]) -> dict[int, Hours]:
    """When rooms with minors are open in each unit of a branch of the tree, of which the top alone asks above."""
    rows = db.session.execute(
        sa.select(Unit.id, Unit.parent_id, Unit.opens, Unit.closes).where(Unit.id.in_(unit_ids))
    ).all()  # fmt: skip
    units = {row.id: row for row in rows}
    found: dict[int, Hours] = {}

    def of(unit_id: int) -> Hours:
        if unit_id not in found:
            row = units[unit_id]
            if row.opens is not None and row.closes is not None:
                found[unit_id] = Hours(row.opens, row.closes, unit_id)
            else:
                found[unit_id] = of(row.parent_id) if row.parent_id in units else hours_of(unit_id)
        return found[unit_id]

    return {unit_id: of(unit_id) for unit_id in units}


def meetings_of(people: People) -> dict[int, list[tuple[int, int, int]]]:
    """When each person meets somebody already, or is asked to: day, quarter, minutes."""
    found: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for table, state in ((Booking, "on"), (Proposal, "open")):
        for who in (table.learner_id, table.helper_id):
            query = sa.select(who, table.day, table.quarter, table.minutes).where(table.state == state)
            for user_id, *at in db.session.execute(query.where(who.in_(people))):
                found[user_id].append((at[0], at[1], at[2]))
    return found


def taken_by(people: People) -> dict[int, int]:
    """Weekly meetings that each person helps in already, or is asked about."""
    found: dict[int, int] = defaultdict(int)
    for table, state in ((Booking, "on"), (Proposal, "open")):
        query = sa.select(table.helper_id, sa.func.count()).where(table.helper_id.in_(people), table.state == state)
        for user_id, number in db.session.execute(query.group_by(table.helper_id)):
            found[user_id] += number
    return found


class Vetted:
    """What policy.vetting asks about many people at once. Observed sessions are not counted: every weekly room with a
    minor is observed, and one of adults is looked at anew when it opens."""

    def __init__(self, people: People) -> None:
        self._vouched = {
            row.user_id: row
            for row in db.session.execute(
                sa.select(
                    Nomination.user_id, Nomination.state, Nomination.confirmed_at, Nomination.barred_at
                ).where(Nomination.user_id.in_(people))
            )
        }  # fmt: skip
        self._promised = defaultdict(list)
        yes = sa.select(ConductYes.user_id, ConductYes.text_hash, ConductYes.accepted_at)
        for user_id, text_hash, at in db.session.execute(yes.where(ConductYes.user_id.in_(people))):
            self._promised[user_id].append((text_hash, at))
        passed = (
            sa.select(QuizTry.user_id, sa.func.max(QuizTry.closed_at))
            .where(QuizTry.user_id.in_(people), QuizTry.lesson_slug == TRAINING, QuizTry.passed.is_(True))
            .group_by(QuizTry.user_id)
        )
        self._trained: dict[int, datetime] = {one: at for one, at in db.session.execute(passed) if at is not None}
        self._words = {minor: conduct_for(minor).text_hash for minor in (True, False)}

    def known(self, user_id: int, minor: bool, roles: set[str]) -> Known:
        """The facts about one person."""
        vouched = self._vouched.get(user_id)
        since = vouched.barred_at if vouched else None
        return Known(
            staff=not STAFF.isdisjoint(roles),
            nomination=vouched.state if vouched else None,
            confirmed_at=vouched.confirmed_at if vouched else None,
            promised=any(
                said == self._words[minor] and (since is None or at > since)
                for said, at in self._promised.get(user_id, ())
            ),
            trained=user_id in self._trained and (since is None or self._trained[user_id] > since),
        )


def avoided_by(people: People) -> dict[int, set[int]]:
    """Whom each person does not want to meet, or who does not want to meet them."""
    found: dict[int, set[int]] = defaultdict(set)
    for mine, other in ((Avoid.user_id, Avoid.other_id), (Avoid.other_id, Avoid.user_id)):
        for user_id, other_id in db.session.execute(sa.select(mine, other).where(mine.in_(people))):
            found[user_id].add(other_id)
    return found


def passed_by(asked: People) -> dict[int, set[int]]:
    """Helpers to whom each request went once already."""
    found: dict[int, set[int]] = defaultdict(set)
    query = sa.select(Passed.request_id, Passed.helper_id).where(Passed.request_id.in_(asked))
    for request_id, helper_id in db.session.execute(query):
        found[request_id].add(helper_id)
    return found


def helpers_before(learners: People) -> dict[int, int]:
    """Who helped each learner last, and something came of it."""
    query = (
        sa.select(HelpRequest.learner_id, HelpRequest.helper_id)
        .where(
            HelpRequest.learner_id.in_(learners), HelpRequest.outcome.in_(("yes", "partly")),
            HelpRequest.helper_id.is_not(None),
        )
        .order_by(HelpRequest.id)
    )  # fmt: skip
    return {learner_id: helper_id for learner_id, helper_id in db.session.execute(query) if helper_id is not None}


def last_round(asked: People) -> dict[int, int]:
    """Whom each request was given in the newest round that was published."""
    query = (
        sa.select(RoundLine.request_id, RoundLine.helper_id)
        .join(WeeklyRound, WeeklyRound.id == RoundLine.round_id)
        .where(RoundLine.request_id.in_(asked), WeeklyRound.state == "published", RoundLine.helper_id.is_not(None))
        .order_by(WeeklyRound.published_at)
    )
    return {request_id: helper_id for request_id, helper_id in db.session.execute(query) if helper_id is not None}
