"""Queries on group sessions and on groups of similar requests.

They return the sessions a user leads, joins, may join or is responsible for. They also return the units a user may
announce a session in, and the units whose sessions concern a user.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tutoring.accounts.models import User
from tutoring.accounts.queries import children
from tutoring.community.models import Membership, Unit
from tutoring.community.queries import memberships
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.kernel.errors import NotFound
from tutoring.pairing.eligibility import can_ask, person_facts
from tutoring.pairing.group_sessions.models import GroupSession, SignUp
from tutoring.pairing.models import Avoidance, HelpRequest
from tutoring.pairing.vetting.queries import Voucher, vouchers
from tutoring.policy.pairing.group_sessions import may_come
from tutoring.policy.pairing.request_groups import OTHERS, RequestFacts, together
from tutoring.policy.pairing.requests import PersonFacts, needs_guardian_seat

KINDS = ("class", "neighbourhood", "school", "ward")


def units_for(user_id: int) -> list[Unit]:
    """Returns the units in which a user may lead a session.

    These are the user's own units and the school of their class, where pupils of lower grades are.
    """
    ids = {one for m in memberships(user_id) for one in (m.unit_id, m.unit.school_id) if one is not None}
    query = sa.select(Unit).where(Unit.id.in_(ids), Unit.kind.in_(KINDS), Unit.effective_to.is_(None))
    return list(db.session.scalars(query.order_by(Unit.id)))


def units_and_ancestors_of(user_ids: Iterable[int]) -> dict[int, set[int]]:
    """Returns each user's units and all units above them, in one query.

    Sessions of these units are open to the user.
    """
    tree = (
        sa.select(Membership.user_id, Unit.id, Unit.parent_id)
        .join(Unit, Unit.id == Membership.unit_id)
        .where(Membership.user_id.in_(list(user_ids)), Membership.state == "active")
        .cte(recursive=True)
    )
    tree = tree.union(sa.select(tree.c.user_id, Unit.id, Unit.parent_id).where(Unit.id == tree.c.parent_id))
    found: dict[int, set[int]] = {}
    for user_id, unit_id in db.session.execute(sa.select(tree.c.user_id, tree.c.id)):
        found.setdefault(user_id, set()).add(unit_id)
    return found


def coordinated(user_id: int) -> set[int]:
    """Returns the units that a user coordinates, and all below them."""
    tree = (
        sa.select(Unit.id)
        .join(Membership, Membership.unit_id == Unit.id)
        .where(Membership.user_id == user_id, Membership.state == "active", Membership.role == "coordinator")
        .cte(recursive=True)
    )
    tree = tree.union(sa.select(Unit.id).where(Unit.parent_id == tree.c.id))
    return set(db.session.scalars(sa.select(tree.c.id)))


MOST = 30
MOST_BETWEEN = 200  # of one unit
SHOWN_FOR = timedelta(days=2)  # a past session stays listed, so that its result can be read


@dataclass(frozen=True)
class Part:
    """What one family member has to do with a session: a place, a waiting list number, or free."""

    person: User
    state: str  # in, waiting, free
    number: int = 0  # in the waiting list, from 1


@dataclass(frozen=True)
class Card:
    """A session as one viewer sees it."""

    row: GroupSession
    voucher: Voucher | None
    waiting: int
    leads: bool
    runs: bool  # leads it, or coordinates its unit: sees the participants, may cancel
    parts: list[Part] = field(default_factory=list)
    people: list[tuple[User, str]] = field(default_factory=list)  # participants and waiting list, for users who run it

    @property
    def concerns(self) -> bool:
        """Whether a member of this family has a place, waits or leads."""
        return self.leads or any(part.state != "free" for part in self.parts)


def session_of(session_id: int) -> GroupSession:
    """Returns a session with its leader loaded; raises NotFound."""
    query = sa.select(GroupSession).options(joinedload(GroupSession.helper)).where(GroupSession.id == session_id)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound
    return found


def announced_between(unit_id: int, begins: datetime, until: datetime) -> list[GroupSession]:
    """Returns the sessions that were announced in a unit for a range of time and not cancelled, in order of time."""
    row = GroupSession
    of_unit = row.unit_id == unit_id, row.merged.is_(False), row.state.in_(("open", "begun", "over"))
    query = sa.select(row).where(*of_unit, row.at >= begins, row.at < until)
    return list(db.session.scalars(query.order_by(row.at, row.id).limit(MOST_BETWEEN)))


def group_led_by(helper_id: int) -> GroupSession | None:
    """Returns the open or running group of similar requests that a helper leads."""
    query = sa.select(GroupSession).where(
        GroupSession.helper_id == helper_id, GroupSession.merged, GroupSession.state.in_(("open", "begun"))
    )
    return db.session.scalar(query.order_by(GroupSession.id.desc()).limit(1))


def group_of_room(room_id: int) -> GroupSession | None:
    """Returns the session that a room was opened for."""
    return db.session.scalar(sa.select(GroupSession).where(GroupSession.room_id == room_id))


def word_on_group(request_id: int) -> SignUp | None:
    """Returns the answer of a request's own side to the group it is in."""
    query = sa.select(SignUp).options(joinedload(SignUp.session)).where(SignUp.request_id == request_id)
    return db.session.scalar(query.order_by(SignUp.id.desc()).limit(1))


def people_of(session_id: int, *states: str) -> list[User]:
    """Returns the learners with these sign-up states, in the order of signing up."""
    query = (
        sa.select(User)
        .join(SignUp, SignUp.learner_id == User.id)
        .where(SignUp.session_id == session_id, SignUp.state.in_(states))
        .order_by(SignUp.at, SignUp.id)
    )
    return list(db.session.scalars(query))


def family_of(viewer: User) -> list[User]:
    """Returns the viewer and the children for whom they may decide."""
    mine = [link.child for link in children(viewer.id) if link.confirmed_at and link.child.kind == "child"]
    return [viewer, *mine]


def cards_for(viewer: User) -> list[Card]:
    """Returns the viewer's sessions in order of time: led, signed up for, or open to the family.

    The number of queries is constant, regardless of the number of sessions and people.
    """
    family = family_of(viewer)
    ids = [one.id for one in family]
    units = units_and_ancestors_of(ids)
    runs = coordinated(viewer.id)
    rows = _sessions(viewer, ids, runs.union(*units.values()))
    signed = _sign_ups([row.id for row in rows])
    stand_for = vouchers([row.helper_id for row in rows])
    apart = _apart(ids)
    able = {one.id: can_ask(one) for one in family}
    cards = []
    for row in rows:
        mine = signed.get(row.id, [])
        parts = []
        for one in family:
            here = row.unit_id in units.get(one.id, set()) and able[one.id]
            if (part := _part(one, row, mine, here and _alone_or_guardian(viewer, one), apart)) is not None:
                parts.append(part)
        leads = row.helper_id == viewer.id
        running = leads or row.unit_id in runs
        if not (parts or running):
            continue
        people = [(one.learner, one.state) for one in mine] if running else []
        waiting = sum(one.state == "waiting" for one in mine)
        cards.append(Card(row, stand_for.get(row.helper_id), waiting, leads, running, parts, people))
    return cards


def _alone_or_guardian(viewer: User, one: User) -> bool:
    """Returns False for a child of ten or under: they do not sign up alone."""
    return one.id != viewer.id or not needs_guardian_seat(person_facts(one))


def _sessions(viewer: User, ids: Sequence[int], units: set[int]) -> list[GroupSession]:
    mine = sa.select(SignUp.session_id).where(SignUp.learner_id.in_(ids), SignUp.state != "gone")
    concerns = sa.or_(GroupSession.helper_id == viewer.id, GroupSession.id.in_(mine))
    moment = clock.now()
    announced = GroupSession.merged.is_(False)  # merged ones are on the request and helping pages
    shown = sa.or_(GroupSession.state == "begun", sa.and_(announced, GroupSession.at > moment - SHOWN_FOR))
    upcoming = sa.and_(GroupSession.state == "open", announced, GroupSession.at > moment)
    query = (
        sa.select(GroupSession)
        .options(joinedload(GroupSession.helper), joinedload(GroupSession.unit))
        .where(
            sa.or_(
                sa.and_(concerns, shown),
                sa.and_(GroupSession.unit_id.in_(units), upcoming),
            )
        )
        .order_by(GroupSession.at, GroupSession.id)
        .limit(MOST)
    )
    return list(db.session.scalars(query))


def _sign_ups(session_ids: Sequence[int]) -> dict[int, list[SignUp]]:
    query = (
        sa.select(SignUp)
        .options(joinedload(SignUp.learner))
        .where(SignUp.session_id.in_(session_ids), SignUp.state != "gone")
        .order_by(SignUp.state, SignUp.at, SignUp.id)
    )
    found: dict[int, list[SignUp]] = {}
    for one in db.session.scalars(query):
        found.setdefault(one.session_id, []).append(one)
    return found


def _apart(ids: Sequence[int]) -> set[frozenset[int]]:
    """Returns the pairs of which one is in the family and one wishes to avoid the other."""
    query = sa.select(Avoidance.user_id, Avoidance.other_id).where(
        sa.or_(Avoidance.user_id.in_(ids), Avoidance.other_id.in_(ids))
    )
    return {frozenset(pair) for pair in db.session.execute(query)}


def _part(
    one: User, row: GroupSession, signed: Sequence[SignUp], here: bool, apart: set[frozenset[int]]
) -> Part | None:
    waiting = [sign_up.learner_id for sign_up in signed if sign_up.state == "waiting"]
    for sign_up in signed:
        if sign_up.learner_id == one.id:
            number = waiting.index(one.id) + 1 if sign_up.state == "waiting" else 0
            return Part(one, sign_up.state, number)
    if not here or row.state != "open" or row.at <= clock.now():
        return None
    if any(frozenset({one.id, other}) in apart for other in (row.helper_id, *(s.learner_id for s in signed))):
        return None
    # Whether the leader may still help at all is checked at sign-up, and again when the room opens.
    leader = PersonFacts(
        row.helper_id, row.helper.is_minor, row.helper.youngest_age, row.helper.grade, vouched=True, promised=True
    )
    fits = may_come(leader, person_facts(one), row, youth_help_adults=row.unit.youth_may_help_adults)
    return Part(one, "free") if fits else None


def asking(asked: HelpRequest) -> RequestFacts:
    """Returns a request as the rules of groups see it."""
    return RequestFacts(
        asked.id, asked.learner_id, asked.topic, asked.level, asked.minor, asked.learner.grade, asked.unit_id,
        asked.unit.school_id, asked.ward_id,
    )  # fmt: skip


def groups_on(waiting: Sequence[HelpRequest]) -> dict[int, list[int]]:
    """Returns for each request the requests to help together with it, itself first.

    The helper may take each of them now. A request is listed only when enough others ask for the same. Avoidances are
    queried once for all.
    """
    facts = [asking(one) for one in waiting]
    found = {one.request_id: together(one, facts, lambda _one, _other: False) for one in facts}
    if not any(len(group) > OTHERS for group in found.values()):
        return {}
    ids = [one.learner_id for one in facts]
    query = sa.select(Avoidance.user_id, Avoidance.other_id).where(
        Avoidance.user_id.in_(ids), Avoidance.other_id.in_(ids)
    )
    apart = {frozenset(pair) for pair in db.session.execute(query)}
    groups = [together(one, facts, lambda a, b: frozenset({a, b}) in apart) for one in facts]
    return {group[0].request_id: [one.request_id for one in group] for group in groups if len(group) > OTHERS}
