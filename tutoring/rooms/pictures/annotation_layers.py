"""Annotations on pictures for pages: as shapes, and as text for users who cannot see them.

The text says what was drawn, and in which of nine places of the picture.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext

from tutoring.accounts.models import User
from tutoring.kernel.text import N_
from tutoring.rooms.models import Message, SentPicture
from tutoring.rooms.pictures import queries as pictures_queries
from tutoring.rooms.pictures.models import PictureAnnotation
from tutoring.rooms.pictures.shapes import Shape, ShapeLayout, drawn, place
from tutoring.rooms.queries import shown_name
from tutoring.web.i18n import language

PLACE_NAMES = (  # row by row, as in shapes.place
    N_("góc trên bên trái"),
    N_("phía trên"),
    N_("góc trên bên phải"),
    N_("bên trái"),
    N_("giữa"),
    N_("bên phải"),
    N_("góc dưới bên trái"),
    N_("phía dưới"),
    N_("góc dưới bên phải"),
)


def places() -> list[str]:
    """Returns the names of the nine places."""
    return [str(gettext(name)) for name in PLACE_NAMES]


def in_words(shapes: list[Shape], name: str) -> str:
    """Describes one annotation in a sentence; the name "" addresses the reader."""
    what = "; ".join(_shape(one) for one in shapes)
    if not name:
        return str(gettext("Bạn đánh dấu: %(what)s.", what=what))
    return str(gettext("%(name)s đánh dấu: %(what)s.", name=name, what=what))


def _shape(shape: Shape) -> str:
    where = str(gettext(PLACE_NAMES[place(shape["to"] if shape["kind"] == "arrow" else shape["at"])]))
    if shape["kind"] == "arrow":
        return str(gettext("mũi tên chỉ vào %(place)s", place=where))
    if shape["kind"] == "circle":
        return str(gettext("khoanh tròn ở %(place)s", place=where))
    if shape["kind"] == "number":
        return str(gettext("số %(number)s ở %(place)s", number=shape["number"], place=where))
    return str(gettext("chữ “%(text)s” ở %(place)s", text=shape["text"], place=where))


@dataclass(frozen=True)
class Drawing:
    """One annotation as one user sees it."""

    id: int
    own: bool
    words: str
    shapes: list[ShapeLayout]


def _drawing(viewer: User, picture: SentPicture, one: PictureAnnotation) -> Drawing:
    own = one.author_id == viewer.id
    shapes = [drawn(shape, picture.width, picture.height) for shape in one.shapes]
    return Drawing(one.id, own, in_words(one.shapes, "" if own else shown_name(one.author, viewer, language())), shapes)


def layers(viewer: User, messages: Sequence[Message]) -> dict[str, list[Drawing]]:
    """Returns the annotations on a page of messages, by picture URL.

    Whether the viewer may see the picture is decided by the message's payload.
    """
    found = pictures_queries.on_messages(messages)
    return {
        f"/rooms/{message.room_id}/pictures/{message.picture.id}": [
            _drawing(viewer, message.picture, one) for one in found[message.picture.id]
        ]
        for message in messages
        if message.picture is not None and message.picture.id in found
    }


def drawings_on(viewer: User, picture: SentPicture) -> list[Drawing]:
    """Returns the annotations on one picture that this user may see."""
    return [_drawing(viewer, picture, one) for one in pictures_queries.annotations_of([picture.id]).get(picture.id, [])]
