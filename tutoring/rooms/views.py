"""All pages of rooms."""

from tutoring.rooms import mark_views, message_views, order_views, picture_views, room_views
from tutoring.rooms.routes import blueprint

__all__ = ["blueprint", "mark_views", "message_views", "order_views", "picture_views", "room_views"]
