"""All pages of this feature."""

from tutoring.practice import (
    device_views,
    filing_views,
    group_views,
    notebook_views,
    paper_views,
    portal_views,
    review_views,
    room_views,
    run_views,
    try_views,
)
from tutoring.practice.routes import blueprint

__all__ = [
    "blueprint",
    "device_views",
    "filing_views",
    "group_views",
    "notebook_views",
    "paper_views",
    "portal_views",
    "review_views",
    "room_views",
    "run_views",
    "try_views",
]
