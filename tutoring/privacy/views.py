"""All pages of data rights."""

from tutoring.privacy import own_views, site_views
from tutoring.privacy.routes import blueprint

__all__ = ["blueprint", "own_views", "site_views"]
