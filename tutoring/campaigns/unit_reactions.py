"""Campaigns, when a unit becomes part of another."""

import sqlalchemy as sa

from tutoring.campaigns.models import Campaign, CampaignUnit
from tutoring.community.events import UnitsMerged
from tutoring.kernel.db import db
from tutoring.kernel.events import on


@on(UnitsMerged)
def campaigns_go_along(event: UnitsMerged) -> None:
    """Those that the unit made belong to the new one, which takes part in its stead."""
    here = sa.update(Campaign).where(Campaign.unit_id == event.from_id)
    db.session.execute(here.values(unit_id=event.into_id))
    already = sa.select(CampaignUnit.campaign_id).where(CampaignUnit.unit_id == event.into_id)
    old = CampaignUnit.unit_id == event.from_id
    db.session.execute(sa.delete(CampaignUnit).where(old, CampaignUnit.campaign_id.in_(already)))
    db.session.execute(sa.update(CampaignUnit).where(old).values(unit_id=event.into_id))
