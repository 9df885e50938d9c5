"""Events of webhooks."""

from dataclasses import dataclass


@dataclass(frozen=True)
class WebhookEnded:
    """A webhook ended by itself: its receiver accepted nothing for days, or said that it is gone."""

    webhook_id: int
    unit_id: int
    made_by_id: int
    why: str  # failing or gone
