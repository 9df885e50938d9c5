"""From the database to the engine: those of a unit who wait for a weekly meeting, and those who could help them.

Whole columns in a few questions, whatever the number of people: docs/pairing.md says how long it takes. What the
engine does not know (who is vouched for, who promised, whose consent stands) is decided here by the rules of policy.
"""

from collections.abc import Collection, Iterable
from typing import Any

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.community.models import Membership, Unit
from tutoring.community.queries import branch
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.pairing.matching import Helper, Request
from tutoring.pairing.matching.times import NEVER, Week, count
from tutoring.pairing.models import HelpRequest, in_queue
from tutoring.pairing.planning_facts import (
    Vetted,
    avoided_by,
    consents_of,
    helpers_before,
    hours_by_unit,
    last_round,
    meetings_of,
    passed_by,
    places_of,
    roles_of,
    skills_of,
    taken_by,
)
from tutoring.pairing.week import MEETING, told, within, without
from tutoring.pairing.weekly_models import Proposal, WeeklyHours
from tutoring.policy.accounts import band, needs_assent
from tutoring.policy.pairing import YOUNGEST_HELPER_GRADE, helps_adults_only, may_ask
from tutoring.policy.vetting import standing

KINDS = ("school", "ward", "neighbourhood", "class")  # units whose coordinators run rounds
_HOUR = 3600


def waiting(unit_ids: Collection[int], only: int | None = None) -> list[Request]:
    """Open requests of these units for a weekly meeting (or one of them), as the engine sees them."""
    asked = sa.and_(
        HelpRequest.unit_id.in_(unit_ids), HelpRequest.wish == "weekly", in_queue(),
        HelpRequest.id.not_in(sa.select(Proposal.request_id).where(Proposal.state == "open")),
        HelpRequest.id == only if only is not None else sa.true(),
    )  # fmt: skip
    query = (
        sa.select(
            HelpRequest.id, HelpRequest.learner_id, HelpRequest.unit_id, HelpRequest.ward_id, HelpRequest.topic,
            HelpRequest.level, HelpRequest.device, HelpRequest.urgency, HelpRequest.queued_at, Unit.school_id,
            User.kind, User.state, User.birth_year, User.grade, User.language, WeeklyHours.free,
        )
        .join(User, User.id == HelpRequest.learner_id)
        .join(Unit, Unit.id == HelpRequest.unit_id)
        .outerjoin(WeeklyHours, WeeklyHours.user_id == User.id)
        .where(asked)
        .order_by(HelpRequest.id)
    )  # fmt: skip
    rows = db.session.execute(query).all()
    learners = sa.select(HelpRequest.learner_id).where(asked)
    consents, blocked, passed = (
        consents_of(learners),
        avoided_by(learners),
        passed_by(sa.select(HelpRequest.id).where(asked)),
    )
    meetings = meetings_of(learners)
    before, last = helpers_before(learners), last_round(sa.select(HelpRequest.id).where(asked))
    open_hours = hours_by_unit(unit_ids)
    moment, found = clock.now(), []
    for row in rows:
        minor = _minor(row)
        if not _may_ask(row, row.learner_id, minor, consents):
            continue
        free = without(told(row.free) if row.free else NEVER, meetings[row.learner_id])
        opens = open_hours[row.unit_id]
        found.append(
            Request(
                id=row.id, topic=row.topic, topics=frozenset({row.topic}), level=row.level, language=row.language,
                grade=row.grade if minor else None, adult=not minor, needs_adult=False, gender=None, same_gender="no",
                school=_name(row.school_id), ward=_name(row.ward_id), device=row.device or None, minutes=MEETING,
                free=within(free, opens.opens, opens.closes) if minor else free,
                waited_hours=max(0, int((moment - row.queued_at).total_seconds()) // _HOUR), urgency=row.urgency,
                previous=before.get(row.learner_id), last_round=last.get(row.id),
                blocked=frozenset(blocked[row.learner_id] | passed[row.id]), learner=row.learner_id,
            )
        )  # fmt: skip
    return found


def helpers(unit_ids: Collection[int], only: Iterable[int] | None = None) -> list[Helper]:
    """Who of these units may help, holds a skill, has free hours and a place left (or those of `only` who do)."""
    member = [Membership.unit_id.in_(unit_ids), Membership.state == "active"]
    if only is not None:
        member.append(Membership.user_id.in_(list(only)))
    people = (
        sa.select(Membership.user_id)
        .join(WeeklyHours, WeeklyHours.user_id == Membership.user_id)
        .where(*member, WeeklyHours.pairs > 0)
    )
    columns = (
        User.id, User.kind, User.state, User.birth_year, User.grade, User.language, WeeklyHours.free, WeeklyHours.pairs,
    )  # fmt: skip
    rows = db.session.execute(
        sa.select(*columns).join(WeeklyHours, WeeklyHours.user_id == User.id).where(User.id.in_(people))
    ).all()
    skills, places, taken, roles = skills_of(people), places_of(people), taken_by(people), roles_of(people)
    meetings = meetings_of(people)
    vetted, consents = Vetted(people), consents_of(people)
    moment, found = clock.now(), []
    for row in rows:
        minor = _minor(row)
        left = row.pairs - taken[row.id]
        if left < 1 or row.id not in skills or not _may_ask(row, row.id, minor, consents):
            continue
        stands = standing(vetted.known(row.id, minor, roles[row.id]), moment)
        if not stands.vouched or (minor and not (stands.promised and (row.grade or 0) >= YOUNGEST_HELPER_GRADE)):
            continue
        free: Week = without(told(row.free), meetings[row.id])
        if not count(free):
            continue
        school, ward = places.get(row.id, (None, None))
        found.append(
            Helper(
                id=row.id, skills=skills[row.id], languages=frozenset({"vi", row.language}),
                first_language=row.language, grade=row.grade if minor else None, adult=not minor,
                # Rooms with a minor are observed ones always; who may not be in them meets adults only.
                observed=stands.promised and not helps_adults_only(roles[row.id]),
                gender=None, school=_name(school), ward=_name(ward), devices=frozenset(), capacity=left,
                rating_sum=0, rating_count=0, pairs_this_week=taken[row.id], free=free,
            )
        )  # fmt: skip
    return found


def of_unit(unit_id: int) -> tuple[list[Request], list[Helper]]:
    """Everybody whom a round of this unit pairs: at the unit and below it."""
    places = branch(unit_id)
    return waiting(places), helpers(places)


def _minor(row: Any) -> bool:
    youngest = None if row.birth_year is None else clock.today().year - row.birth_year - 1
    return band(youngest, row.kind) != "adult"


def _name(place: int | None) -> str | None:
    return None if place is None else str(place)


def _may_ask(row: Any, user_id: int, minor: bool, consents: dict[tuple[int, str], set[str]]) -> bool:
    """The rule of eligibility.can_ask over columns."""
    oldest = 0 if row.birth_year is None else clock.today().year - row.birth_year
    assents = consents[user_id, "assent"] if row.kind == "child" and needs_assent(oldest) else None
    return may_ask(row.state == "active", minor, consents[user_id, "consent"], assents)
