"""Reads of visits: what somebody sees of one, the lists of the asker, of those who go, and of the staff."""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tutoring.accounts.models import User
from tutoring.community.memberships.queries import reached
from tutoring.community.models import Unit
from tutoring.community.queries import memberships, roles_for, unit
from tutoring.community.units.scopes import in_subtree
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.kernel.errors import NotFound
from tutoring.kernel.paging import Page
from tutoring.policy import visits as policy
from tutoring.policy.visits import OFFERED, OPEN, OVER, PLANNERS, VisitFacts
from tutoring.visits.eligibility import fit_now
from tutoring.visits.models import Visit, VisitOffer

PAGE = 20
MOST = 30
TABS = {"asked": ("asked",), "planned": ("planned",), "over": OVER}
_WHOLE = (
    joinedload(Visit.asker), joinedload(Visit.unit), joinedload(Visit.visitor_one), joinedload(Visit.visitor_two),
)  # fmt: skip


def visit(visit_id: int) -> Visit:
    """A visit with its people; raises Missing."""
    found = db.session.scalar(sa.select(Visit).options(*_WHOLE).where(Visit.id == visit_id))
    if found is None:
        raise NotFound
    return found


def locked_visit(visit_id: int) -> Visit:
    """The same, held by the running command."""
    query = sa.select(Visit).where(Visit.id == visit_id).with_for_update(key_share=True)
    found = db.session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    return found


def build_visit_facts(viewer: User, row: Visit) -> VisitFacts:
    """This person before this visit, as the rules see it."""
    goes = viewer.id in row.visitor_ids
    return VisitFacts(
        is_asker=viewer.id == row.asker_id,
        is_visitor=goes,
        is_planner=viewer.id == row.planner_id,
        held=roles_for(viewer, row.unit_id),
        fit=not goes or fit_now(viewer, row),
        state=row.state,
        kind=row.kind,
        at=row.at,
        since=clock.now() - row.ended_at if row.ended_at else None,
    )


def seen(viewer: User, visit_id: int) -> tuple[Visit, VisitFacts]:
    """A visit for somebody who may know of it; raises Missing for all others."""
    row = visit(visit_id)
    known = build_visit_facts(viewer, row)
    if not policy.may_see_visit(known):
        raise NotFound
    return row, known


def holds_address(visit_id: int) -> bool:
    """Whether the address is still there, without opening it."""
    query = sa.select(Visit.id).where(Visit.id == visit_id, Visit.address.is_not(None))
    return db.session.scalar(query) is not None


def number_for(row: Visit, known: VisitFacts) -> str | None:
    """The number of the door, for whoever may know it now."""
    return row.number if policy.may_see_number(known, clock.now()) else None


# ---- lists ----------------------------------------------------------------------------------------------------


def asked_by(user_id: int) -> list[Visit]:
    """What somebody asked for, the newest first."""
    query = sa.select(Visit).options(*_WHOLE).where(Visit.asker_id == user_id)
    return list(db.session.scalars(query.order_by(Visit.id.desc()).limit(MOST)))


def to_go(user_id: int) -> list[Visit]:
    """Where somebody is to go, or to receive people, the soonest first."""
    mine = sa.or_(Visit.visitor_one_id == user_id, Visit.visitor_two_id == user_id)
    query = sa.select(Visit).options(*_WHOLE).where(mine, Visit.state == "planned")
    return list(db.session.scalars(query.order_by(Visit.at, Visit.id).limit(MOST)))


def unit_for_staff(actor: User, unit_id: int) -> Unit:
    """A unit for those who plan visits in it; raises Missing for all others."""
    place = unit(unit_id)
    if PLANNERS.isdisjoint(roles_for(actor, unit_id)):
        raise NotFound
    return place


def in_unit(unit_id: int, tab: str, before: int | None = None) -> Page[Visit]:
    """The visits of a unit and of all below it in one tab, the newest first."""
    query = (
        sa.select(Visit)
        .options(*_WHOLE)
        .where(in_subtree(Visit.unit_id, unit_id), Visit.state.in_(TABS.get(tab, TABS["asked"])))
    )
    if before is not None:
        query = query.where(Visit.id < before)
    return Page.of(list(db.session.scalars(query.order_by(Visit.id.desc()).limit(PAGE + 1))), PAGE)


def waiting_in(unit_id: int) -> int:
    """How many wait for a plan here and below."""
    query = sa.select(sa.func.count()).where(in_subtree(Visit.unit_id, unit_id), Visit.state == "asked")
    return db.session.scalar(query) or 0


# ---- asking ---------------------------------------------------------------------------------------------------


def places_for(user: User) -> list[Unit]:
    """Where this person may ask to be met: own neighbourhoods, then the wards that they belong to otherwise."""
    if user.state != "active" or user.is_minor:
        return []
    near = {m.unit_id: m.unit for m in memberships(user.id) if m.unit.kind == "neighbourhood" and m.unit.ward_id}
    covered = {place.ward_id for place in near.values()}
    wards = db.session.scalars(
        sa.select(Unit).where(Unit.id.in_(sorted(reached(user.id))), Unit.kind == "ward").order_by(Unit.id)
    )
    return [*near.values(), *(ward for ward in wards if ward.id not in covered)]


def open_visits_of(user_id: int) -> dict[str, int]:
    """What somebody has open: the kind, and the visit."""
    query = sa.select(Visit.kind, Visit.id).where(Visit.asker_id == user_id, Visit.state.in_(OPEN))
    return {row.kind: row.id for row in db.session.execute(query)}


def open_offer(viewer: User, offer_id: int) -> VisitOffer | None:
    """An offer that this person may still answer."""
    row = db.session.get(VisitOffer, offer_id)
    return row if row is not None and row.learner_id == viewer.id and _stands(row) else None


def offer_in(room_id: int, learner_id: int) -> VisitOffer | None:
    """What was proposed to this learner in this room, while it can be answered."""
    query = sa.select(VisitOffer).where(
        VisitOffer.room_id == room_id, VisitOffer.learner_id == learner_id, VisitOffer.state == "open"
    )
    row = db.session.scalar(query)
    return row if row is not None and _stands(row) else None


def offers_for(user_id: int) -> list[VisitOffer]:
    """What was proposed to somebody and waits for an answer."""
    query = (
        sa.select(VisitOffer)
        .options(joinedload(VisitOffer.by))
        .where(VisitOffer.learner_id == user_id, VisitOffer.state == "open", VisitOffer.made_at > clock.now() - OFFERED)
        .order_by(VisitOffer.id.desc())
    )
    return list(db.session.scalars(query.limit(MOST)))


def _stands(row: VisitOffer) -> bool:
    return row.state == "open" and row.made_at > clock.now() - OFFERED


def busy(user_ids: Collection[int], at: datetime, but_id: int) -> set[int]:
    """Who of these has another visit near this time."""
    query = sa.select(Visit.visitor_one_id, Visit.visitor_two_id).where(
        Visit.state == "planned", Visit.at > at - policy.APART, Visit.at < at + policy.APART, Visit.id != but_id
    )
    return {one for row in db.session.execute(query) for one in row} & set(user_ids)
