"""Chooses the helpers to ask next: reads their facts and ranks them with the engine."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

import sqlalchemy as sa

from tutoring.accounts.models import LiveSocket, User
from tutoring.community.duty.coverage import hours_of
from tutoring.community.models import Membership, Unit
from tutoring.community.queries import on_duty
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.lessons.skills import queries as skills_queries
from tutoring.pairing.eligibility import pair_allowed
from tutoring.pairing.engine_inputs import SPOKEN, engine_helper, places_of
from tutoring.pairing.matching import Helper, Request, Weights
from tutoring.pairing.matching.hard_rules import broken_rule
from tutoring.pairing.matching.scoring import features, reasons, suit
from tutoring.pairing.matching.wave_size import acceptance, fatigue, wave
from tutoring.pairing.matching.week_bits import ALWAYS
from tutoring.pairing.models import Avoidance, HelpRequest, MutedTopic, Offer, PassedRequest
from tutoring.pairing.presence import Presence, presences
from tutoring.pairing.vetting.queries import vetting_statuses_of
from tutoring.policy.pairing.offers import CITY, DUTY, WARD, may_be_offered
from tutoring.policy.pairing.requests import least_gap
from tutoring.policy.pairing.vetting import VettingStatus
from tutoring.rooms.comfort.queries import was_uneasy_with

MOST_LOOKED_AT = 500  # helpers of a ring who are scored for one wave
MOST_ASKED_OF_RULES = 60  # checked against the rules, per ranking, until the wave is full
TIRED_FOR = timedelta(hours=9)  # after that an offer no longer counts as fatigue
MINUTES = 30
WEIGHTS = Weights()


@dataclass(frozen=True)
class RankedHelper:
    """A helper to ask, with the score and the reasons for them."""

    helper_id: int
    score: int
    reasons: list[Any]


def reason_no_room_can_open(asked: HelpRequest) -> str:
    """Returns why no room for this request could open now; "" if one could.

    No helper is asked for a room that cannot open.
    """
    if not asked.minor:
        return ""
    if not hours_of(asked.unit_id).open_at(clock.now()):
        return "hours"
    return "" if on_duty(asked.unit_id, minors=True, but=[asked.learner_id]) else "duty"


@dataclass(frozen=True)
class _Free:
    """The free helpers of a ring, best first, with the facts that the rules need."""

    asked: HelpRequest
    engine: Request
    ranked: list[tuple[int, Helper]]
    people: dict[int, User]
    known: dict[int, VettingStatus]

    def choice(self, points: int, helper: Helper) -> RankedHelper | None:
        """Returns the helper with the reasons, or None when the rules forbid this pair."""
        if not pair_allowed(self.people[helper.id], self.asked, self.known[helper.id]):
            return None
        parts = reasons(features(self.engine, helper, now=True), WEIGHTS)
        return RankedHelper(helper.id, points, [list(one) for one in parts])


def next_wave(asked: HelpRequest, ring: int) -> list[RankedHelper]:
    """Returns the helpers to ask next within a ring, best first.

    They are the fewest that make an acceptance likely enough. No helper is asked twice.
    """
    free = _free(asked, _around(asked, ring), ring)
    chances = _chances([helper.id for _, helper in free.ranked])
    able: list[RankedHelper] = []
    for points, helper in free.ranked:
        if (one := free.choice(points, helper)) is not None:
            able.append(one)
            if wave([chances[one.helper_id] for one in able]) < len(able):
                break
    return able[: wave([chances[one.helper_id] for one in able])]


def fit_to_help_on(asked: HelpRequest, most: int, but: Collection[int] = ()) -> list[RankedHelper]:
    """Returns the few best helpers who could take this request now, from city and duty rings.

    Helpers who had it, or did not take it when asked, are left out. Helpers whose offer was withdrawn may be asked
    again.
    """
    found: dict[int, RankedHelper] = {}
    for ring in (CITY, DUTY):
        around = _around(asked, ring, again=True).where(User.id.not_in([*but, *found]))
        free = _free(asked, around, ring)
        for points, helper in free.ranked:
            if len(found) < most and (one := free.choice(points, helper)) is not None:
                found[helper.id] = one
    return list(found.values())


def _free(asked: HelpRequest, around: sa.Select[User], ring: int) -> _Free:
    """Returns the helpers of a ring who can be asked now; of a long ranking only the first."""
    people = {user.id: user for user in db.session.scalars(around)}
    there = presences(people)
    skills = skills_queries.skills_of_many(people)
    muted = set(db.session.scalars(sa.select(MutedTopic.user_id).where(MutedTopic.topic == asked.topic)))
    still_open = sa.select(Offer.helper_id).where(Offer.state == "open", Offer.helper_id.in_(people))
    reserved = set(db.session.scalars(still_open))
    free = [
        user_id
        for user_id in people
        if may_be_offered(
            present=ring == DUTY or there[user_id] in {"active", "passive"},
            away=ring != DUTY and there[user_id] == "away",
            busy=there[user_id] == "busy",
            reserved=user_id in reserved,
            muted=user_id in muted,
        )
    ]
    known = vetting_statuses_of([people[one] for one in free])
    free = [one for one in free if known[one].vouched]
    engine, ranked = _ranked(asked, [people[one] for one in free], skills, there)
    return _Free(asked, engine, ranked[:MOST_ASKED_OF_RULES], people, known)


def _around(asked: HelpRequest, ring: int, again: bool = False) -> sa.Select[User]:
    """Selects active users of a ring who were not asked yet; neither side avoids the other.

    Users on duty need no open page. `again` includes users whose offer was withdrawn before they answered.
    """
    offered = sa.select(Offer.helper_id).where(Offer.request_id == asked.id)
    had = sa.union(
        sa.select(PassedRequest.helper_id).where(PassedRequest.request_id == asked.id),
        offered.where(Offer.state != "withdrawn") if again else offered,
        sa.select(Avoidance.other_id).where(Avoidance.user_id == asked.learner_id),
        sa.select(Avoidance.user_id).where(Avoidance.other_id == asked.learner_id),
    )
    query = sa.select(User).where(User.state == "active", User.id != asked.learner_id, User.id.not_in(had))
    if ring == DUTY:
        watching = [user.id for user in on_duty(asked.unit_id, minors=asked.minor, but=[asked.learner_id])]
        return query.where(User.id.in_(watching)).order_by(User.id)
    place = [Unit.id == asked.unit_id]
    if asked.unit.school_id is not None:
        place.append(Unit.school_id == asked.unit.school_id)
    if ring >= WARD and asked.ward_id is not None:
        place.append(Unit.ward_id == asked.ward_id)
    if ring >= CITY and asked.ward_id is not None:
        city = sa.select(Unit.parent_id).where(Unit.id == asked.ward_id, Unit.parent_id.is_not(None))
        wards = sa.select(Unit.id).where(Unit.parent_id.in_(city), Unit.kind == "ward")
        place.append(Unit.ward_id.in_(wards))
    members = (
        sa.select(Membership.user_id)
        .join(Unit, Unit.id == Membership.unit_id)
        .where(Membership.state == "active", sa.or_(*place))
    )
    return (
        query.where(
            User.id.in_(members),
            User.id.in_(sa.select(LiveSocket.user_id)),
            User.id.in_(skills_queries.holding(asked.topic, asked.level)),
        )
        .order_by(User.id)
        .limit(MOST_LOOKED_AT)
    )


def _ranked(
    asked: HelpRequest, people: list[User], skills: dict[int, dict[str, int]], there: dict[int, Presence]
) -> tuple[Request, list[tuple[int, Helper]]]:
    """Returns the request and its helpers, best first.

    Helpers with a visible page come first, then the order is by points after fatigue. The result equals
    that of `matching/instant_ranking.py`, which ranks many helpers at once.
    """
    ids = [user.id for user in people]
    engine, where, tired, load = _request(asked), places_of(ids), _tired(ids), load_of(ids)
    found = []
    for user in people:
        helper = engine_helper(
            user.id, skills.get(user.id, {}), grade=user.grade, adult=not user.is_minor, observed=True,
            school=next((asked.unit.school_id for _, _, one, _ in where[user.id] if one == asked.unit.school_id), None),
            ward=next((asked.ward_id for *_, one in where[user.id] if one == asked.ward_id), None),
            lately=load.get(user.id, 0),
        )  # fmt: skip
        if broken_rule(engine, helper, now=True) is None:
            found.append((suit(engine, helper, WEIGHTS, now=True) - tired.get(user.id, 0), helper))
    found.sort(key=lambda one: (there[one[1].id] != "active", -one[0], one[1].id))
    return engine, found


def _request(asked: HelpRequest) -> Request:
    earlier = sa.select(HelpRequest.helper_id).where(
        HelpRequest.learner_id == asked.learner_id, HelpRequest.outcome == "yes", HelpRequest.id != asked.id,
        sa.not_(was_uneasy_with(HelpRequest.learner_id, HelpRequest.helper_id)),
    )  # fmt: skip
    learner = asked.learner
    return Request(
        id=asked.id, topic=asked.topic, topics=frozenset({asked.topic}), level=asked.level, language=SPOKEN,
        grade=learner.grade, adult=not learner.is_minor, needs_adult=False, gender=None, same_gender="no",
        school=str(asked.unit.school_id) if asked.unit.school_id else None,
        ward=str(asked.ward_id) if asked.ward_id else None, device=asked.device or None, minutes=MINUTES, free=ALWAYS,
        urgency=asked.urgency, previous=db.session.scalar(earlier.order_by(HelpRequest.id.desc()).limit(1)),
        learner=asked.learner_id, least_gap=least_gap(asked.school_subject),
    )  # fmt: skip


def _tired(ids: Collection[int]) -> dict[int, int]:
    moment = clock.now()
    lately = sa.select(Offer.helper_id, Offer.offered_at, Offer.state).where(
        Offer.helper_id.in_(ids), Offer.offered_at > moment - TIRED_FOR
    )
    asked: dict[int, list[tuple[datetime, str]]] = defaultdict(list)
    for helper_id, at, state in db.session.execute(lately):
        asked[helper_id].append((at, state))
    # Never below 0: the clock of another server may be a little ahead.
    return {
        helper_id: fatigue(
            (max(0, int((moment - at).total_seconds() // 3600)) for at, _ in rows),
            sum(s == "accepted" for _, s in rows),
        )
        for helper_id, rows in asked.items()
    }


def load_of(ids: Collection[int]) -> dict[int, int]:
    week = clock.now() - timedelta(days=7)
    rows = db.session.execute(
        sa.select(HelpRequest.helper_id, sa.func.count())
        .where(HelpRequest.helper_id.in_(ids), HelpRequest.claimed_at > week, HelpRequest.room_id.is_not(None))
        .group_by(HelpRequest.helper_id)
    )
    return {int(helper_id or 0): count for helper_id, count in rows}


def _chances(ids: Collection[int]) -> dict[int, Fraction]:
    """Returns each helper's probability of accepting, from answered and expired offers."""
    rows = db.session.execute(
        sa.select(Offer.helper_id, Offer.state, sa.func.count())
        .where(Offer.helper_id.in_(ids), Offer.state.in_(("accepted", "declined", "expired")))
        .group_by(Offer.helper_id, Offer.state)
    )
    yes, made = dict.fromkeys(ids, 0), dict.fromkeys(ids, 0)
    for helper_id, state, count in rows:
        made[helper_id] += count
        yes[helper_id] += count if state == "accepted" else 0
    return {one: acceptance(yes[one], made[one]) for one in ids}
