"""Counts people for campaigns and records which material brought them.

Each person counts once, in the transaction of the action that counts. The totals are stored separately, so that they
stay when the people are deleted.
"""

from datetime import datetime, time, timedelta

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.campaigns.events import CampaignCounted
from tutoring.campaigns.models import Campaign, CampaignPerson, Material, MaterialDay
from tutoring.campaigns.queries import counting, found_by, is_going_on
from tutoring.community.queries import roles_for
from tutoring.kernel import clock, encryption, rate_limits
from tutoring.kernel.commands import command
from tutoring.kernel.database.sql import insert_if_absent
from tutoring.kernel.db import db
from tutoring.kernel.errors import NotFound, RateLimited
from tutoring.kernel.events import publish
from tutoring.kernel.jobs import daily
from tutoring.policy.campaigns import may_write_campaign

BELIEVED = timedelta(days=30)  # for this long after the address was opened, an arrival is recorded
FORGOTTEN = timedelta(days=30)  # after a campaign is closed


@command
def count(what: str, user_id: int, unit_id: int | None = None) -> None:
    """Counts a person for each campaign for which this counts today.

    A person already counted for a campaign is not counted again.
    """
    for campaign_id in counting(what, user_id, unit_id):
        now = clock.now()
        first = insert_if_absent(
            CampaignPerson, campaign_id=campaign_id, user_id=user_id, material_id=None, came_at=now, counted_at=now
        )
        if first:
            _one_more(campaign_id, None)
            continue
        mine = (CampaignPerson.campaign_id == campaign_id, CampaignPerson.user_id == user_id)
        newly = sa.update(CampaignPerson).where(*mine, CampaignPerson.counted_at.is_(None)).values(counted_at=now)
        row = db.session.execute(newly.returning(CampaignPerson.material_id)).first()
        if row is not None:
            _one_more(campaign_id, row.material_id)


def _one_more(campaign_id: int, material_id: int | None) -> None:
    one_more = sa.update(Campaign).where(Campaign.id == campaign_id).values(counted=Campaign.counted + 1)
    unit_id = db.session.execute(one_more.returning(Campaign.unit_id)).scalar_one()
    publish(CampaignCounted(campaign_id, unit_id))
    if material_id is not None:
        _add(material_id, counted=Material.counted + 1)


def _add(material_id: int, **values: sa.ColumnElement[int]) -> None:
    db.session.execute(sa.update(Material).where(Material.id == material_id).values(**values))


@command
def record_arrival(user: User, code: str, since: datetime) -> bool:
    """Records the material by which a person arrived, unless known already.

    Returns whether it was recorded. `since` is when the address was opened; a person counted before that was brought
    by something else. Users who may write campaigns there are not recorded, because they only check their own sheet.
    """
    try:
        found = found_by(code)
    except NotFound:
        return False
    if not is_going_on(found.campaign) or since < clock.now() - BELIEVED:
        return False
    if may_write_campaign(roles_for(user, found.campaign.unit_id)):
        return False
    row = {"campaign_id": found.campaign_id, "user_id": user.id}
    if insert_if_absent(CampaignPerson, **row, material_id=found.id, came_at=since, counted_at=None):
        _add(found.id, came=Material.came + 1)
        return True
    unknown = (
        sa.update(CampaignPerson)
        .filter_by(**row)
        .where(
            CampaignPerson.material_id.is_(None),
            sa.or_(CampaignPerson.counted_at.is_(None), CampaignPerson.counted_at >= since),
        )
    )
    changed = unknown.values(material_id=found.id, came_at=since).returning(CampaignPerson.counted_at)
    known = db.session.execute(changed).first()
    if known is None:
        return False
    _add(found.id, came=Material.came + 1)
    if known.counted_at is not None:
        _add(found.id, counted=Material.counted + 1)
    return True


@command
def count_scan(material_id: int) -> None:
    """Adds one to the scans of a material today."""
    today = clock.today()
    if not insert_if_absent(MaterialDay, material_id=material_id, day=today, scans=1):
        of_today = (MaterialDay.material_id == material_id, MaterialDay.day == today)
        db.session.execute(sa.update(MaterialDay).where(*of_today).values(scans=MaterialDay.scans + 1))


def scan(code: str, browser: str) -> Campaign:
    """Returns the campaign of a material's address and counts the scan; raises NotFound.

    `browser` identifies the browser that opened it. A keyed hash of it, different each day, is stored for a day among
    the rate limit counters. One browser therefore counts once a day, and nothing about it is stored permanently. With
    an empty `browser` nothing is counted.
    """
    found = found_by(code)
    campaign = found.campaign
    if campaign.state == "draft":
        raise NotFound
    if browser and is_going_on(campaign):
        mark = encryption.blind_index(f"{clock.today()} {found.id} {browser}", "scan")
        try:
            rate_limits.hit("scan", mark)
        except RateLimited:
            return campaign
        count_scan(found.id)
    return db.session.get_one(Campaign, campaign.id)


@command
def forget_person(user_id: int) -> None:
    """Deletes the participation of an erased user; the totals stay."""
    db.session.execute(sa.delete(CampaignPerson).where(CampaignPerson.user_id == user_id))


@daily("campaigns", at=time(3, 40))
def at_night(_payload: dict[str, object]) -> None:
    """Closes campaigns that are over.

    Also deletes the participants of campaigns closed for thirty days.
    """
    now, over = clock.now(), (Campaign.state == "open", Campaign.ends_on < clock.today())
    db.session.execute(sa.update(Campaign).where(*over).values(state="closed", closed_at=now))
    gone = sa.select(Campaign.id).where(Campaign.closed_at < now - FORGOTTEN)
    db.session.execute(sa.delete(CampaignPerson).where(CampaignPerson.campaign_id.in_(gone)))
