"""Reads about group sessions, as the people see them who lead them, come, may come, or answer for the unit."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tutoring.accounts.models import User
from tutoring.accounts.queries import children
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.kernel.errors import Missing
from tutoring.pairing.eligibility import can_ask, facts
from tutoring.pairing.models import Avoid
from tutoring.pairing.session_models import GroupSession, SignUp
from tutoring.pairing.session_places import coordinated, over
from tutoring.pairing.vetting import Voucher, vouchers
from tutoring.policy.pairing import Facts, needs_guardian_seat
from tutoring.policy.sessions import may_come

MOST = 30
SHOWN_FOR = timedelta(days=2)  # after its time what became of it stays to be read


@dataclass(frozen=True)
class Part:
    """What one of the family has to do with a session: a place, a number in the waiting list, or could sign up."""

    person: User
    state: str  # in, waiting, free
    number: int = 0  # in the waiting list, from 1


@dataclass(frozen=True)
class Card:
    """A session as one person sees it."""

    row: GroupSession
    voucher: Voucher | None
    waiting: int
    leads: bool
    runs: bool  # leads it, or coordinates its unit: sees who comes, may cancel
    parts: list[Part] = field(default_factory=list)
    people: list[tuple[User, str]] = field(default_factory=list)  # who comes and who waits, for who runs it

    @property
    def concerns(self) -> bool:
        """Whether somebody of this family comes, waits or leads."""
        return self.leads or any(part.state != "free" for part in self.parts)


def session_of(session_id: int) -> GroupSession:
    """A session with its people's leader; raises Missing."""
    query = sa.select(GroupSession).options(joinedload(GroupSession.helper)).where(GroupSession.id == session_id)
    found = db.session.scalar(query)
    if found is None:
        raise Missing
    return found


def group_led_by(helper_id: int) -> GroupSession | None:
    """The group of similar requests that a helper has asked, or is with."""
    query = sa.select(GroupSession).where(
        GroupSession.helper_id == helper_id, GroupSession.merged, GroupSession.state.in_(("open", "begun"))
    )
    return db.session.scalar(query.order_by(GroupSession.id.desc()).limit(1))


def group_of_room(room_id: int) -> GroupSession | None:
    """The session that a room was opened for."""
    return db.session.scalar(sa.select(GroupSession).where(GroupSession.room_id == room_id))


def word_on_group(request_id: int) -> SignUp | None:
    """What the own side of a request has said to the group that it is in."""
    query = sa.select(SignUp).options(joinedload(SignUp.session)).where(SignUp.request_id == request_id)
    return db.session.scalar(query.order_by(SignUp.id.desc()).limit(1))


def people_of(session_id: int, *states: str) -> list[User]:
    """Who signed up and stands so, in order."""
    query = (
        sa.select(User)
        .join(SignUp, SignUp.learner_id == User.id)
        .where(SignUp.session_id == session_id, SignUp.state.in_(states))
        .order_by(SignUp.at, SignUp.id)
    )
    return list(db.session.scalars(query))


def family_of(viewer: User) -> list[User]:
    """Oneself and the children for whom one may speak."""
    mine = [link.child for link in children(viewer.id) if link.confirmed_at and link.child.kind == "child"]
    return [viewer, *mine]


def cards_for(viewer: User) -> list[Card]:
    """The sessions of this person: led, signed up for, and those that somebody of the family may join; in order of
    time. A number of questions that depends on neither sessions nor people."""
    family = family_of(viewer)
    ids = [one.id for one in family]
    units = over(ids)
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
    """A child of ten or under does not sign up alone."""
    return one.id != viewer.id or not needs_guardian_seat(facts(one))


def _sessions(viewer: User, ids: Sequence[int], units: set[int]) -> list[GroupSession]:
    mine = sa.select(SignUp.session_id).where(SignUp.learner_id.in_(ids), SignUp.state != "gone")
    concerns = sa.or_(GroupSession.helper_id == viewer.id, GroupSession.id.in_(mine))
    moment = clock.now()
    announced = GroupSession.merged.is_(False)  # the others stand on the pages of requests and of helping
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
    """Whom somebody of the family, or who somebody of the family, wants not to meet."""
    query = sa.select(Avoid.user_id, Avoid.other_id).where(sa.or_(Avoid.user_id.in_(ids), Avoid.other_id.in_(ids)))
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
    # Whether who leads may still help at all is asked when somebody signs up, and again when the room opens.
    leader = Facts(
        row.helper_id, row.helper.is_minor, row.helper.youngest_age, row.helper.grade, vouched=True, promised=True
    )
    fits = may_come(leader, facts(one), row, youth_help_adults=row.unit.youth_may_help_adults)
    return Part(one, "free") if fits else None
