"""Queries on rounds: who runs them, the page of one, and the comparison with the last."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tutoring.accounts.models import User
from tutoring.accounts.queries import users
from tutoring.community.models import Membership, Unit
from tutoring.community.queries import roles_for, units_of
from tutoring.community.units.scopes import in_subtree
from tutoring.kernel.db import db
from tutoring.kernel.errors import NotFound
from tutoring.kernel.text import name_key
from tutoring.pairing.models import HelpRequest
from tutoring.pairing.rounds.problem import KINDS
from tutoring.pairing.scheduling.models import Booking, Proposal, RoundLine, WeeklyHours, WeeklyRound
from tutoring.policy.pairing.requests import may_run_rounds

SIZE = 30  # pairs on a page
LOADS = 20
CHOICE = 200  # helpers offered for a pin


def round_for(actor: User, *, unit_id: int) -> Unit:
    """Returns the unit if this user runs its rounds; raises NotFound otherwise."""
    place = db.session.get(Unit, unit_id)
    if place is None or place.kind not in KINDS or not may_run_rounds(roles_for(actor, unit_id)):
        raise NotFound
    return place


def units_with_rounds(actor: User) -> list[Unit]:
    """Returns the units in which this user runs rounds."""
    return [one for one in units_of(actor.id, ("coordinator",)) if one.kind in KINDS and not one.archived]


def round_page(actor: User, round_id: int) -> WeeklyRound:
    """Returns a round; raises NotFound when the user may not run it."""
    row = db.session.get(WeeklyRound, round_id)
    round_for(actor, unit_id=row.unit_id if row is not None else 0)
    assert row is not None
    return row


def newest_rounds(unit_ids: list[int], limit: int = 10) -> list[WeeklyRound]:
    """Returns the newest rounds of these units."""
    query = (
        sa.select(WeeklyRound)
        .options(joinedload(WeeklyRound.unit))
        .where(WeeklyRound.unit_id.in_(unit_ids))
        .order_by(WeeklyRound.id.desc())
        .limit(limit)
    )
    return list(db.session.scalars(query))


def lines_of(round_id: int, *, served: bool, after: int = 0) -> list[RoundLine]:
    """Returns pairs, or unserved requests, with a request id above `after`.

    It returns one more than a page holds, if there are more.
    """
    query = (
        sa.select(RoundLine)
        .options(joinedload(RoundLine.request).joinedload(HelpRequest.learner), joinedload(RoundLine.helper))
        .where(
            RoundLine.round_id == round_id,
            RoundLine.helper_id.is_not(None) if served else RoundLine.helper_id.is_(None),
            RoundLine.request_id > after,
        )
        .order_by(RoundLine.request_id)
        .limit(SIZE + 1)
    )
    return list(db.session.scalars(query))


@dataclass(frozen=True)
class Counts:
    """Statistics of a round."""

    served: int
    unserved: int
    suit: int  # mean of the pairs, 0–10,000
    helpers: int
    kept: int = 0  # pairs that the last round also had


def counts(round_id: int, last_id: int | None = None) -> Counts:
    """Counts a round's served and unserved requests and helpers, with the mean suit."""
    query = sa.select(
        sa.func.count(RoundLine.helper_id),
        sa.func.count(),
        sa.func.coalesce(sa.func.sum(RoundLine.suit), 0),
        sa.func.count(sa.distinct(RoundLine.helper_id)),
    ).where(RoundLine.round_id == round_id)
    served, total, suit, helpers = db.session.execute(query).one()
    kept = 0
    if last_id is not None:
        before = sa.orm.aliased(RoundLine)
        same = sa.and_(
            before.request_id == RoundLine.request_id, before.helper_id == RoundLine.helper_id,
            before.round_id == last_id,
        )  # fmt: skip
        both = sa.select(sa.func.count()).select_from(RoundLine).join(before, same)
        kept = db.session.scalar(both.where(RoundLine.round_id == round_id)) or 0
    return Counts(served, total - served, suit // served if served else 0, helpers, kept)


def reasons(round_id: int) -> list[tuple[str, int]]:
    """Returns the reasons for unserved requests with their counts, most frequent first."""
    query = (
        sa.select(RoundLine.because, sa.func.count())
        .where(RoundLine.round_id == round_id, RoundLine.because != "")
        .group_by(RoundLine.because)
        .order_by(sa.func.count().desc(), RoundLine.because)
    )
    return [(because, number) for because, number in db.session.execute(query)]


def loads(round_id: int) -> list[tuple[User, int, int]]:
    """Returns the helpers with most pairs in this round: user, pairs, wished pairs a week."""
    number = sa.func.count()
    query = (
        sa.select(User, number, WeeklyHours.pairs)
        .join(RoundLine, RoundLine.helper_id == User.id)
        .join(WeeklyHours, WeeklyHours.user_id == User.id)
        .where(RoundLine.round_id == round_id)
        .group_by(User.id, WeeklyHours.pairs)
        .order_by(number.desc(), User.id)
        .limit(LOADS)
    )
    return [(user, had, most) for user, had, most in db.session.execute(query)]


def met(lines: list[RoundLine]) -> dict[int, Booking]:
    """Returns the weekly meetings that these pairs of a published round led to, by request.

    Each meeting includes why it was ended.
    """
    query = (
        sa.select(Proposal.request_id, Booking)
        .join(Booking, Booking.proposal_id == Proposal.id)
        .where(
            Proposal.round_id.in_({line.round_id for line in lines}),
            Proposal.request_id.in_({line.request_id for line in lines}),
        )
    )
    return dict(db.session.execute(query).all())


def last_published(unit_id: int, before_id: int) -> WeeklyRound | None:
    """Returns the newest published round of a unit before another."""
    query = (
        sa.select(WeeklyRound)
        .where(WeeklyRound.unit_id == unit_id, WeeklyRound.state == "published", WeeklyRound.id < before_id)
        .order_by(WeeklyRound.id.desc())
    )
    return db.session.scalar(query.limit(1))


def may_be_pinned(unit_id: int) -> list[User]:
    """Returns helpers of this unit with free hours on record, as choices for a pin."""
    query = (
        sa.select(User)
        .join(WeeklyHours, WeeklyHours.user_id == User.id)
        .where(
            User.id.in_(
                sa.select(Membership.user_id).where(
                    in_subtree(Membership.unit_id, unit_id), Membership.state == "active"
                )
            ),
            WeeklyHours.pairs > 0,
            User.state == "active",
        )
        .order_by(User.id)
        .limit(CHOICE)
    )  # fmt: skip
    return sorted(db.session.scalars(query), key=lambda one: name_key(one.full_name))


@dataclass(frozen=True)
class Marked:
    """A pinned or excluded pair with its people."""

    request_id: int
    helper_id: int
    learner: User | None
    helper: User | None
    word: str


def marked_pairs(row: WeeklyRound) -> list[Marked]:
    """Returns all pins and exclusions of a round."""
    pairs = [(*one, "pin") for one in row.pins] + [(*one, "exclude") for one in row.excluded]
    asked = sa.select(HelpRequest.id, HelpRequest.learner_id).where(HelpRequest.id.in_([one[0] for one in pairs]))
    learner_of = {row.id: row.learner_id for row in db.session.execute(asked)}
    people = users([*learner_of.values(), *(one[1] for one in pairs)])
    return [
        Marked(one, who, people.get(learner_of.get(one, 0)), people.get(who), word) for one, who, word in pairs
    ]  # fmt: skip
