"""Queries of visits: what a user sees of one, and the lists of askers, visitors and staff."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload

from tutoring.accounts.models import User
from tutoring.community.memberships.queries import reached
from tutoring.community.models import Unit
from tutoring.community.queries import memberships, roles_for, unit
from tutoring.community.units.scopes import in_subtree
from tutoring.kernel import clock
from tutoring.kernel.database.sql import has_words, in_byte_order
from tutoring.kernel.db import db
from tutoring.kernel.errors import NotFound
from tutoring.kernel.paging import Numbered, Wanted, numbered
from tutoring.kernel.text import words
from tutoring.policy import visits as policy
from tutoring.policy.visits import OFFERED, OPEN, OVER, PLANNERS, VisitFacts
from tutoring.visits.eligibility import fit_now
from tutoring.visits.models import Visit, VisitOffer

MOST = 30
TABS = {"asked": ("asked",), "planned": ("planned",), "over": OVER}
_WHOLE = (
    joinedload(Visit.asker), joinedload(Visit.unit), joinedload(Visit.visitor_one), joinedload(Visit.visitor_two),
)  # fmt: skip


def visit(visit_id: int) -> Visit:
    """Returns a visit with its users. Raises NotFound."""
    found = db.session.scalar(sa.select(Visit).options(*_WHOLE).where(Visit.id == visit_id))
    if found is None:
        raise NotFound
    return found


def locked_visit(visit_id: int) -> Visit:
    """Returns the visit, locked until the running command ends. Raises NotFound."""
    query = sa.select(Visit).where(Visit.id == visit_id).with_for_update(key_share=True)
    found = db.session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    return found


def build_visit_facts(viewer: User, row: Visit) -> VisitFacts:
    """Returns this user's facts about this visit, as the rules need them."""
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


def get_visit_for(viewer: User, visit_id: int) -> tuple[Visit, VisitFacts]:
    """Returns a visit for a user who may know of it. Raises NotFound for all others."""
    row = visit(visit_id)
    known = build_visit_facts(viewer, row)
    if not policy.may_see_visit(known):
        raise NotFound
    return row, known


def holds_address(visit_id: int) -> bool:
    """Returns whether the address is still stored, without decrypting it."""
    query = sa.select(Visit.id).where(Visit.id == visit_id, Visit.address.is_not(None))
    return db.session.scalar(query) is not None


def number_for(row: Visit, known: VisitFacts) -> str | None:
    """Returns the visitors' number for a user who may know it now, or None."""
    return row.number if policy.may_see_number(known, clock.now()) else None


# ---- lists ----------------------------------------------------------------------------------------------------


def asked_by(user_id: int) -> list[Visit]:
    """Returns the visits that a user asked for, newest first."""
    query = sa.select(Visit).options(*_WHOLE).where(Visit.asker_id == user_id)
    return list(db.session.scalars(query.order_by(Visit.id.desc()).limit(MOST)))


def to_go(user_id: int) -> list[Visit]:
    """Returns the planned visits of a visitor or of help desk staff, soonest first."""
    mine = sa.or_(Visit.visitor_one_id == user_id, Visit.visitor_two_id == user_id)
    query = sa.select(Visit).options(*_WHOLE).where(mine, Visit.state == "planned")
    return list(db.session.scalars(query.order_by(Visit.at, Visit.id).limit(MOST)))


def unit_for_staff(actor: User, unit_id: int) -> Unit:
    """Returns a unit for staff who plan visits in it. Raises NotFound for all others."""
    place = unit(unit_id)
    if PLANNERS.isdisjoint(roles_for(actor, unit_id)):
        raise NotFound
    return place


_ASKER: Final = aliased(User)
ORDERS: Final = {
    "who": in_byte_order(_ASKER.name_words),
    "kind": Visit.kind,
    "asked": Visit.asked_at,
    "at": Visit.at,
    "state": Visit.state,
}


def in_unit(unit_id: int, wanted: Wanted) -> Numbered[Visit]:
    """Returns a page of the visits of a unit and of the units below it in one tab; words fit the names of askers."""
    states = TABS[wanted.chosen.get("tab") or "asked"]
    query = (
        sa.select(Visit)
        .join(_ASKER, _ASKER.id == Visit.asker_id)
        .where(in_subtree(Visit.unit_id, unit_id), Visit.state.in_(states))
    )
    if looked_for := words(wanted.words):
        query = query.where(*has_words(_ASKER.name_words, looked_for))
    return numbered(query, wanted, ORDERS, Visit.id, _WHOLE)


def waiting_in(unit_id: int) -> int:
    """Returns how many visits wait for a plan in this unit and below."""
    query = sa.select(sa.func.count()).where(in_subtree(Visit.unit_id, unit_id), Visit.state == "asked")
    return db.session.scalar(query) or 0


# ---- asking ---------------------------------------------------------------------------------------------------


def places_for(user: User) -> list[Unit]:
    """Returns where this user may ask for a visit.

    These are the user's neighbourhoods, then other wards of the user.
    """
    if user.state != "active" or user.is_minor:
        return []
    near = {m.unit_id: m.unit for m in memberships(user.id) if _takes_visits(m.unit)}
    covered = {place.ward_id for place in near.values()}
    wards = db.session.scalars(
        sa.select(Unit)
        .where(Unit.id.in_(sorted(reached(user.id))), Unit.kind == "ward", Unit.effective_to.is_(None))
        .order_by(Unit.id)
    )
    return [*near.values(), *(ward for ward in wards if ward.id not in covered)]


def _takes_visits(place: Unit) -> bool:
    return place.kind == "neighbourhood" and place.ward_id is not None and not place.archived


def open_visits_of(user_id: int) -> dict[str, int]:
    """Returns the ids of the user's open visits by kind."""
    query = sa.select(Visit.kind, Visit.id).where(Visit.asker_id == user_id, Visit.state.in_(OPEN))
    return {row.kind: row.id for row in db.session.execute(query)}


def open_offer(viewer: User, offer_id: int) -> VisitOffer | None:
    """Returns an offer that this user may still answer, or None."""
    row = db.session.get(VisitOffer, offer_id)
    return row if row is not None and row.learner_id == viewer.id and _stands(row) else None


def offer_in(room_id: int, learner_id: int) -> VisitOffer | None:
    """Returns the open offer to this learner in this room, or None."""
    query = sa.select(VisitOffer).where(
        VisitOffer.room_id == room_id, VisitOffer.learner_id == learner_id, VisitOffer.state == "open"
    )
    row = db.session.scalar(query)
    return row if row is not None and _stands(row) else None


def offers_for(user_id: int) -> list[VisitOffer]:
    """Returns the offers to a user that wait for an answer."""
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
    """Returns those of these users who have another visit near this time."""
    query = sa.select(Visit.visitor_one_id, Visit.visitor_two_id).where(
        Visit.state == "planned", Visit.at > at - policy.APART, Visit.at < at + policy.APART, Visit.id != but_id
    )
    return {one for row in db.session.execute(query) for one in row} & set(user_ids)
