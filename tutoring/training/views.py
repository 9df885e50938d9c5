"""All pages of the training of staff."""

from tutoring.training import own_views, session_views, unit_views
from tutoring.training.routes import blueprint

__all__ = ["blueprint", "own_views", "session_views", "unit_views"]
