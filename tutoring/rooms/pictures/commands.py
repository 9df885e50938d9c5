"""Commands of pictures in rooms: send, annotate, withdraw or hide an annotation, clean up.

Annotations never change a picture's file.

Slow steps run outside the transaction. A picture is first sanitized and written to a file, then its message is stored
like every other. The file of a failed message is deleted at once, or in the next nightly run.
"""

from datetime import datetime, time, timedelta
from typing import Any

from tutoring.accounts.models import User
from tutoring.community.queries import link_hosts
from tutoring.kernel import audit, clock, file_storage, jobs, rate_limits
from tutoring.kernel.commands import after_commit, command, in_command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_
from tutoring.policy.rooms.participation import may_annotate_picture, may_read_room, may_withdraw_annotation
from tutoring.rooms.events import AnnotationsChanged
from tutoring.rooms.hooks import file_owners, picture_holds
from tutoring.rooms.messages.commands import is_client_id, plain_text, post_message, require_may_write
from tutoring.rooms.messages.recent_text import load_neighbouring_texts
from tutoring.rooms.messages.store import StoredPicture, append_system_message
from tutoring.rooms.models import Message, Room
from tutoring.rooms.moderation.commands import locked_room_to_moderate, required_reason
from tutoring.rooms.moderation.queries import recent_texts_by
from tutoring.rooms.pictures import queries as reads
from tutoring.rooms.pictures.models import PictureAnnotation
from tutoring.rooms.pictures.shapes import Shape, checked, extract_texts, read_in_order
from tutoring.rooms.queries import locked_room, readable_room, sent_before, shown_name
from tutoring.rooms.risk.commands import note, score_message
from tutoring.safety.detector import fragments
from tutoring.safety.findings import ACTIONS
from tutoring.safety.free_text import listen_and_reject
from tutoring.safety.image_sanitizer import sanitize
from tutoring.safety.risk import RiskScore
from tutoring.safety.screening import action_for, screen_text

_HELD = N_("Thầy cô đang xem từng tin trong phòng này nên tạm chưa vẽ lên ảnh được. Bạn vẫn nhắn bằng lời được.")


@command
def mark_picture(
    author: User, room_id: int, picture_id: int, client_id: str, shapes: object
) -> PictureAnnotation | Message:
    """Adds one annotation to a picture; idempotent by client id.

    Its text is screened like a message. Text that would be held is not drawn. It becomes a held message, a reply to the
    picture, which an observer decides on.
    """
    room = locked_room(room_id)
    place = reads.get_picture_context(author, room_id, picture_id)
    if not may_read_room(place.known) or place.message.status == "hidden":
        raise NotFound
    if not is_client_id(client_id):
        raise InvalidInput(field="client_id", code="client_id")
    if earlier := reads.sent_before(place.picture.id, author.id, client_id):
        return earlier
    require_may_write(room, author, place.known)
    if not may_annotate_picture(place.known, room.hold_all):
        raise Forbidden(_HELD, code="held")
    kept = checked(shapes)
    rate_limits.hit("mark", author.id)
    there = reads.annotations_of([place.picture.id]).get(place.picture.id, [])
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
    made = PictureAnnotation(picture_id=place.picture.id, author_id=author.id, client_id=client_id, shapes=kept)
    db.session.add(made)
    db.session.flush()
    note(room, author, risk, place.message.seq)
    publish(AnnotationsChanged(room_id, place.message.seq))
    return made


def _readings(shapes: list[Shape], own: list[PictureAnnotation]) -> list[str]:
    """Returns all readings of an annotation: each text, and the author's texts in every order."""
    everything = [shape for one in own for shape in one.shapes] + shapes
    orders = [extract_texts(everything), extract_texts(everything)[::-1], *read_in_order(everything)]
    return list(dict.fromkeys((*extract_texts(shapes), *(" ".join(one) for one in orders))))


def _refuse_private(room: Room, author: User, shapes: list[Shape], own: list[PictureAnnotation]) -> None:
    """Raises for private data, also when spread over annotations or recent messages."""
    if not extract_texts(shapes):
        return
    allowed = link_hosts(room.unit_id)
    for text in _readings(shapes, own):
        listen_and_reject(text, minor=room.minors, field="text", allowed=allowed)  # others would see it on the picture
    beside = load_neighbouring_texts(room, author.id)
    new = " ".join(extract_texts(shapes))
    verdict = screen_text(new, recent_texts_by(room.id, author.id), minor=room.minors, allowed=allowed)
    hits = [*verdict.hits, *(fragments.over_time(new, beside.before) if room.minors else ())]
    strict = [hit for hit in hits if ACTIONS.index(action_for(hit, room.minors)) > ACTIONS.index("warn")]
    if strict and verdict.action != "care":
        raise InvalidInput(strict[0].reason, field="text", code="private")


def _weighed(room: Room, author: User, shapes: list[Shape], own: list[PictureAnnotation]) -> tuple[str, RiskScore]:
    """Returns the text and score of the riskiest reading, given the author's earlier messages."""
    if not extract_texts(shapes):
        return "", RiskScore()
    weighed = [(text, score_message(room, author, text)) for text in _readings(shapes, own)]
    return max(weighed, key=lambda one: (one[1].hold, one[1].total))


@command
def take_back_marks(author: User, room_id: int, picture_id: int, marks_id: int) -> None:
    """Withdraws the user's own annotation from all users, also after the end; idempotent."""
    locked_room(room_id)
    place = reads.get_picture_context(author, room_id, picture_id)
    found = reads.drawing(place.picture.id, marks_id)
    if not may_withdraw_annotation(place.known, found.author_id == author.id):
        raise NotFound
    _hide(found, author, room_id, place.message.seq)


@command
def hide_marks(actor: User, room_id: int, picture_id: int, marks_id: int, reason: str) -> None:
    """Hides an annotation as an observer, visibly to the room; the reason is stored."""
    reason = required_reason(reason)
    room = locked_room_to_moderate(actor, room_id)
    place = reads.get_picture_context(actor, room_id, picture_id)
    found = reads.drawing(place.picture.id, marks_id)
    seq = place.message.seq
    if not _hide(found, actor, room_id, seq):
        return
    audit.record(actor.id, "hide_marks", f"room:{room_id}", reason, seq=seq, marks=found.id, author=found.author_id)
    append_system_message(room, f"{shown_name(actor)} đã ẩn một hình đánh dấu trên ảnh ở tin số {seq}.")


def _hide(found: PictureAnnotation, by: User, room_id: int, seq: int) -> bool:
    if found.hidden_at is not None:
        return False
    found.hidden_at, found.hidden_by_id = clock.now(), by.id
    publish(AnnotationsChanged(room_id, seq))
    return True


KEPT_AFTER_REMOVAL = timedelta(days=30)
SWEEP_AT = time(3, 10, tzinfo=clock.LOCAL)
FRESH = 24 * 3600  # seconds for which a file may wait for its row
MIB = 1024 * 1024


def take_picture(
    author: User, room_id: int, client_id: str, data: bytes, caption: str = "", confirm: bool = False
) -> Message:
    """Sanitizes an uploaded picture and posts it; idempotent by client id."""
    found, known = readable_room(author, room_id)
    if isinstance(client_id, str) and sent_before(room_id, author.id, client_id):
        return post_message(author, room_id, client_id, caption, confirm)
    require_may_write(found, author, known)
    reads.waits_here(author, found, known)
    plain_text(caption, bare=True)
    kept = keep_cleaned(author, data)
    try:
        return _post(author, room_id, client_id, caption, confirm, kept)
    except BaseException:
        file_storage.delete([kept.name])
        raise


def keep_cleaned(author: User, data: bytes) -> StoredPicture:
    """Sanitizes a picture and stores its file; the caller deletes the file after a failure."""
    if in_command():
        raise RuntimeError("cleaning a picture takes too long for a transaction")
    rate_limits.hit("picture", author.id)
    rate_limits.spend(1 + len(data) // MIB, "picture_megabytes", author.id)
    db.session.rollback()  # ends the transaction: no database lock is held during the slow work
    picture = sanitize(data)
    return StoredPicture(file_storage.save(picture.data), picture.width, picture.height, len(picture.data))


@command
def _post(author: User, room_id: int, client_id: str, caption: str, confirm: bool, kept: StoredPicture) -> Message:
    made = post_message(author, room_id, client_id, caption, confirm, kept)
    if made.picture is None or made.picture.name != kept.name:  # the same id was stored by another request first
        after_commit(file_storage.delete, [kept.name])
    _sweep_later()
    return made


@command
def follow_picture(room_id: int, seq: int) -> None:
    """Records when a message's picture was hidden from all users, or shown again."""
    row = reads.of_message(room_id, seq)
    if row is None:
        return
    picture, status = row
    if status != "hidden":
        picture.removed_at = None
    elif picture.removed_at is None:
        picture.removed_at = clock.now()


# ---- clean-up --------------------------------------------------------------------------------------------


def _sweep_later() -> None:
    today = clock.today()
    at = datetime.combine(today, SWEEP_AT)
    if at <= clock.now():
        at += timedelta(days=1)
    jobs.enqueue("rooms.pictures", f"rooms.pictures:{at.date()}", at)


@jobs.job("rooms.pictures")
def _sweep(_payload: dict[str, Any]) -> None:
    """Deletes pictures hidden long enough ago, and files that belong to nothing."""
    needed = {room_id for held in picture_holds.collect() for room_id in held}
    old = reads.removed_before(clock.now() - KEPT_AFTER_REMOVAL, needed)
    after_commit(file_storage.delete, [picture.name for picture in old])
    for picture in old:
        db.session.delete(picture)
    db.session.flush()
    for names in file_storage.older_than(FRESH):
        file_storage.delete(reads.unknown(names).difference(*file_owners.collect(names)))
    if reads.has_any_picture():
        _sweep_later()
