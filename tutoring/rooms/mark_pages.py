"""What pages show of drawings over pictures: shapes placed on the picture, and the same in words."""

from collections.abc import Sequence
from dataclasses import dataclass

from tutoring.accounts.models import User
from tutoring.rooms import marks
from tutoring.rooms.mark_words import in_words
from tutoring.rooms.marks_models import PictureMarks
from tutoring.rooms.models import Message, SentPicture
from tutoring.rooms.queries import shown_name
from tutoring.rooms.shapes import Drawn, drawn


@dataclass(frozen=True)
class Drawing:
    """One drawing as one person sees it."""

    id: int
    own: bool
    words: str
    shapes: list[Drawn]


def _drawing(viewer: User, picture: SentPicture, one: PictureMarks) -> Drawing:
    own = one.author_id == viewer.id
    shapes = [drawn(shape, picture.width, picture.height) for shape in one.shapes]
    return Drawing(one.id, own, in_words(one.shapes, "" if own else shown_name(one.author)), shapes)


def layers(viewer: User, messages: Sequence[Message]) -> dict[str, list[Drawing]]:
    """The drawings on a page of messages, by the address of their picture; whether that is open to the viewer says
    the message's payload."""
    found = marks.on_messages(messages)
    return {
        f"/rooms/{message.room_id}/pictures/{message.picture.id}": [
            _drawing(viewer, message.picture, one) for one in found[message.picture.id]
        ]
        for message in messages
        if message.picture is not None and message.picture.id in found
    }


def drawings_on(viewer: User, picture: SentPicture) -> list[Drawing]:
    """The drawings on one picture that this person may see."""
    return [_drawing(viewer, picture, one) for one in marks.drawings_of([picture.id]).get(picture.id, [])]
