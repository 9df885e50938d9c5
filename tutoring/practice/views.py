"""All pages of this feature."""

from tutoring.practice import group_views, notebook_views, room_views
from tutoring.practice.routes import blueprint

__all__ = ["blueprint", "group_views", "notebook_views", "room_views"]
