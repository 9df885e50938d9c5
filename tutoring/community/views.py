"""All pages of places."""

from tutoring.community import (
    bulk_views,
    code_views,
    family_views,
    join_views,
    member_views,
    pause_views,
    power_views,
    setting_views,
    unit_views,
)
from tutoring.community.alarm_tests import views as alarm_test_views
from tutoring.community.routes import blueprint

__all__ = [
    "alarm_test_views", "blueprint", "bulk_views", "code_views", "family_views", "join_views", "member_views",
    "pause_views", "power_views", "setting_views", "unit_views",
]  # fmt: skip
