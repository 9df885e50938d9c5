"""Queries on a helper's board, and on what a coordinator sees of waiting requests.

The board lists requests to take now, later or in writing, and requests a skill is missing for. A coordinator sees who
waits in a unit, who was asked and why, and who did not come.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tutoring.accounts.models import User
from tutoring.community.models import Membership
from tutoring.community.queries import ancestors, memberships
from tutoring.community.units.bound_scopes import bound_scope, room_for, scope_values
from tutoring.community.units.scopes import Scope, in_subtree
from tutoring.kernel import clock
from tutoring.kernel.database.sql import built_once, ids_parameter, in_ids
from tutoring.kernel.db import db
from tutoring.lessons.skills import queries as skills_queries
from tutoring.pairing.eligibility import OpenHours, allowed_for, helper_facts, home_of, near, open_hours
from tutoring.pairing.models import Avoidance, HelpRequest, NoShow, Offer, PassedRequest, in_queue
from tutoring.pairing.vetting.queries import vetting_status_of
from tutoring.policy.pairing.vetting import VettingStatus

MOST_READ = 80  # requests of a helper's wards, longest waiting first
HIGHEST = 3  # level of a skill


@dataclass(frozen=True)
class LockedSkill:
    """The number of requests for a skill the helper lacks, or lacks at this level.

    It never names the learners.
    """

    topic: str
    level: int
    count: int
    held: int


@dataclass(frozen=True)
class Board:
    """A helper's board: their vetting status, skills, and the requests they may take."""

    standing: VettingStatus
    vouched: bool
    skills: dict[str, int]
    waiting: list[HelpRequest]
    open_hours: OpenHours | None = None
    timed: list[HelpRequest] = field(default_factory=list)  # their learners chose times
    unanswered: list[HelpRequest] = field(default_factory=list)  # no helper came at once: a written answer helps too
    nearness: dict[int, int] = field(default_factory=dict)  # of the waiting requests: see `near`
    locked: list[LockedSkill] = field(default_factory=list)


def board_of(helper: User, limit: int = 20, locked: bool = False) -> Board:
    """Returns a helper's board.

    Requests are ordered by nearness, then urgency, then waiting time. `locked` adds requests for which a skill is
    missing.
    """
    skills = skills_queries.skills_of(helper.id)
    stands = vetting_status_of(helper)
    mine = memberships(helper.id)
    known = helper_facts(helper, stands, mine)
    if not known.vouched or not (skills or locked):
        return Board(stands, known.vouched, skills, [])
    wards = {member.unit.ward_id for member in mine if member.unit.ward_id is not None}
    with_skill, without = _near_by()
    told = {"helper": helper.id, "wards": ids_parameter(wards)}
    rows = list(db.session.scalars(with_skill, told))
    # Locked requests are queried separately, so that they never displace requests this helper can take now.
    further = list(db.session.scalars(without, told)) if locked else []
    at_once = [row for row in [*rows, *further] if row.wish == "now" and row.times_until is None]
    able = allowed_for(known, at_once, {row.topic: HIGHEST for row in at_once})
    found = [row for row in able if skills.get(row.topic, 0) >= row.level]
    nearness = {row.id: near(mine, row) for row in found}
    found.sort(key=lambda row: (not row.in_front, nearness[row.id], -row.urgency, row.queued_at, row.id))
    timed = allowed_for(known, [row for row in rows if row.times_until is not None], skills, watched=True)
    written = [] if known.on_probation else [row for row in rows if row.later_at is not None]
    return Board(
        stands, known.vouched, skills, found[:limit], open_hours(home_of(mine)), timed[:limit],
        allowed_for(known, written, skills, watched=True)[:limit], nearness, _locked(able, skills),
    )  # fmt: skip


@built_once
def _near_by() -> tuple[sa.Select[Any], sa.Select[Any]]:
    """Builds the requests of the helper's wards whose skill the helper has at the level asked for, and the others."""
    helper: sa.BindParameter[int] = sa.bindparam("helper", type_=sa.Integer)
    passed = sa.select(PassedRequest.request_id).where(PassedRequest.helper_id == helper)
    shunned = sa.union(
        sa.select(Avoidance.other_id).where(Avoidance.user_id == helper),
        sa.select(Avoidance.user_id).where(Avoidance.other_id == helper),
    )
    near_by = (
        sa.select(HelpRequest)
        .options(joinedload(HelpRequest.learner), joinedload(HelpRequest.unit))
        .where(
            in_queue(),
            sa.or_(HelpRequest.wish == "now", HelpRequest.later_at.is_not(None)),
            in_ids(HelpRequest.ward_id, sa.bindparam("wards")),
            HelpRequest.learner_id != helper,
            HelpRequest.learner_id.not_in(shunned),
            HelpRequest.id.not_in(passed),
        )
        .order_by(HelpRequest.in_front.desc(), HelpRequest.queued_at, HelpRequest.id)
        .limit(MOST_READ)
    )
    held = skills_queries.holds(helper, HelpRequest.topic, HelpRequest.level)
    return near_by.where(held), near_by.where(~held)


def _locked(able: Iterable[HelpRequest], skills: dict[str, int]) -> list[LockedSkill]:
    """Counts the requests for which only a skill is missing, by skill and level, most first.

    School subjects are left out: no lesson gives them, a teacher does.
    """
    counts = Counter(
        (row.topic, row.level) for row in able if skills.get(row.topic, 0) < row.level and not row.school_subject
    )
    found = [LockedSkill(topic, level, count, skills.get(topic, 0)) for (topic, level), count in counts.items()]
    return sorted(found, key=lambda one: (-one.count, one.topic, one.level))


def may_take(helper: User, limit: int = 20) -> list[HelpRequest]:
    """Returns the requests that this helper may take now; none without a skill."""
    if not skills_queries.skills_of(helper.id):
        return []
    return board_of(helper, limit).waiting


LOOKED_BACK = timedelta(days=90)


def coordinators_of(unit_id: int) -> list[int]:
    """Returns the coordinators of the nearest unit, here or above, that has any."""
    above = ancestors(unit_id)
    query = sa.select(Membership.unit_id, Membership.user_id).where(
        Membership.unit_id.in_(above),
        Membership.role == "coordinator",
        Membership.state == "active",
        Membership.confirmed_at.is_not(None),
    )
    rows = [(above.index(where), user_id) for where, user_id in db.session.execute(query)]
    nearest = min((depth for depth, _ in rows), default=0)
    return sorted({user_id for depth, user_id in rows if depth == nearest})


def waiting_in(unit_id: int, limit: int = 50) -> list[HelpRequest]:
    """Returns requests waiting in a unit and below it; those with an unseen alarm come first.

    Those that await a device or are deferred need nothing of the unit's coordinator and are left out.
    """
    query = (
        sa.select(HelpRequest)
        .options(joinedload(HelpRequest.learner), joinedload(HelpRequest.unit))
        .where(
            in_subtree(HelpRequest.unit_id, unit_id),
            HelpRequest.state == "waiting",
            HelpRequest.parked_at.is_(None),
            HelpRequest.deferred_at.is_(None),
            sa.or_(HelpRequest.wish == "now", HelpRequest.later_at.is_not(None)),
        )
        .order_by(HelpRequest.queued_at, HelpRequest.id)
        .limit(limit)
    )
    rows = list(db.session.scalars(query))
    return sorted(rows, key=lambda one: one.alarmed_at is None or one.alarm_seen_at is not None)


def unhelped_in(scope: Scope, limit: int = 50) -> list[HelpRequest]:
    """Returns requests that nobody has taken in these units and below them, the longest waiting first."""
    query = _unhelped(room_for(len(scope.tops)))
    return list(db.session.scalars(query, {"most": limit, **scope_values("units", scope)}))


@built_once  # building it takes longer than running it
def _unhelped(room: int) -> sa.Select[Any]:
    here = bound_scope("units", room).holds(HelpRequest.unit_id)
    return (
        sa.select(HelpRequest)
        .options(joinedload(HelpRequest.learner), joinedload(HelpRequest.unit))
        .where(here, in_queue(), HelpRequest.wish == "now", HelpRequest.times_until.is_(None))
        .order_by(HelpRequest.queued_at, HelpRequest.id)
        .limit(sa.bindparam("most", type_=sa.Integer))
    )


def offers_of(requests: list[HelpRequest]) -> dict[int, list[Offer]]:
    """Returns the offers of each of these requests, oldest first."""
    query = (
        sa.select(Offer)
        .options(joinedload(Offer.helper))
        .where(Offer.request_id.in_([one.id for one in requests]))
        .order_by(Offer.id)
    )
    found: dict[int, list[Offer]] = {}
    for offer in db.session.scalars(query):
        found.setdefault(offer.request_id, []).append(offer)
    return found


def no_shows_of(user_id: int) -> dict[str, list[datetime]]:
    """Returns when a user did not come in the last 90 days, by side, newest first.

    It returns dates, and never a score.
    """
    query = (
        sa.select(NoShow)
        .where(NoShow.user_id == user_id, NoShow.at > clock.now() - LOOKED_BACK)
        .order_by(NoShow.id.desc())
    )
    found: dict[str, list[datetime]] = {}
    for row in db.session.scalars(query):
        found.setdefault(row.side, []).append(row.at)
    return found
