"""All pages of this feature."""

from tutoring.practice import notebook_views, portal_views, run_views, try_views
from tutoring.practice.routes import blueprint

__all__ = ["blueprint", "notebook_views", "portal_views", "run_views", "try_views"]
from tutoring.practice import paper_views, review_views

__all__ = ["blueprint", "notebook_views", "paper_views", "review_views"]
