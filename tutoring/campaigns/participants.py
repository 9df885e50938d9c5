"""Who is counted, and what brought them: once each, in the transaction of what they did. The numbers are kept beside
the people, so that they stay when the people are forgotten."""

from datetime import datetime, time, timedelta

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.campaigns.models import Campaign, CampaignPerson, Material, MaterialDay
from tutoring.campaigns.queries import counting, found_by, is_going_on
from tutoring.community.queries import roles_for
from tutoring.kernel import clock, encryption, rate_limits
from tutoring.kernel.commands import command
from tutoring.kernel.db import db, insert_if_absent
from tutoring.kernel.errors import NotFound, RateLimited
from tutoring.kernel.jobs import daily
from tutoring.policy.campaigns import may_write_campaign

BELIEVED = timedelta(days=30)  # so long a browser's word counts by what somebody came
FORGOTTEN = timedelta(days=30)  # after a campaign is closed


@command
def count(what: str, user_id: int, unit_id: int | None = None) -> None:
    """Count a person for every campaign for which this counts today, unless it was counted there before."""
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
    db.session.execute(sa.update(Campaign).where(Campaign.id == campaign_id).values(counted=Campaign.counted + 1))
    if material_id is not None:
        _add(material_id, counted=Material.counted + 1)


def _add(material_id: int, **values: sa.ColumnElement[int]) -> None:
    db.session.execute(sa.update(Material).where(Material.id == material_id).values(**values))


@command
def note_how_one_came(user: User, code: str, since: datetime) -> bool:
    """Write down by which material a person came, unless that is known already; whether it was written. `since` is
    when the address was opened: who was counted before that was brought by something else. Who writes campaigns there
    only looks at the own sheet."""
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
    """The address of a material was opened once more today."""
    today = clock.today()
    if not insert_if_absent(MaterialDay, material_id=material_id, day=today, scans=1):
        of_today = (MaterialDay.material_id == material_id, MaterialDay.day == today)
        db.session.execute(sa.update(MaterialDay).where(*of_today).values(scans=MaterialDay.scans + 1))


def scan(code: str, browser: str) -> Campaign:
    """The campaign to which the address of a material leads; raises Missing. `browser` says from where it was opened: a
    keyed mark of it, another one each day, is kept for a day among the counts of rates, so that one browser counts
    once; nothing of it is written down. Without `browser` nothing is counted."""
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
    """Whoever is erased took part in nothing; what was counted stays."""
    db.session.execute(sa.delete(CampaignPerson).where(CampaignPerson.user_id == user_id))


@daily("campaigns", at=time(3, 40))
def at_night(_payload: dict[str, object]) -> None:
    """Close what is over; forget who took part in what has been closed for thirty days."""
    now, over = clock.now(), (Campaign.state == "open", Campaign.ends_on < clock.today())
    db.session.execute(sa.update(Campaign).where(*over).values(state="closed", closed_at=now))
    gone = sa.select(Campaign.id).where(Campaign.closed_at < now - FORGOTTEN)
    db.session.execute(sa.delete(CampaignPerson).where(CampaignPerson.campaign_id.in_(gone)))
