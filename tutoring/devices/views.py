"""All pages of devices and sponsored internet."""

from tutoring.devices import (
    deciding_views,
    handover_views,
    internet_views,
    loan_views,
    need_views,
    offer_views,
    panels,
    sponsor_views,
    start_views,
    store_views,
    thanks_views,
    voucher_views,
)
from tutoring.devices.routes import blueprint

__all__ = [
    "blueprint", "deciding_views", "handover_views", "internet_views", "loan_views", "need_views", "offer_views",
    "panels", "sponsor_views", "start_views", "store_views", "thanks_views", "voucher_views",
]  # fmt: skip
