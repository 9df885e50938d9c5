"""Events of campaigns, for notifications."""

from dataclasses import dataclass


@dataclass(frozen=True)
class CampaignDrafted:
    """A campaign was drafted, and another person must publish it."""

    campaign_id: int
    unit_id: int
    by_id: int


@dataclass(frozen=True)
class CampaignCounted:
    """A campaign counts one more person."""

    campaign_id: int
    unit_id: int


@dataclass(frozen=True)
class CampaignSettled:
    """A draft was published or discarded, so it no longer waits."""

    campaign_id: int
