"""Events of rooms."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple


@dataclass(frozen=True)
class RoomOpened:
    room_id: int
    unit_id: int
    minors: bool


@dataclass(frozen=True)
class RoomClosed:
    """A room was closed.

    `reason` is one of four codes. ended: by a participant. watcher: by an observer. duty: no observer on duty, or end
    of the opening hours. stopped: by another feature, or as a handoff to another helper.
    """

    room_id: int
    reason: str
    by_id: int | None


@dataclass(frozen=True)
class MessagePosted:
    """A message was stored with its number; held messages too."""

    room_id: int
    seq: int


class StoredMessage(NamedTuple):
    """A stored message without any finds, with its number."""

    room_id: int
    seq: int
    client_id: str
    author_id: int
    name: str
    text: str
    at: datetime


@dataclass(frozen=True)
class MessagesStored:
    """Several messages without any finds were stored with their numbers."""

    messages: tuple[StoredMessage, ...]


@dataclass(frozen=True)
class MessageHeld:
    """A message is held for review; `why` is one of models.HELD_FOR."""

    room_id: int
    seq: int
    why: str


@dataclass(frozen=True)
class MaskLimitReached:
    """This many messages of a user were masked within a day."""

    room_id: int
    user_id: int
    times: int


@dataclass(frozen=True)
class AppealMade:
    room_id: int
    seq: int


@dataclass(frozen=True)
class AppealDecided:
    room_id: int
    seq: int
    author_id: int
    overturned: bool


@dataclass(frozen=True)
class MessageRepeated:
    """A client sent a stored message again; perhaps its push was lost."""

    room_id: int
    seq: int  # the newest number of the room


@dataclass(frozen=True)
class MessageChanged:
    """A stored message changed.

    `what` is one of: released, refused, hidden, unmasked, edited, withdrawn, reacted, waits (a refusal or a hiding was
    undone), or desk (an action of the moderation queue).
    """

    room_id: int
    seq: int
    what: str


@dataclass(frozen=True)
class AnnotationsChanged:
    """An annotation on the picture of this message was added, withdrawn or hidden."""

    room_id: int
    seq: int


@dataclass(frozen=True)
class HoldChanged:
    room_id: int
    on: bool


@dataclass(frozen=True)
class LockChanged:
    """The room was locked, so that only observers write, or unlocked."""

    room_id: int
    on: bool
    by_id: int


@dataclass(frozen=True)
class AnnouncementModeChanged:
    """A persistent room became announcements only, so that only moderators write, or open again."""

    room_id: int
    on: bool
    by_id: int


@dataclass(frozen=True)
class RoomSplit:
    """Some people of a persistent room were moved into a breakout room."""

    room_id: int
    side_id: int
    by_id: int
    user_ids: tuple[int, ...]


@dataclass(frozen=True)
class SummaryWritten:
    """An observer closed the room with a summary."""

    room_id: int
    by_id: int


@dataclass(frozen=True)
class ObserverEntered:
    room_id: int
    user_id: int


@dataclass(frozen=True)
class MemberMuted:
    room_id: int
    user_id: int
    by_id: int | None  # None: an automatic measure after a report or a risk
    until: datetime


@dataclass(frozen=True)
class MemberUnmuted:
    room_id: int
    user_id: int
    by_id: int | None


@dataclass(frozen=True)
class MemberRemoved:
    room_id: int
    user_id: int
    by_id: int


@dataclass(frozen=True)
class MemberReturned:
    """A removal was undone; the person's seat is valid again."""

    room_id: int
    user_id: int


@dataclass(frozen=True)
class PersonStopped:
    """A person's consent ended, and with it this room or the person's seat in it.

    `why` is withdrawn, or ended (with the school year).
    """

    room_id: int
    user_id: int
    why: str


@dataclass(frozen=True)
class PresenceChanged:
    """The presence changed in one room, or in many after an outage."""

    room_ids: tuple[int, ...]


@dataclass(frozen=True)
class SocketsEntered:
    """Sockets entered rooms; each entry is (socket, room)."""

    entries: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class PersonLeft:
    """A person left a room on all devices; the seat stays."""

    room_id: int
    user_id: int


@dataclass(frozen=True)
class RoomSeen:
    """A user has read the room up to this number."""

    room_id: int
    user_id: int
    seq: int


@dataclass(frozen=True)
class StepMoved:
    """The shared step of the lesson changed."""

    room_id: int
    lesson_slug: str
    step_number: int
    by_id: int


@dataclass(frozen=True)
class ProgressMarkersChanged:
    """A progress marker of a learner was added, changed or removed.

    The markers are: a ticked step, an answered checkpoint, a sentence where the learner is stuck.
    """

    room_id: int


@dataclass(frozen=True)
class CallChanged:
    """A call is ringing, goes on, or has ended.

    `left_line` is a socket that held one side of the call and no longer does.
    """

    call_id: int
    left_line: str | None = None


@dataclass(frozen=True)
class FeedbackGiven:
    """A user gave feedback; `role` is the user's seat, `solved` is yes, partly or no.

    `solved` is empty for a child who was not asked and did not thank.
    """

    room_id: int
    user_id: int
    role: str
    solved: str


@dataclass(frozen=True)
class FeltUneasy:
    """A child answered after a session that it did not feel at ease. Only staff in charge learn of it."""

    room_id: int
    user_id: int


@dataclass(frozen=True)
class RiskRaised:
    """The risk of one person's messages to another reached a level, notice or case.

    The reasons are Vietnamese sentences.
    """

    room_id: int
    from_id: int
    towards_id: int
    level: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class MinutesCounted:
    """A room with help in it was closed; the learner's side has not confirmed the help yet."""

    session_id: int


@dataclass(frozen=True)
class MinutesChanged:
    """The word or the strike of a session on this day changed.

    `what` is helped or nobody (from the learner's side), struck or stands (from staff).
    """

    session_id: int
    helper_id: int
    day: date
    what: str
