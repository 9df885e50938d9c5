"""All pages of campaigns."""

from tutoring.campaigns import coming, material_views, public_views, staff_views
from tutoring.campaigns.routes import blueprint

__all__ = ["blueprint", "coming", "material_views", "public_views", "staff_views"]
