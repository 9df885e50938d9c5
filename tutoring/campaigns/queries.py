"""Queries for campaigns: public ones, those of a unit, and which ones count for a person."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload

from tutoring.accounts.models import User
from tutoring.campaigns.models import Campaign, CampaignPerson, CampaignUnit, Material, MaterialDay
from tutoring.community.models import JoinCode, Membership, Unit
from tutoring.community.queries import ancestors, roles_for
from tutoring.community.units.scopes import in_subtree, scope_of
from tutoring.kernel import clock
from tutoring.kernel.database.sql import has_text, in_byte_order, in_ids
from tutoring.kernel.db import db
from tutoring.kernel.errors import NotFound
from tutoring.kernel.paging import Numbered, Page, Wanted, numbered
from tutoring.kernel.text import vi_key
from tutoring.lessons.catalogue.models import SOURCE, Lesson
from tutoring.policy import campaigns as policy
from tutoring.policy.disclosure_control import MIN_PEOPLE, STEP
from tutoring.rooms.volunteer_minutes.models import HelpSession

LISTED = 20
OPEN_KINDS = ("city", "ward", "neighbourhood", "partner")  # kinds of units whose join codes may be on a public page
MAX_UNITS = 300
MAX_ADDRESSES = 10_000  # a sitemap holds at most 50,000
WEEK = timedelta(days=7)


class Places(NamedTuple):
    """The participating units and the supporting partners."""

    units: list[Unit]
    partners: list[Unit]


class Scans(NamedTuple):
    """How often an address was opened: in total, and in the last seven days."""

    all: int = 0
    week: int = 0


# ---- public ---------------------------------------------------------------------------------------------------


def published(code: str) -> Campaign:
    """Returns a published campaign, open or closed; raises NotFound."""
    query = sa.select(Campaign).options(joinedload(Campaign.unit), joinedload(Campaign.join_code))
    found = db.session.scalar(query.where(Campaign.code == code, Campaign.state != "draft"))
    if found is None:
        raise NotFound
    return found


def open_campaigns(before: int | None = None) -> Page[Campaign]:
    """Returns a page of the open campaigns, newest first."""
    query = sa.select(Campaign).options(joinedload(Campaign.unit))
    query = query.where(Campaign.state == "open", Campaign.ends_on >= clock.today())
    if before is not None:
        query = query.where(Campaign.id < before)
    return Page.of(list(db.session.scalars(query.order_by(Campaign.id.desc()).limit(LISTED + 1))), LISTED)


def open_addresses() -> list[tuple[str, datetime | None]]:
    """Returns code and time of publication of the open campaigns, newest first; one query."""
    query = sa.select(Campaign.code, Campaign.published_at)
    query = query.where(Campaign.state == "open", Campaign.ends_on >= clock.today())
    rows = db.session.execute(query.order_by(Campaign.id.desc()).limit(MAX_ADDRESSES))
    return [(code, published_at) for code, published_at in rows]


def places_of(campaign_id: int) -> Places:
    """Returns the units and partners of a campaign, by name."""
    rows = db.session.scalars(
        sa.select(CampaignUnit)
        .join(Unit, Unit.id == CampaignUnit.unit_id)
        .options(contains_eager(CampaignUnit.unit))
        .where(CampaignUnit.campaign_id == campaign_id)
    )
    found = sorted(rows, key=lambda row: vi_key(row.unit.name))
    return Places([row.unit for row in found if not row.partner], [row.unit for row in found if row.partner])


def partner_ids_of(campaign_id: int) -> list[int]:
    """Returns the ids of the partners that support a campaign."""
    query = sa.select(CampaignUnit.unit_id).where(CampaignUnit.campaign_id == campaign_id, CampaignUnit.partner)
    return list(db.session.scalars(query.order_by(CampaignUnit.unit_id)))


def still_joins(code: JoinCode | None) -> bool:
    """Returns whether newcomers can join with the code chosen for a campaign."""
    if code is None or code.revoked_at is not None or code.confirmed_at is None:
        return False
    return code.expires_at > clock.now() and code.uses < code.max_uses


def is_counted(user_id: int, campaign_id: int) -> bool:
    """Returns whether this person has been counted."""
    found = db.session.get(CampaignPerson, (campaign_id, user_id))
    return found is not None and found.counted_at is not None


def card_of(campaign_id: int) -> Material | None:
    """Returns the newest share card, the preview of the campaign where its address is sent."""
    query = sa.select(Material).where(Material.campaign_id == campaign_id, Material.kind == "card")
    return db.session.scalar(query.order_by(Material.id.desc()).limit(1))


def found_by(code: str) -> Material:
    """Returns a material by the code of its address; raises NotFound."""
    query = sa.select(Material).join(Material.campaign).options(contains_eager(Material.campaign))
    found = db.session.scalar(query.where(Material.code == code.upper()))
    if found is None:
        raise NotFound
    return found


def taken_part_in(unit_id: int) -> list[Campaign]:
    """Returns open campaigns in which a unit, or one above it, takes part or which it supports."""
    mine = sa.select(CampaignUnit.campaign_id).where(
        sa.or_(
            sa.and_(CampaignUnit.unit_id.in_(ancestors(unit_id)), ~CampaignUnit.partner),
            CampaignUnit.unit_id == unit_id,
        )
    )
    query = sa.select(Campaign).where(
        Campaign.id.in_(mine), Campaign.state == "open", Campaign.ends_on >= clock.today()
    )
    return list(db.session.scalars(query.order_by(Campaign.ends_on, Campaign.id).limit(LISTED)))


# ---- for staff ------------------------------------------------------------------------------------------------


def campaign(actor: User, campaign_id: int) -> tuple[Campaign, frozenset[str]]:
    """Returns a campaign of the actor's units and the actor's roles there; raises NotFound."""
    found = db.session.get(Campaign, campaign_id)
    if found is None:
        raise NotFound
    roles = roles_for(actor, found.unit_id)
    if not policy.may_write_campaign(roles):
        raise NotFound
    return found, roles


def material(actor: User, material_id: int) -> Material:
    """Returns a material of a campaign of the actor's units; raises NotFound."""
    found = db.session.get(Material, material_id)
    if found is None:
        raise NotFound
    campaign(actor, found.campaign_id)
    return found


def of_unit(unit_id: int, before: int | None = None) -> Page[Campaign]:
    """Returns a page of the campaigns of a unit, newest first."""
    query = sa.select(Campaign).where(Campaign.unit_id == unit_id)
    if before is not None:
        query = query.where(Campaign.id < before)
    return Page.of(list(db.session.scalars(query.order_by(Campaign.id.desc()).limit(LISTED + 1))), LISTED)


def drafts_below(unit_id: int) -> list[Campaign]:
    """Returns the drafts of a unit and all below it, oldest first, which wait for publication."""
    query = sa.select(Campaign).options(joinedload(Campaign.unit)).where(Campaign.state == "draft")
    query = query.where(in_subtree(Campaign.unit_id, unit_id)).order_by(Campaign.id).limit(LISTED)
    return list(db.session.scalars(query))


def drafts_for(person: User) -> list[Campaign]:
    """Returns the drafts of other authors that this person may publish, oldest first."""
    theirs = scope_of(person.id, policy.PUBLISHERS)
    query = sa.select(Campaign).options(joinedload(Campaign.unit)).where(Campaign.state == "draft")
    query = query.where(theirs.holds(Campaign.unit_id), Campaign.written_by_id != person.id)
    return list(db.session.scalars(query.order_by(Campaign.id).limit(LISTED)))


_SCANS: Final = (
    sa.select(sa.func.coalesce(sa.func.sum(MaterialDay.scans), 0))
    .where(MaterialDay.material_id == Material.id)
    .scalar_subquery()
)


def _as_shown(count: Any) -> Any:
    """SQL of a count as `suppress_small_count` shows it, so that the order of rows tells no more than their cells."""
    return sa.case((count < MIN_PEOPLE, 0), else_=count - count % STEP)


MATERIAL_ORDERS: Final = {
    "title": in_byte_order(Material.title),
    "kind": Material.kind,
    "code": Material.code,
    "scans": _as_shown(_SCANS),
    "came": _as_shown(Material.came),
    "counted": _as_shown(Material.counted),
    "made": Material.made_at,
}


def material_table(campaign_id: int, wanted: Wanted) -> Numbered[Material]:
    """Returns a page of the materials of a campaign; words are a part of the title or the short address."""
    query = sa.select(Material).where(Material.campaign_id == campaign_id)
    if kind := wanted.chosen.get("kind"):
        query = query.where(Material.kind == kind)
    if typed := wanted.words.strip():
        title = has_text(sa.func.lower(Material.title), typed.lower())
        query = query.where(sa.or_(title, has_text(Material.code, typed.upper().removeprefix("/C/"))))
    return numbered(query, wanted, MATERIAL_ORDERS, Material.id)


def scans_of(material_ids: Iterable[int]) -> dict[int, Scans]:
    """Counts how often the addresses of these materials were opened."""
    week = sa.func.sum(sa.case((MaterialDay.day > clock.today() - WEEK, MaterialDay.scans), else_=0))
    query = sa.select(MaterialDay.material_id, sa.func.sum(MaterialDay.scans), week)
    rows = db.session.execute(
        query.where(in_ids(MaterialDay.material_id, material_ids)).group_by(MaterialDay.material_id)
    )
    return {id: Scans(int(all), int(since)) for id, all, since in rows}


def places_to_choose(unit_id: int) -> Places:
    """Returns the direct subunits, and the partners of the city or of this branch, by name."""
    below = sa.select(Unit).where(Unit.parent_id == unit_id, Unit.kind != "partner", Unit.merged_into_id.is_(None))
    near = sa.or_(Unit.parent_id.is_(None), Unit.parent_id.in_(ancestors(unit_id)), in_subtree(Unit.parent_id, unit_id))
    beside = sa.select(Unit).where(Unit.kind == "partner", Unit.id != unit_id, near, Unit.merged_into_id.is_(None))
    found = [db.session.scalars(one.order_by(Unit.id).limit(MAX_UNITS)).all() for one in (below, beside)]
    return Places(*(sorted(units, key=lambda one: vi_key(one.name)) for units in found))


def codes_to_choose(unit_id: int) -> list[JoinCode]:
    """Returns valid poster codes of this unit and below with which adults join."""
    query = (
        sa.select(JoinCode)
        .join(Unit, Unit.id == JoinCode.unit_id)
        .options(contains_eager(JoinCode.unit))
        .where(in_subtree(JoinCode.unit_id, unit_id), Unit.kind.in_(OPEN_KINDS), *_of_posters())
    )
    return list(db.session.scalars(query.order_by(JoinCode.expires_at.desc(), JoinCode.id).limit(50)))


def _of_posters() -> tuple[sa.ColumnElement[bool], ...]:
    return (
        JoinCode.role.in_(("learner", "parent")),
        JoinCode.revoked_at.is_(None),
        JoinCode.confirmed_at.is_not(None),
        JoinCode.expires_at > clock.now(),
        JoinCode.uses < JoinCode.max_uses,
    )


def has_other_publisher(unit_id: int, author_id: int) -> bool:
    """Returns whether a person other than the author may publish for the unit."""
    query = (
        sa.select(Membership.id)
        .join(User, User.id == Membership.user_id)
        .where(
            Membership.unit_id.in_(ancestors(unit_id)),
            Membership.role.in_(policy.PUBLISHERS),
            Membership.state == "active",
            Membership.user_id != author_id,
            User.state == "active",
        )
    )
    return db.session.scalar(query.limit(1)) is not None


def lessons_to_choose() -> list[tuple[str, str]]:
    """Returns the slugs and titles of all lessons, path by path."""
    query = sa.select(Lesson).where(Lesson.retired_at.is_(None))
    found = db.session.scalars(query.order_by(Lesson.path_slug, Lesson.position, Lesson.slug))
    return [(one.slug, one.title(SOURCE)) for one in found]


# ---- counting -------------------------------------------------------------------------------------------------


def counting(what: str, user_id: int, unit_id: int | None = None) -> list[int]:
    """Returns the ids of the campaigns for which this counts today.

    They are those of this unit, or of all units in which the person is a learner or parent. One query, whose cost
    depends only on the person's own units.
    """
    facts = {"what": what, "today": clock.today(), "user": user_id}
    if unit_id is not None:
        facts["unit"] = unit_id
    return list(db.session.scalars(_counting(unit_id is not None), facts))


@cache
def _counting(at_unit: bool) -> sa.Select[Any]:
    mine = sa.select(Membership.unit_id).where(
        Membership.user_id == sa.bindparam("user"),
        Membership.state == "active",
        Membership.role.in_(("learner", "parent")),
    )
    if at_unit:
        mine = mine.where(Membership.unit_id == sa.bindparam("unit"))
    tree = sa.select(Unit.id, Unit.parent_id).where(Unit.id.in_(mine)).cte(recursive=True)
    tree = tree.union(sa.select(Unit.id, Unit.parent_id).where(Unit.id == tree.c.parent_id))
    today = sa.bindparam("today", type_=sa.Date)
    return (
        sa.select(Campaign.id)
        .join(CampaignUnit, CampaignUnit.campaign_id == Campaign.id)
        .where(
            CampaignUnit.unit_id.in_(sa.select(tree.c.id)),
            ~CampaignUnit.partner,
            Campaign.state == "open",
            Campaign.counts == sa.bindparam("what"),
            Campaign.starts_on <= today,
            Campaign.ends_on >= today,
        )
        .distinct()
        .order_by(Campaign.id)
    )


def learner_of_session(session_id: int) -> int | None:
    """Returns the learner of a help session, or None."""
    found = db.session.get(HelpSession, session_id)
    return found.learner_id if found else None


def is_going_on(found: Campaign, today: date | None = None) -> bool:
    """Returns whether actions of today count for the campaign."""
    return found.state == "open" and found.starts_on <= (today or clock.today()) <= found.ends_on


def came_already(user_id: int, code: str) -> bool:
    """Returns whether the arrival of this person at the material's campaign is recorded."""
    query = (
        sa.select(CampaignPerson.material_id)
        .join(Material, Material.campaign_id == CampaignPerson.campaign_id)
        .where(Material.code == code, CampaignPerson.user_id == user_id, CampaignPerson.material_id.is_not(None))
    )
    return db.session.scalar(query) is not None
