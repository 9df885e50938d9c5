"""Who may help whom now: applies the rules of policy.pairing to facts from the database."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from tutoring.accounts.models import LiveSocket, User
from tutoring.accounts.queries import purposes_in_force
from tutoring.community.duty.bulk_queries import hours_in, on_duty_in
from tutoring.community.duty.coverage import Hours, hours_of
from tutoring.community.models import Membership, Unit
from tutoring.community.queries import acting_roles_at, memberships, on_duty
from tutoring.community.units.settings import switches_of
from tutoring.kernel import clock
from tutoring.kernel.database.sql import exists_per_row
from tutoring.kernel.db import db
from tutoring.lessons.skills import queries as skills_queries
from tutoring.pairing.models import Avoidance, HelpRequest
from tutoring.pairing.vetting.queries import vetting_status_of
from tutoring.policy.accounts import needs_assent
from tutoring.policy.pairing.fallbacks import may_write_answer
from tutoring.policy.pairing.requests import PersonFacts, helps_adults_only, may_ask, may_help
from tutoring.policy.pairing.school_subjects import SubjectSwitches
from tutoring.policy.pairing.vetting import VettingStatus


def is_vouched(user: User) -> bool:
    """Returns whether this user is vouched for as a helper.

    A pupil helper also needs the consents of their own account.
    """
    return can_ask(user) and vetting_status_of(user).vouched


def person_facts(user: User, vouched: bool = False) -> PersonFacts:
    """Returns the policy facts of a user."""
    return PersonFacts(user.id, user.is_minor, user.youngest_age, user.grade, vouched)


def helper_facts(user: User, known: VettingStatus | None = None, mine: list[Membership] | None = None) -> PersonFacts:
    """Returns the policy facts of a user as a helper.

    Pass `known` and `mine` (the memberships) when they are already loaded.
    """
    known = known or vetting_status_of(user)
    mine = memberships(user.id) if mine is None else mine
    return replace(
        person_facts(user, known.vouched and can_ask(user)),
        adults_only=helps_adults_only({member.role for member in mine}),
        on_probation=known.on_probation,
        promised=known.promised,
    )


def can_ask(user: User) -> bool:
    """Returns whether account state and consents let this user ask for help or give it."""
    if not user.is_minor:
        return may_ask(user.state == "active", False, (), None)
    asked_child = user.kind == "child" and needs_assent(user.oldest_age or 0)
    assents = purposes_in_force(user.id, "assent") if asked_child else None
    return may_ask(user.state == "active", True, purposes_in_force(user.id), assents)


def home_unit(user_id: int) -> Unit | None:
    """Returns the user's nearest unit that is not archived: class, then neighbourhood, school and ward.

    Its members are asked first.
    """
    return home_of(memberships(user_id))


def home_of(members: Iterable[Membership]) -> Unit | None:
    """Returns the same as `home_unit`, from memberships that are already loaded."""
    mine = [m.unit for m in members if not m.unit.archived]
    order = {"class": 0, "neighbourhood": 1, "school": 2, "ward": 3}
    near = [unit for unit in mine if unit.kind in order]
    return min(near, key=lambda unit: (order[unit.kind], unit.id), default=None)


@dataclass(frozen=True)
class OpenHours:
    """The opening hours of rooms with minors, and when they open again if closed now."""

    hours: Hours
    again: datetime | None


def open_hours(place: Unit | None) -> OpenHours | None:
    """Returns the hours of a unit for a page; None for a user without a unit."""
    if place is None:
        return None
    moment, hours = clock.now(), hours_of(place.id)
    return OpenHours(hours, None if hours.open_at(moment) else hours.opens_next(moment))


def avoided(one_id: int, other_id: int) -> bool:
    """Returns whether either of two people wishes to avoid the other."""
    return bool(db.session.scalar(sa.select(avoids(sa.literal(one_id), sa.literal(other_id)))))


def avoids(one: sa.ColumnElement[int], other: sa.ColumnElement[int]) -> sa.Exists:
    """Returns the same as `avoided` for two columns, as an SQL condition."""
    return sa.exists().where(
        sa.or_(
            sa.and_(Avoidance.user_id == one, Avoidance.other_id == other),
            sa.and_(Avoidance.user_id == other, Avoidance.other_id == one),
        )
    )


def watchers(asked: HelpRequest, helper_id: int) -> list[User]:
    """Returns who could observe the room of this pair now.

    These are vetted adults on duty other than the helper and the learner.
    """
    return on_duty(asked.unit_id, minors=asked.minor, but=[helper_id, asked.learner_id])


def allowed_for(
    mine: PersonFacts, rows: Iterable[HelpRequest], skills: dict[str, int], *, watched: bool = False
) -> list[HelpRequest]:
    """Returns those requests that the rules let this helper take now.

    Who is on duty is queried once for all units. A pupil helper makes it a room with a minor too, so the stricter duty
    and the unit's hours apply. `watched` assumes that an observer is on duty, for decisions that do not open a room
    now. A room still opens only with one.
    """
    rows = list(rows)
    duty = {} if watched else _duty(mine, rows)
    subject_schools = {asked.unit.school_id for asked in rows if asked.school_subject}
    switches = switches_of({school for school in subject_schools if school is not None})
    found = []
    for asked in rows:
        theirs = person_facts(asked.learner)
        if asked.school_subject and not switches.get(asked.unit.school_id or 0, SubjectSwitches()).on_for(theirs.grade):
            continue  # the school has switched its subjects off since
        there = duty.get((asked.unit_id, mine.minor or theirs.minor), set())
        if may_help(
            mine,
            theirs,
            observed=watched or bool(there - {asked.learner_id, mine.user_id}),
            youth_help_adults=asked.unit.youth_may_help_adults,
            holds_skill=skills.get(asked.topic, 0) >= asked.level,
            school_subject=asked.school_subject,
        ):
            found.append(asked)
    return found


def _duty(mine: PersonFacts, rows: Collection[HelpRequest]) -> dict[tuple[int, bool], set[int]]:
    """Returns who is on duty now, by unit of these requests and whether with minors.

    Outside opening hours no one is on duty for rooms with minors.
    """
    moment = clock.now()
    found: dict[tuple[int, bool], set[int]] = {}
    for minors in (True, False):
        some = [one for one in rows if (mine.minor or one.learner.is_minor) == minors]
        paths = {one.unit_id: one.unit.path for one in some}
        if minors and paths:
            hours = hours_in(paths)
            paths = {unit_id: path for unit_id, path in paths.items() if hours[unit_id].open_at(moment)}
        if paths:
            there = on_duty_in(paths, moment, minors=minors)
            found.update({(unit_id, minors): people for unit_id, people in there.items()})
    return found


def pair_allowed(
    helper: User,
    asked: HelpRequest,
    known: VettingStatus | None = None,
    mine: list[Membership] | None = None,
    *,
    watched: bool = False,
) -> bool:
    """Returns whether the rules let this helper take this request now.

    `watched` assumes that an observer is on duty.
    """
    facts_of_mine = helper_facts(helper, known, mine)
    return bool(allowed_for(facts_of_mine, [asked], skills_queries.skills_of(helper.id), watched=watched))


def may_answer_in_writing(user: User, asked: HelpRequest) -> bool:
    """Returns whether this user may answer a request in writing.

    Teachers and coordinators of its unit may. So may near helpers past probation who could take it if an observer were
    on duty. Guardians and staff read written answers.
    """
    if user.state != "active" or user.id == asked.learner_id or avoided(user.id, asked.learner_id):
        return False
    mine = memberships(user.id)
    known = helper_facts(user, mine=mine)
    able = allowed_for(known, [asked], skills_queries.skills_of(user.id), watched=True)
    close = near(mine, asked) < ELSEWHERE
    roles = () if asked.school_subject else acting_roles_at(user, asked.unit_id)  # no adult answers for pupils
    return may_write_answer(roles, bool(able) and close, known.on_probation)


ELSEWHERE = 3


def near(mine: list[Membership], asked: HelpRequest) -> int:
    """Returns how near a helper is: 0 same unit, 1 same school, 2 same ward, 3 elsewhere."""
    best = ELSEWHERE
    for member in mine:
        if member.unit_id == asked.unit_id:
            return 0
        if member.unit.school_id and member.unit.school_id == asked.unit.school_id:
            best = min(best, 1)
        elif member.unit.ward_id and member.unit.ward_id == asked.ward_id:
            best = min(best, 2)
    return best


def may_show(request_id: int, limit: int = 50) -> list[int]:
    """Returns the users whose open help board may show this request, in one query.

    They are present, of the same ward, and have the skill. The signal reveals nothing more: the rules decide when the
    board is read.
    """
    return list(db.session.scalars(_may_show(), {"request": request_id, "limit": limit}))


@cache
def _may_show() -> sa.Select[Any]:
    near = (
        sa.select(Membership.id)
        .join(Unit, Unit.id == Membership.unit_id)
        .where(
            Membership.user_id == LiveSocket.user_id,
            Membership.state == "active",
            Unit.ward_id == HelpRequest.ward_id,
        )
    )
    return (
        sa.select(LiveSocket.user_id)
        .join(HelpRequest, HelpRequest.id == sa.bindparam("request"))
        .where(
            LiveSocket.user_id != HelpRequest.learner_id,
            skills_queries.holds(LiveSocket.user_id, HelpRequest.topic, HelpRequest.level),
            exists_per_row(near),
        )
        .order_by(LiveSocket.user_id)
        .distinct()
        .limit(sa.bindparam("limit"))
    )
