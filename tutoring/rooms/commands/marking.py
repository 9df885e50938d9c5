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
from tutoring.rooms.commands.messages import is_client_id, post_message, refuse_silent
from tutoring.rooms.commands.order import acting, why
from tutoring.rooms.commands.risking import note, weigh_message
from tutoring.rooms.events import MarksChanged
from tutoring.rooms.marks_models import PictureMarks
from tutoring.rooms.models import Message, Room
from tutoring.rooms.queries import locked_room, shown_name
from tutoring.rooms.shapes import Shape, checked, read_in_order, said_on
from tutoring.rooms.spread import around_by
from tutoring.rooms.waiting import lately_by
from tutoring.safety.detector import fragments
from tutoring.safety.found import ACTIONS
from tutoring.safety.free_text import listen, without_private
from tutoring.safety.judge import action_for, judge
from tutoring.safety.risk import Weighing

_HELD = N_("Thầy cô đang xem từng tin trong phòng này nên tạm chưa vẽ lên ảnh được. Bạn vẫn nhắn bằng lời được.")


@command
def mark_picture(author: User, room_id: int, picture_id: int, client_id: str, shapes: object) -> PictureMarks | Message:
    """Lay one drawing over a picture; the same client id again gives the first answer.

    What stands in it is judged as a message is. Words that a message would wait with are not drawn: they become that
    message, an answer to the picture, which a watcher decides on.
    """
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
    own = [one for one in there if one.author_id == author.id]
    _refuse_private(room, author, kept, own)
    said, risk = _weighed(room, author, kept, own)
    if risk.hold:
        answers = place.message.seq if place.message.status in ("sent", "masked") else None
        return post_message(author, room_id, client_id, said, confirm=True, reply_to=answers, waits_for="risk")
    made = PictureMarks(picture_id=place.picture.id, author_id=author.id, client_id=client_id, shapes=kept)
    db.session.add(made)
    db.session.flush()
    note(room, author, risk, place.message.seq)
    announce(MarksChanged(room_id, place.message.seq))
    return made


def _readings(shapes: list[Shape], own: list[PictureMarks]) -> list[str]:
    """All that an eye could make of a drawing: each text, and all of this author on the picture in every order."""
    everything = [shape for one in own for shape in one.shapes] + shapes
    orders = [said_on(everything), said_on(everything)[::-1], *read_in_order(everything)]
    return list(dict.fromkeys((*said_on(shapes), *(" ".join(one) for one in orders))))


def _refuse_private(room: Room, author: User, shapes: list[Shape], own: list[PictureMarks]) -> None:
    """Refuse what should not be told, also where it is spread over several short texts and numbers on one picture, or
    over the picture and what this author wrote lately."""
    if not said_on(shapes):
        return
    allowed = link_hosts(room.unit_id)
    for text in _readings(shapes, own):
        listen(text)  # others would see it on the picture
        without_private(text, minor=room.minors, field="text", allowed=allowed)
    beside = around_by(room, author.id)
    new = " ".join(said_on(shapes))
    verdict = judge(new, lately_by(room.id, author.id), minor=room.minors, allowed=allowed)
    hits = [*verdict.hits, *(fragments.over_time(new, beside.before) if room.minors else ())]
    strict = [hit for hit in hits if ACTIONS.index(action_for(hit, room.minors)) > ACTIONS.index("warn")]
    if strict and verdict.action != "care":
        raise Invalid(strict[0].reason, field="text", code="private")


def _weighed(room: Room, author: User, shapes: list[Shape], own: list[PictureMarks]) -> tuple[str, Weighing]:
    """The heaviest of all readings, weighed with what this author wrote before."""
    if not said_on(shapes):
        return "", Weighing()
    weighed = [(text, weigh_message(room, author, text)) for text in _readings(shapes, own)]
    return max(weighed, key=lambda one: (one[1].hold, one[1].total))


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
