"""All pages of rooms."""

from tutoring.rooms import message_views, order_views, picture_views, room_views
from tutoring.rooms.routes import blueprint

__all__ = ["blueprint", "message_views", "order_views", "picture_views", "room_views"]
