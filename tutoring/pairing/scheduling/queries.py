"""Queries on proposed pairs, weekly meetings and weekly hours, as their users see them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tutoring.accounts.models import User
from tutoring.accounts.queries import children, is_guardian, user
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.kernel.errors import NotFound
from tutoring.pairing.eligibility import person_facts
from tutoring.pairing.matching.week_bits import NEVER, Week
from tutoring.pairing.scheduling.calendar import ASKED_AFTER, next_meetings
from tutoring.pairing.scheduling.models import Away, Booking, Proposal, WeeklyHours
from tutoring.pairing.scheduling.week_grid import week_from_bytes
from tutoring.pairing.vetting.queries import Voucher, vouchers
from tutoring.policy.pairing.requests import may_set_hours_of, needs_guardian_seat

MOST = 12  # of either on a page: no user has more


@dataclass(frozen=True)
class ProposalCard:
    """A proposed pair as one user sees it: the other person, and what this user must answer."""

    row: Proposal
    other: User
    role: str  # learner, helper, guardian
    voucher: Voucher | None
    answered: bool
    guardian_must: bool


@dataclass(frozen=True)
class BookingCard:
    """A weekly meeting as one user sees it."""

    row: Booking
    other: User
    role: str
    next_at: datetime
    move_is_theirs: bool
    ask_met: bool


def _children(viewer: User) -> list[int]:
    return [link.child_id for link in children(viewer.id) if link.confirmed_at and link.child.kind == "child"]


def _role(viewer: User, learner_id: int, helper_id: int) -> str:
    return "learner" if viewer.id == learner_id else "helper" if viewer.id == helper_id else "guardian"


def proposals_of(viewer: User) -> list[ProposalCard]:
    """Returns the open proposals of this user or their children."""
    query = (
        sa.select(Proposal)
        .options(joinedload(Proposal.learner), joinedload(Proposal.helper), joinedload(Proposal.request))
        .where(
            sa.or_(Proposal.learner_id.in_([viewer.id, *_children(viewer)]), Proposal.helper_id == viewer.id),
            Proposal.state == "open",
        )
        .order_by(Proposal.id.desc())
        .limit(MOST)
    )
    rows = db.session.scalars(query).all()
    found = vouchers({row.helper_id for row in rows if row.helper_id != viewer.id}) if rows else {}
    return [_proposal_card(viewer, row, found) for row in rows]


def _proposal_card(viewer: User, row: Proposal, vouched: Mapping[int, Voucher]) -> ProposalCard:
    role = _role(viewer, row.learner_id, row.helper_id)
    said = {"learner": row.learner_yes_at, "helper": row.helper_yes_at, "guardian": row.guardian_yes_at}[role]
    other = row.learner if role == "helper" else row.helper
    return ProposalCard(
        row, other, role, vouched.get(row.helper_id), said is not None,
        needs_guardian_seat(person_facts(row.learner)),
    )  # fmt: skip


def bookings_of(viewer: User) -> list[BookingCard]:
    """Returns the weekly meetings of this user and their children."""
    query = (
        sa.select(Booking)
        .options(joinedload(Booking.learner), joinedload(Booking.helper))
        .where(
            sa.or_(Booking.learner_id.in_([viewer.id, *_children(viewer)]), Booking.helper_id == viewer.id),
            Booking.state == "on",
        )
        .order_by(Booking.id.desc())
        .limit(MOST)
    )
    found, rows = [], db.session.scalars(query).all()
    for row, next_at in zip(rows, next_meetings(rows, clock.now()) if rows else [], strict=True):
        role = _role(viewer, row.learner_id, row.helper_id)
        mine = row.met_helper if role == "helper" else row.met_learner
        late = clock.today() >= row.first_on + ASKED_AFTER
        moved_by_helper = row.moved_by_id == row.helper_id
        found.append(
            BookingCard(
                row, row.learner if role == "helper" else row.helper, role, next_at,
                row.moved_by_id is not None and moved_by_helper != (role == "helper"), late and mine is None,
            )
        )  # fmt: skip
    return found


@dataclass(frozen=True)
class Hours:
    """A user's free hours, how many people they would meet a week, and away days."""

    week: Week
    pairs: int
    away: list[Away]

    @property
    def known(self) -> bool:
        """Whether any free hours are on record."""
        return any(self.week)


def whose_hours(actor: User, user_id: int) -> User:
    """Returns a user whose hours the actor may set: themselves or their child.

    Raises NotFound otherwise.
    """
    person = user(user_id)
    child = person.kind == "child" and is_guardian(actor.id, person.id)
    if not may_set_hours_of(actor.id == person.id, child):
        raise NotFound
    return person


def without_hours(user_ids: Collection[int]) -> set[int]:
    """Returns which of these users have no free hours on record."""
    told = sa.select(WeeklyHours.user_id, WeeklyHours.free).where(WeeklyHours.user_id.in_(list(user_ids)))
    return set(user_ids) - {user_id for user_id, free in db.session.execute(told) if any(free)}


def hours(user_id: int) -> Hours:
    """Returns a user's week; without a record the user is never free."""
    found = db.session.get(WeeklyHours, user_id)
    away = (
        sa.select(Away).where(Away.user_id == user_id, Away.last >= clock.today()).order_by(Away.first, Away.id)
    )  # fmt: skip
    return Hours(
        week_from_bytes(found.free) if found else NEVER, found.pairs if found else 1, list(db.session.scalars(away))
    )  # fmt: skip
