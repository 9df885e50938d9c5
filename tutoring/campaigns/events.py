"""What happens to campaigns, for those who are told."""

from dataclasses import dataclass


@dataclass(frozen=True)
class CampaignDrafted:
    """Somebody wrote a campaign that another person is to publish."""

    campaign_id: int
    unit_id: int
    by_id: int


@dataclass(frozen=True)
class CampaignSettled:
    """A draft was published or discarded: nobody is waited for."""

    campaign_id: int
