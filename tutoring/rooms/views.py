"""All pages of rooms."""

from tutoring.rooms import (
    call_views,
    card_views,
    export_views,
    finding_views,
    lasting_views,
    mark_views,
    message_views,
    order_views,
    picture_views,
    recap_views,
    room_views,
    together_views,
)
from tutoring.rooms.routes import blueprint

__all__ = [
    "blueprint", "call_views", "card_views", "export_views", "finding_views", "lasting_views", "mark_views",
    "message_views", "order_views", "picture_views", "recap_views", "room_views", "together_views",
]  # fmt: skip
