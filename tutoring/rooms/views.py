"""All pages of rooms."""

from tutoring.rooms import (
    export_views,
    lasting_views,
    mark_views,
    message_views,
    order_views,
    picture_views,
    room_views,
)
from tutoring.rooms.routes import blueprint

__all__ = [
    "blueprint",
    "export_views",
    "lasting_views",
    "mark_views",
    "message_views",
    "order_views",
    "picture_views",
    "room_views",
]
