"""Reads the engine's input for a round: requests for a weekly meeting, and possible helpers.

Whole columns are read in a few queries, regardless of the number of people. docs/pairing-scheduling.md has the time
it takes.
What the engine does not know (vouching, promises, consent) is decided here by the rules of policy.
"""

from collections.abc import Collection, Iterable

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.community.models import Membership, Nomination, Unit
from tutoring.community.queries import descendants
from tutoring.community.units.settings import switches_of
from tutoring.kernel import clock
from tutoring.kernel.database.sql import in_ids, stream_rows
from tutoring.kernel.db import db
from tutoring.lessons.skills.queries import skills_of_many
from tutoring.pairing.engine_inputs import (
    Consents,
    avoided_by,
    consents_of,
    engine_helper,
    helpers_before,
    home_in,
    hours_by_unit,
    last_round,
    passed_by,
    places_of,
    roles_in,
    weekly_of,
)
from tutoring.pairing.matching import Helper, Request
from tutoring.pairing.matching.week_bits import NEVER
from tutoring.pairing.models import HelpRequest, in_queue
from tutoring.pairing.scheduling.models import Proposal, WeeklyHours
from tutoring.pairing.scheduling.week_grid import MEETING, remove_meetings, week_from_bytes, within
from tutoring.pairing.vetting.queries import evidence_columns, known
from tutoring.policy.access import STAFF
from tutoring.policy.accounts import band, needs_assent
from tutoring.policy.pairing.requests import YOUNGEST_HELPER_GRADE, helps_adults_only, least_gap, may_ask
from tutoring.policy.pairing.school_subjects import is_school_subject
from tutoring.policy.pairing.vetting import vetting_status

KINDS = ("school", "ward", "neighbourhood", "class")  # units whose coordinators run rounds
_HOUR = 3600


def waiting(unit_ids: Collection[int], only: int | None = None) -> list[Request]:
    """Returns open requests of these units for a weekly meeting, as engine requests.

    With `only`, it returns this one alone.
    """
    asked = sa.and_(
        in_ids(HelpRequest.unit_id, unit_ids), HelpRequest.wish == "weekly", in_queue(),
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
    ids, learners = [row.id for row in rows], [row.learner_id for row in rows]
    consents, blocked, passed = consents_of(learners), avoided_by(learners), passed_by(ids)
    meetings, _ = weekly_of(learners)
    before, last = helpers_before(learners), last_round(ids)
    open_hours = hours_by_unit(unit_ids)
    schools = switches_of({row.school_id for row in rows if is_school_subject(row.topic) and row.school_id})
    moment, year, found = clock.now(), clock.today().year, []
    for row in rows:
        minor = _minor(row.kind, row.birth_year, year)
        if not _may_ask(row.learner_id, row.kind, row.state, row.birth_year, minor, year, consents):
            continue
        if is_school_subject(row.topic) and not (
            minor and row.school_id in schools and schools[row.school_id].on_for(row.grade)
        ):
            continue
        free = remove_meetings(week_from_bytes(row.free) if row.free else NEVER, meetings[row.learner_id])
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
                least_gap=least_gap(is_school_subject(row.topic)),
            )
        )  # fmt: skip
    return found


def helpers(unit_ids: Collection[int], only: Iterable[int] | None = None) -> list[Helper]:
    """Returns the users of these units who may help in a round, or those of `only` who may.

    They have a skill, free hours and a free place.
    """
    member = [in_ids(Membership.unit_id, unit_ids), Membership.state == "active"]
    if only is not None:
        member.append(in_ids(Membership.user_id, only))
    query = (
        sa.select(
            User.id, User.kind, User.state, User.birth_year, User.grade, User.language, WeeklyHours.free,
            WeeklyHours.pairs, *evidence_columns(),
        )
        .select_from(User)
        .join(WeeklyHours, WeeklyHours.user_id == User.id)
        .outerjoin(Nomination, Nomination.user_id == User.id)
        .where(User.id.in_(sa.select(Membership.user_id).where(*member)), WeeklyHours.pairs > 0)
    )  # fmt: skip
    rows = list(stream_rows(query))
    year, moment = clock.today().year, clock.now()
    ids = [row[0] for row in rows]
    minors = {user_id for user_id, kind, _, born, *_ in rows if _minor(kind, born, year)}
    places, skills, consents = places_of(ids), skills_of_many(ids), consents_of(minors)
    meetings, helping = weekly_of(ids)
    found = []
    for user_id, kind, state, born, grade, language, hours, pairs, *said in rows:
        minor = user_id in minors
        left = pairs - helping.get(user_id, 0)
        if left < 1 or user_id not in skills or not _may_ask(user_id, kind, state, born, minor, year, consents):
            continue
        roles = roles_in(places[user_id])
        stands = vetting_status(known(tuple(said), minor, not STAFF.isdisjoint(roles)), moment)
        if not stands.vouched or (minor and not (stands.promised and (grade or 0) >= YOUNGEST_HELPER_GRADE)):
            continue
        free = (
            remove_meetings(week_from_bytes(hours), meetings[user_id])
            if user_id in meetings
            else week_from_bytes(hours)
        )
        if not any(free):
            continue
        school, ward = home_in(places[user_id])
        found.append(
            engine_helper(
                user_id, skills[user_id], grade=grade if minor else None, adult=not minor,
                # Rooms with a minor are always observed; a helper who may not be in them meets adults only.
                observed=stands.promised and not helps_adults_only(roles), language=language,
                school=school, ward=ward, capacity=left, lately=helping.get(user_id, 0), free=free,
            )
        )  # fmt: skip
    return found


def of_unit(unit_id: int) -> tuple[list[Request], list[Helper]]:
    """Returns all requests and helpers of a round: those at the unit and below it."""
    places = descendants(unit_id)
    return waiting(places), helpers(places)


def _minor(kind: str, birth_year: int | None, year: int) -> bool:
    return band(None if birth_year is None else year - birth_year - 1, kind) != "adult"


def _name(place: int | None) -> str | None:
    return None if place is None else str(place)


def _may_ask(
    user_id: int, kind: str, state: str, birth_year: int | None, minor: bool, year: int, consents: Consents
) -> bool:
    """Applies the rule of eligibility.can_ask to columns."""
    if not minor:
        return may_ask(state == "active", False, (), None)
    oldest = 0 if birth_year is None else year - birth_year
    assents = consents[user_id, "assent"] if kind == "child" and needs_assent(oldest) else None
    return may_ask(state == "active", True, consents[user_id, "consent"], assents)
