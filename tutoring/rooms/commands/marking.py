"""Drawing over a picture, taking a drawing back, hiding one. The picture's file is never touched."""

from tutoring.accounts.models import User
from tutoring.community.queries import link_hosts
from tutoring.kernel import audit, clock, limits
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Invalid, Missing, NotAllowed
from tutoring.kernel.events import announce
from tutoring.kernel.text import N_
from tutoring.policy.rooms import may_mark_picture, may_read_room, may_take_back_marks
from tutoring.rooms import marks as reads
from tutoring.rooms.commands.lines import system_line
from tutoring.rooms.commands.messages import is_client_id, refuse_silent
from tutoring.rooms.commands.order import acting, why
from tutoring.rooms.events import MarksChanged
from tutoring.rooms.marks_models import PictureMarks
from tutoring.rooms.models import Room
from tutoring.rooms.queries import locked_room, shown_name
from tutoring.rooms.shapes import Shape, checked
from tutoring.safety.free_text import without_private

_HELD = N_("Thầy cô đang xem từng tin trong phòng này nên tạm chưa vẽ lên ảnh được. Bạn vẫn nhắn bằng lời được.")


@command
def mark_picture(author: User, room_id: int, picture_id: int, client_id: str, shapes: object) -> PictureMarks:
    """Lay one drawing over a picture; the same client id again gives the first answer."""
    room = locked_room(room_id)
    place = reads.place(author, room_id, picture_id)
    if not may_read_room(place.known) or place.message.status == "hidden":
        raise Missing
    if not is_client_id(client_id):
        raise Invalid(field="client_id", code="client_id")
    if earlier := reads.sent_before(place.picture.id, author.id, client_id):
        return earlier
    refuse_silent(room, author, place.known)
    if not may_mark_picture(place.known, room.hold_all):
        raise NotAllowed(_HELD, code="held")
    kept = checked(shapes)
    limits.hit("mark", author.id)
    there = reads.drawings_of([place.picture.id]).get(place.picture.id, [])
    if len(there) >= reads.MOST_DRAWINGS:
        raise Conflict(
            N_("Ảnh này đã có %(most)s hình đánh dấu. Hãy bỏ bớt hình cũ, hoặc gửi ảnh khác."),
            code="full", most=reads.MOST_DRAWINGS,
        )  # fmt: skip
    _refuse_private(room, kept, [one for one in there if one.author_id == author.id])
    made = PictureMarks(picture_id=place.picture.id, author_id=author.id, client_id=client_id, shapes=kept)
    db.session.add(made)
    db.session.flush()
    announce(MarksChanged(room_id, place.message.seq))
    return made


def _said(shapes: list[Shape]) -> list[str]:
    """What can be read on a picture: its texts and its numbers, in the order in which they were set."""
    return [str(shape[shape["kind"]]) for shape in shapes if shape["kind"] in {"text", "number"}]


def _refuse_private(room: Room, shapes: list[Shape], earlier: list[PictureMarks]) -> None:
    """Refuse what should not be told, also where it is spread over several short texts and numbers on one picture."""
    said = _said(shapes)
    if not said:
        return
    spread = [words for one in earlier for words in _said(one.shapes)] + said
    allowed = link_hosts(room.unit_id)
    for text in dict.fromkeys((*said, " ".join(spread))):
        without_private(text, minor=room.minors, field="text", allowed=allowed)


@command
def take_back_marks(author: User, room_id: int, picture_id: int, marks_id: int) -> None:
    """One's own drawing is seen by nobody any more, after the end too; safe to say twice."""
    locked_room(room_id)
    place = reads.place(author, room_id, picture_id)
    found = reads.drawing(place.picture.id, marks_id)
    if not may_take_back_marks(place.known, found.author_id == author.id):
        raise Missing
    _hide(found, author, room_id, place.message.seq)


@command
def hide_marks(actor: User, room_id: int, picture_id: int, marks_id: int, reason: str) -> None:
    """A watcher takes somebody's drawing away from everybody, in their sight and with a reason that is kept."""
    reason = why(reason)
    room = acting(actor, room_id)
    place = reads.place(actor, room_id, picture_id)
    found = reads.drawing(place.picture.id, marks_id)
    seq = place.message.seq
    if not _hide(found, actor, room_id, seq):
        return
    audit.record(actor.id, "hide_marks", f"room:{room_id}", reason, seq=seq, marks=found.id, author=found.author_id)
    system_line(room, f"{shown_name(actor)} đã ẩn một hình đánh dấu trên ảnh ở tin số {seq}.")


def _hide(found: PictureMarks, by: User, room_id: int, seq: int) -> bool:
    if found.hidden_at is not None:
        return False
    found.hidden_at, found.hidden_by_id = clock.now(), by.id
    announce(MarksChanged(room_id, seq))
    return True
