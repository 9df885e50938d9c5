"""All pages of devices and sponsored internet."""

from tutoring.devices import (
    handover_views,
    internet_views,
    loan_views,
    need_views,
    offer_views,
    thanks_views,
)
from tutoring.devices.routes import blueprint

__all__ = [
    "blueprint", "handover_views", "internet_views", "loan_views", "need_views", "offer_views", "thanks_views",
]  # fmt: skip
