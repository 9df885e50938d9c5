"""All pages of places."""

from tutoring.community import bulk_views, code_views, family_views, join_views, member_views, power_views, unit_views
from tutoring.community.routes import blueprint

__all__ = [
    "blueprint", "bulk_views", "code_views", "family_views", "join_views", "member_views", "power_views", "unit_views",
]  # fmt: skip
