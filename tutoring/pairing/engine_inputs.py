"""Reads the engine's facts of many people, one query for each kind of fact.

Weekly rounds and instant help use them.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import replace

import sqlalchemy as sa

from tutoring.accounts.models import Consent
from tutoring.accounts.queries import in_force
from tutoring.community.duty.coverage import Hours, hours_of
from tutoring.community.models import Membership, Unit
from tutoring.kernel.database.sql import in_ids, stream_rows
from tutoring.kernel.db import db
from tutoring.pairing.matching import Helper
from tutoring.pairing.matching.week_bits import ALWAYS, Week
from tutoring.pairing.models import Avoidance, HelpRequest, PassedRequest
from tutoring.pairing.scheduling.models import Booking, Proposal, RoundLine, WeeklyRound
from tutoring.policy.access import STAFF
from tutoring.policy.pairing.school_subjects import is_school_subject
from tutoring.rooms.comfort.queries import was_uneasy_with

People = Collection[int]
SPOKEN = "vi"  # spoken language is not asked for yet, and the language of the pages says little about it
Consents = dict[tuple[int, str], set[str]]  # purposes with consent in force, by person and kind of consent
Place = tuple[str, bool, int | None, int | None]  # role, whether a second approver confirmed it, school, ward


def engine_helper(
    user_id: int, skills: Mapping[str, int], *, grade: int | None, adult: bool, observed: bool, language: str = SPOKEN,
    school: int | None, ward: int | None, capacity: int = 1, lately: int = 0, free: Week = ALWAYS,
) -> Helper:  # fmt: skip
    """Returns a helper as the engine sees one.

    Gender, devices and ratings are not recorded yet.
    """
    if adult and any(map(is_school_subject, skills)):  # a pupil has grown up: adults help with no school subject
        skills = {topic: level for topic, level in skills.items() if not is_school_subject(topic)}
    return Helper(
        user_id, skills, _SPEAKS.get(language) or frozenset({SPOKEN, language}), language, grade, adult, observed, None,
        None if school is None else str(school), None if ward is None else str(ward), _NOTHING, capacity, 0, 0, lately,
        free,
    )  # fmt: skip


_NOTHING: frozenset[str] = frozenset()
_SPEAKS = {SPOKEN: frozenset({SPOKEN})}


def consents_of(people: People) -> Consents:
    """Returns the purposes with consent in force, by person and kind of consent."""
    found: Consents = defaultdict(set)
    for kind in ("consent", "assent") if people else ():
        query = sa.select(Consent.subject_id, Consent.purpose)
        for user_id, purpose in db.session.execute(query.where(in_ids(Consent.subject_id, people), in_force(kind))):
            found[user_id, kind].add(purpose)
    return found


def places_of(people: People) -> dict[int, tuple[Place, ...]]:
    """Returns the places of each person's active memberships, oldest first."""
    found: dict[int, tuple[Place, ...]] = defaultdict(tuple)
    query = (
        sa.select(
            Membership.user_id, Membership.role, Membership.confirmed_at.is_not(None), Unit.school_id, Unit.ward_id
        )
        .join(Unit, Unit.id == Membership.unit_id)
        .where(in_ids(Membership.user_id, people), Membership.state == "active")
        .order_by(Membership.user_id, Membership.id)
    )
    for user_id, role, confirmed, school, ward in stream_rows(query):
        found[user_id] += ((role, confirmed, school, ward),)
    return found


def roles_in(places: Collection[Place]) -> set[str]:
    """Returns the roles of a person.

    Staff roles count only when a second approver confirmed them.
    """
    return {role for role, confirmed, _, _ in places if confirmed or role not in STAFF}


def home_in(places: Collection[Place]) -> tuple[int | None, int | None]:
    """Returns school and ward of a person, each from the oldest membership that has one."""
    home: tuple[int | None, int | None] = (None, None)
    for _, _, school, ward in places:
        home = (school if home[0] is None else home[0], ward if home[1] is None else home[1])
    return home


def hours_by_unit(unit_ids: Collection[int]) -> dict[int, Hours]:
    """Returns when rooms with minors are open in each unit of a subtree.

    Hours above the subtree are queried only for its top unit.
    """
    rows = db.session.execute(
        sa.select(Unit.id, Unit.parent_id, Unit.opens, Unit.closes, Unit.paused_at, Unit.paused_why)
        .where(in_ids(Unit.id, unit_ids))
    ).all()  # fmt: skip
    units = {row.id: row for row in rows}
    found: dict[int, Hours] = {}

    def of(unit_id: int) -> Hours:
        if unit_id not in found:
            row = units[unit_id]
            above = of(row.parent_id) if row.parent_id in units else hours_of(unit_id)
            if row.opens is not None and row.closes is not None:
                above = replace(above, opens=row.opens, closes=row.closes, set_at=unit_id)  # a pause stays in force
            found[unit_id] = replace(above, paused=row.paused_why) if row.paused_at is not None else above
        return found[unit_id]

    return {unit_id: of(unit_id) for unit_id in units}


def weekly_of(people: People, but: int = 0) -> tuple[dict[int, list[tuple[int, int, int]]], dict[int, int]]:
    """Returns each person's weekly meetings, agreed or proposed, and in how many they help.

    A meeting is (day, quarter, minutes). The booking `but` is left out.
    """
    meetings: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    helping: dict[int, int] = defaultdict(int)
    each = [
        sa.select(who, sa.literal(who is table.helper_id), table.day, table.quarter, table.minutes)
        .where(in_ids(who, people), table.state == state, *([Booking.id != but] if but and table is Booking else []))
        for table, state in ((Booking, "on"), (Proposal, "open")) for who in (table.learner_id, table.helper_id)
    ]  # fmt: skip
    for user_id, helps, day, quarter, minutes in stream_rows(sa.union_all(*each)):
        meetings[user_id].append((day, quarter, minutes))
        helping[user_id] += helps
    return meetings, helping


def avoided_by(people: People) -> dict[int, set[int]]:
    """Returns for each person whom they avoid or who avoids them."""
    found: dict[int, set[int]] = defaultdict(set)
    for mine, other in ((Avoidance.user_id, Avoidance.other_id), (Avoidance.other_id, Avoidance.user_id)):
        for user_id, other_id in db.session.execute(sa.select(mine, other).where(in_ids(mine, people))):
            found[user_id].add(other_id)
    return found


def passed_by(asked: Collection[int]) -> dict[int, set[int]]:
    """Returns the helpers to whom each request was already offered."""
    found: dict[int, set[int]] = defaultdict(set)
    query = sa.select(PassedRequest.request_id, PassedRequest.helper_id).where(in_ids(PassedRequest.request_id, asked))
    for request_id, helper_id in db.session.execute(query):
        found[request_id].add(helper_id)
    return found


def helpers_before(learners: People) -> dict[int, int]:
    """Returns the last helper of each learner whose help had a result, and with whom the learner was at ease."""
    query = (
        sa.select(HelpRequest.learner_id, HelpRequest.helper_id)
        .where(
            in_ids(HelpRequest.learner_id, learners), HelpRequest.outcome.in_(("yes", "partly")),
            HelpRequest.helper_id.is_not(None),
            sa.not_(was_uneasy_with(HelpRequest.learner_id, HelpRequest.helper_id)),
        )
        .order_by(HelpRequest.id)
    )  # fmt: skip
    return {learner_id: helper_id for learner_id, helper_id in db.session.execute(query) if helper_id is not None}


def last_round(asked: Collection[int]) -> dict[int, int]:
    """Returns the helper each request was given in the newest published round."""
    query = (
        sa.select(RoundLine.request_id, RoundLine.helper_id)
        .join(WeeklyRound, WeeklyRound.id == RoundLine.round_id)
        .where(in_ids(RoundLine.request_id, asked), WeeklyRound.state == "published", RoundLine.helper_id.is_not(None))
        .order_by(WeeklyRound.published_at)
    )
    return {request_id: helper_id for request_id, helper_id in db.session.execute(query) if helper_id is not None}
