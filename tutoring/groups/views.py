"""All pages of the pages of neighbourhoods and wards, and of visits."""

from tutoring.groups import (
    month_views,
    page_views,
    post_views,
    poster_views,
    task_views,
    visit_staff_views,
    visit_views,
    visit_work_views,
)
from tutoring.groups.routes import blueprint

__all__ = [
    "blueprint", "month_views", "page_views", "post_views", "poster_views", "task_views", "visit_staff_views",
    "visit_views", "visit_work_views",
]  # fmt: skip
