"""All pages of the pages of neighbourhoods and wards, and of visits."""

from tutoring.groups import visit_staff_views, visit_views, visit_work_views
from tutoring.groups.routes import blueprint

__all__ = ["blueprint", "visit_staff_views", "visit_views", "visit_work_views"]
