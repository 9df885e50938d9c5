"""All pages of running the site."""

from tutoring.administration import fact_views, holiday_views, people_views, setting_views, work_views
from tutoring.administration.routes import blueprint

__all__ = ["blueprint", "fact_views", "holiday_views", "people_views", "setting_views", "work_views"]
