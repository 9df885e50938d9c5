"""Queries on requests that wait for a device or internet."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload

from tutoring.accounts.models import Guardian, User
from tutoring.community.models import Membership, Unit
from tutoring.community.queries import acting_roles_at, unit
from tutoring.community.units.scopes import in_subtree
from tutoring.devices.needs.models import DeviceNeed
from tutoring.kernel.db import db
from tutoring.kernel.errors import NotFound
from tutoring.kernel.paging import Page
from tutoring.pairing.models import AddedText, HelpRequest
from tutoring.policy.pairing.awaiting_device import UNCHANGED, kinds_of, may_read_parked_words, may_see_awaiting_device
from tutoring.policy.pairing.offers import may_see_waiting

SIZE = 20


def desks_of(asked: HelpRequest) -> list[int]:
    """Returns the ids of the units whose staff look after a request.

    These are its own unit and the neighbourhoods, in the same ward, of the learner and of a child's guardians.
    """
    query = sa.select(Membership.unit_id).join(Unit).where(_lives_there(sa.literal(asked.learner_id)))
    query = query.where(Unit.ward_id == asked.ward_id).distinct().order_by(Membership.unit_id)
    return [asked.unit_id, *(one for one in db.session.scalars(query) if one != asked.unit_id)]


def _lives_there(learner_id: Any) -> sa.ColumnElement[bool]:
    """Filters memberships to active ones, in a neighbourhood, of the learner or a guardian."""
    guards = sa.select(Guardian.guardian_id).where(Guardian.child_id == learner_id, Guardian.confirmed_at.is_not(None))
    guards = guards.correlate(HelpRequest)  # two levels up: otherwise guardians of any learner who asked would count
    return sa.and_(
        Membership.state == "active", Unit.kind == "neighbourhood",
        sa.or_(Membership.user_id == learner_id, Membership.user_id.in_(guards)),
    )  # fmt: skip


def _at_desk(unit_id: int) -> sa.ColumnElement[bool]:
    return at_desks(lambda column: in_subtree(column, unit_id))


def at_desks(here: Callable[[Any], sa.ColumnElement[bool]]) -> sa.ColumnElement[bool]:
    """SQL condition: a request awaiting a device that some units look after.

    `here` tells whether a column holds one of these units or a unit below them.
    """
    lives = sa.select(Membership.id).join(Unit).where(
        _lives_there(HelpRequest.learner_id), here(Membership.unit_id), Unit.ward_id == HelpRequest.ward_id
    )  # fmt: skip
    return sa.and_(
        HelpRequest.parked_at.is_not(None), sa.or_(here(HelpRequest.unit_id), lives.correlate(HelpRequest).exists())
    )


def count_parked(unit_id: int) -> int:
    """Counts the requests awaiting a device that a unit and the units below it look after."""
    query = sa.select(sa.func.count()).select_from(HelpRequest).where(_at_desk(unit_id))
    return db.session.scalar(query) or 0


@dataclass(frozen=True)
class Parked:
    """One request awaiting a device, as staff of the unit see it."""

    asked: HelpRequest
    needs: list[tuple[str, DeviceNeed | None]]  # each kind that is lacking, with its newest need
    words: list[str]  # the request's texts that this reader may read
    ours: bool  # asked in this unit or below: its staff may see the needs and request a device for the family


@dataclass(frozen=True)
class Desk:
    """One page of a unit's list of requests awaiting a device."""

    place: Unit
    page: Page[Parked]
    sees_waiting: bool  # whether the list of requests waiting for a helper is open to the user too


def desk_of(actor: User, unit_id: int, after: int = 0) -> Desk:
    """Returns a page of the requests awaiting a device at a unit and below, oldest first.

    `after` is the id of the last request of the previous page. Raises NotFound when the user may not see the list.
    """
    place = unit(unit_id)
    held = acting_roles_at(actor, unit_id)
    if not may_see_awaiting_device(held):
        raise NotFound
    query = sa.select(HelpRequest).options(joinedload(HelpRequest.learner), joinedload(HelpRequest.unit))
    query = query.where(_at_desk(unit_id), HelpRequest.id > after).order_by(HelpRequest.id).limit(SIZE + 1)
    page = Page.of(list(db.session.scalars(query)), SIZE)
    needs = newest_needs(one.learner_id for one in page.items)
    readable = [one for one in page.items if may_read_parked_words(held, one.minor)]
    words = _words(readable)
    rows = [
        Parked(one, [(kind, needs.get((one.learner_id, kind))) for kind in kinds_of(one.lack)], words.get(one.id, []),
               one.unit.path.startswith(place.path) and one.learner_id != actor.id)
        for one in page.items
    ]  # fmt: skip
    return Desk(place, Page(rows, page.more), may_see_waiting(held))


def _words(rows: list[HelpRequest]) -> dict[int, list[str]]:
    found = {one.id: [one.words] if one.words else [] for one in rows}
    query = sa.select(AddedText).where(AddedText.request_id.in_(list(found))).order_by(AddedText.id)
    for row in db.session.scalars(query):
        found[row.request_id].append(row.words)
    return found


def newest_needs(person_ids: Iterable[int]) -> dict[tuple[int, str], DeviceNeed]:
    """Returns the newest need of each kind of these people, by person and kind."""
    query = sa.select(DeviceNeed).where(DeviceNeed.person_id.in_(sorted(set(person_ids)))).order_by(DeviceNeed.id)
    return {(need.person_id, need.kind): need for need in db.session.scalars(query)}


def needs_lacking(asked: HelpRequest) -> list[tuple[str, DeviceNeed | None]]:
    """Returns each kind that a request lacks, with its newest need."""
    found = newest_needs([asked.learner_id])
    return [(kind, found.get((asked.learner_id, kind))) for kind in kinds_of(asked.lack)]


def unchanged(now: datetime) -> list[tuple[int, int]]:
    """Returns wards, or units in none, with the number of their unchanged requests.

    Unchanged means for two weeks: no text was added to the request, and no need of the learner changed its state.
    """
    before = now - UNCHANGED
    need, place = aliased(DeviceNeed), sa.func.coalesce(HelpRequest.ward_id, HelpRequest.unit_id)
    moved = sa.exists().where(need.person_id == HelpRequest.learner_id, need.state_since >= before)
    added = sa.exists().where(AddedText.request_id == HelpRequest.id, AddedText.at >= before)
    query = sa.select(place, sa.func.count()).where(
        HelpRequest.parked_at.is_not(None), HelpRequest.state_since < before, ~moved, ~added
    )
    return [(row[0], row[1]) for row in db.session.execute(query.group_by(place).order_by(place))]
