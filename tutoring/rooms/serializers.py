"""The JSON shapes of rooms, used in pages, responses and pushes alike.

Ids are opaque strings. Ids sent by clients over sockets are parsed here; an id that is not a number does not exist.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from flask_babel import gettext

from tutoring.accounts.models import User
from tutoring.accounts.person_names import PersonSummary
from tutoring.kernel.errors import InvalidInput, NotFound
from tutoring.kernel.paging import Page
from tutoring.policy.rooms.participation import RoomFacts, may_read_held_message
from tutoring.rooms.events import StoredMessage
from tutoring.rooms.labels import listed
from tutoring.rooms.maths.texts import in_words
from tutoring.rooms.messages.queries import MessageContext, load_message_context, without_sealed_places
from tutoring.rooms.models import (
    REACTIONS,
    Message,
    Reaction,
    Room,
    Seat,
    SentPicture,
    VoiceNote,
    minutes_and_seconds,
    whole_seconds,
)
from tutoring.rooms.presence.batch_entry import SeatState
from tutoring.rooms.presence.queries import PresentUser
from tutoring.rooms.queries import shown_name
from tutoring.safety.screening import WORDS
from tutoring.welfare.queries import own_words

Shape = dict[str, Any]


@lru_cache(maxsize=16)  # messages stored in one batch share one moment
def moment(value: datetime) -> str:
    """Formats a moment as ISO 8601 in UTC, to the millisecond."""
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


NOTHING = MessageContext()
SHORT = 120  # characters of a quoted message in a reply


def serialize_message(message: Message, beside: MessageContext = NOTHING, *, held_too: bool = False) -> Shape:
    """Serializes a message as all readers see it; `held_too` as its author and observers see it.

    The names suit all readers, without "em" or "anh"; pages show their reader's names by the ids (`RoomPage.names`).
    The keys for reply, edit, withdrawal, reactions, lesson and voice are left out when empty, to save mobile data.
    """
    shut = message.status == "hidden" or (message.status == "held" and (message.disclosed or not held_too))
    author = None if shut else message.author
    more = {
        "reply": None if shut else _answered(message.reply_to, beside),
        "edited": message.edited_at is not None,
        "withdrawn": message.is_withdrawn,
        "reactions": [] if shut else _reactions(message, beside),
        "rev": message.rev,
        "lesson": None if shut else _lesson(message),
        "voice": None if shut else voice(message.room_id, message.voice),
    }
    return {
        "room": str(message.room_id),
        "seq": message.seq,
        "client_id": message.client_id,
        "author": str(author.id) if author else None,
        "name": shown_name(author) if author else None,
        "text": None if shut else message.text,
        "at": moment(message.at),
        "kind": message.kind,
        "status": message.status,
        "picture": None if shut else picture(message.room_id, message.picture),
        **{name: value for name, value in more.items() if value},
    }


def stored(message: StoredMessage) -> Shape:
    """Serializes a message just stored in a batch, in the shape of `posted`."""
    return {
        "room": str(message.room_id),
        "seq": message.seq,
        "client_id": message.client_id,
        "author": str(message.author_id),
        "name": message.name,
        "text": message.text,
        "at": moment(message.at),
        "kind": "text",
        "status": "sent",
        "picture": None,
    }


def _lesson(message: Message) -> Shape | None:
    """Serializes the lesson card of a message, with the step if there is one."""
    return {"slug": message.lesson_slug, "step": message.step_number} if message.lesson_slug else None


def _answered(seq: int | None, beside: MessageContext) -> Shape | None:
    """Serializes the message replied to: its number, and its beginning while it is visible."""
    if seq is None:
        return None
    found = beside.answered.get(seq)
    shown = found is not None and found.status in {"sent", "masked"}
    author = found.author if shown and found else None
    return {
        "seq": seq,
        "author": str(author.id) if author else None,
        "name": shown_name(author) if author else None,
        "text": in_words(found.text, "vi")[:SHORT] if shown and found else None,
    }


def _reactions(message: Message, beside: MessageContext) -> list[Shape]:
    """Serializes the reactions by word, with users; `n` is the total where not all are named."""
    said: dict[str, list[Reaction]] = {word: [] for word in REACTIONS}
    for row in beside.reactions.get(message.id, []):
        said[row.word].append(row)
    return [
        {
            "word": word,
            "by": [str(one.user_id) for one in some],
            "names": [shown_name(one.user) for one in some],
            **({"n": many} if (many := beside.totals.get((message.id, word))) else {}),
        }
        for word, some in said.items()
        if some
    ]


def picture(room_id: int, found: SentPicture | None) -> Shape | None:
    """Serializes the URL and size of a message's picture; access is checked on fetch."""
    if found is None or found.locked_at is not None:
        return None
    return {"url": f"/rooms/{room_id}/pictures/{found.id}", "width": found.width, "height": found.height}


def voice(room_id: int, found: VoiceNote | None) -> Shape | None:
    """Serializes a message's voice note; access is checked on fetch."""
    if found is None:
        return None
    return voice_shape(f"/rooms/{room_id}/voice-notes/{found.id}", found.milliseconds, found.peaks)


def voice_shape(url: str, milliseconds: int, peaks: bytes) -> Shape:
    """Serializes a stored sound: its URL without the ending, its length, its loudness over time."""
    return {
        "url": url,
        "seconds": whole_seconds(milliseconds),
        "time": minutes_and_seconds(milliseconds),
        "peaks": list(peaks),
    }


def posted_to(
    viewer: User | PersonSummary, known: RoomFacts, message: Message, beside: MessageContext = NOTHING
) -> Shape:
    """Serializes a message as this user may see it."""
    shape = serialize_message(message, beside, held_too=may_read_held_message(known, message.author_id == viewer.id))
    if not message.disclosed or message.author_id != viewer.id or message.status != "held":
        return shape
    place = f"{message.room_id}/{message.seq}"
    return _own(shape, viewer, own_words(viewer.id, [place]).get(place))


def _own(shape: Shape, viewer: User | PersonSummary, words: str | None) -> Shape:
    """Adds the author's view of an encrypted message: the text, unless the author dismissed it."""
    return {**shape, "author": str(viewer.id), "name": viewer.shown_name, "text": words, "sealed": True}


def serialize_messages_for(
    viewer: User | PersonSummary, known: RoomFacts, room_id: int, some: list[Message]
) -> list[Shape]:
    """Serializes messages as this user may see them; those of which the user may not know are left out."""
    some = without_sealed_places(viewer, known.role, room_id, some)
    beside = load_message_context(room_id, some)
    return [posted_to(viewer, known, one, beside) for one in some]


def messages(
    viewer: User | PersonSummary,
    known: RoomFacts,
    room: Room | SeatState,
    page: Page[Message],
    changes: Page[Message] | None = None,
) -> Shape:
    """Serializes the response to `enter` and `catch_up`.

    `seq` is the room's newest number. `rev` is the revision up to which the changes go.
    """
    answer: Shape = {
        "seq": room.last_seq,
        "messages": serialize_messages_for(viewer, known, room.id, page.items),
        "more": page.more,
    }
    if changes is not None:
        answer["changes"] = serialize_messages_for(viewer, known, room.id, changes.items)
        answer["rev"] = changes.items[-1].rev if changes.more else room.rev
        answer["more"] = page.more or changes.more
    return answer


def receipt(message: Message) -> Shape:
    """Serializes the response to `post`: the message is stored under this number.

    A masked or held message carries the reason.
    """
    answer: Shape = {"seq": message.seq, "status": message.status}
    if message.status != "sent":
        answer["say"] = why_words(message)
    if message.disclosed:
        answer["care"] = True  # the page shows the safety card at once
    return answer


def why_words(message: Message) -> str:
    """Returns one sentence for the author: what was found in the message, or why it is held."""
    if message.disclosed:
        return str(gettext("Người khác trong phòng không thấy lời này. Các số gọi ngay ở bên dưới."))
    what = listed([str(gettext(WORDS[kind])) for kind in message.kinds])
    if message.status == "masked":
        return str(gettext("Đã che %(what)s để giữ an toàn cho bạn.", what=what))
    if what and message.held_for == "found":
        return str(gettext("Tin có %(what)s nên chờ thầy cô xem trước.", what=what))
    if message.held_for == "picture":
        return str(gettext("Ảnh đang chờ thầy cô xem. Xem xong ảnh mới được gửi đi."))
    if message.held_for == "voice":
        return str(gettext("Tin thoại đang chờ người trực nghe. Nghe xong tin mới được gửi đi."))
    return str(gettext("Tin đang chờ thầy cô xem trước khi gửi."))


def people(seats: Sequence[Seat | PresentUser]) -> list[Shape]:
    """Serializes the people in a room."""
    return [{"id": str(one.user_id), "name": shown_name(one.user), "role": one.role} for one in seats]


def serialize_room_change(room_id: int, what: str, **more: Any) -> Shape:
    """Serializes a change of the room."""
    return {"room": str(room_id), "what": what, **more}


def parse_opaque_id(value: object) -> int:
    """Parses an opaque id; raises InvalidInput for a non-string, NotFound for a non-number."""
    if type(value) is not str:
        raise InvalidInput
    if not (value.isascii() and value.isdecimal() and len(value) < 12):
        raise NotFound
    return int(value)


def parse_room_id(data: dict[str, Any]) -> int:
    """Returns the room id in the data of a socket event."""
    value = data.get("room")
    return value if type(value) is int else parse_opaque_id(value)
