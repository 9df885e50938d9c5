"""What happens in rooms."""

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
    """`reason`: ended (by one who took part), watcher, duty (nobody left on it, or the end of the hours), stopped
    (from elsewhere, or handed over to somebody else)."""

    room_id: int
    reason: str
    by_id: int | None


@dataclass(frozen=True)
class MessagePosted:
    """A message has its number; held ones too."""

    room_id: int
    seq: int


class Stored(NamedTuple):
    """A message in which nothing was found, with its number."""

    room_id: int
    seq: int
    client_id: str
    author_id: int
    name: str
    text: str
    at: datetime


@dataclass(frozen=True)
class MessagesStored:
    """Several messages have their numbers, of which there was nothing to decide."""

    messages: tuple[Stored, ...]


@dataclass(frozen=True)
class MessageHeld:
    """A message waits for a watcher; `why` is one of models.HELD_FOR."""

    room_id: int
    seq: int
    why: str


@dataclass(frozen=True)
class MasksPiledUp:
    """Somebody's messages had to be masked this often within a day."""

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
    """A client sent a stored message again: perhaps its push was lost."""

    room_id: int
    seq: int  # the newest number of the room


@dataclass(frozen=True)
class MessageChanged:
    """`what`: released, refused, hidden, unmasked, edited, withdrawn, reacted; desk: it is what the desk made of it."""

    room_id: int
    seq: int
    what: str


@dataclass(frozen=True)
class MarksChanged:
    """Something was drawn over the picture of this message, taken back or hidden."""

    room_id: int
    seq: int


@dataclass(frozen=True)
class HoldChanged:
    room_id: int
    on: bool


@dataclass(frozen=True)
class LockChanged:
    """From now on only watchers write, or everybody again."""

    room_id: int
    on: bool
    by_id: int


@dataclass(frozen=True)
class AnnouncingChanged:
    """From now on only those who keep order write in a lasting room, or everybody again."""

    room_id: int
    on: bool
    by_id: int


@dataclass(frozen=True)
class RoomSplit:
    """Some people of a lasting room were asked into a side room for a while."""

    room_id: int
    side_id: int
    by_id: int
    user_ids: tuple[int, ...]


@dataclass(frozen=True)
class SummaryWritten:
    """A watcher closed the room and wrote down what was done."""

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
    by_id: int | None  # None: the first measure after a report or a risk
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
    """A removal was undone: the seat holds again."""

    room_id: int
    user_id: int


@dataclass(frozen=True)
class PersonStopped:
    """A yes of this person's has ended, and with it this room, or the person's seat in it.

    `why`: withdrawn, ended (with the school year).
    """

    room_id: int
    user_id: int
    why: str


@dataclass(frozen=True)
class PresenceChanged:
    """Who is there is no longer as it was, in one room or, after a disturbance, in many."""

    room_ids: tuple[int, ...]


@dataclass(frozen=True)
class SocketsEntered:
    """Sockets have come into rooms: which into which."""

    entries: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class PersonLeft:
    """Somebody said goodbye to a room, on all their devices; the seat stays."""

    room_id: int
    user_id: int


@dataclass(frozen=True)
class RoomSeen:
    """Somebody has read the room up to this number."""

    room_id: int
    user_id: int
    seq: int


@dataclass(frozen=True)
class StepMoved:
    """The shared step is now this one."""

    room_id: int
    lesson_slug: str
    step_number: int
    by_id: int


@dataclass(frozen=True)
class SignsChanged:
    """A learner ticked a step, answered a checkpoint, pointed at a sentence, or one of these was taken back."""

    room_id: int


@dataclass(frozen=True)
class CallChanged:
    """A call was asked for, goes on, or has ended; `left_line`: a socket at which one side was and is no longer."""

    call_id: int
    left_line: str | None = None


@dataclass(frozen=True)
class FeedbackGiven:
    """`role` is the seat of the one who says it; `solved`: yes, partly, no."""

    room_id: int
    user_id: int
    role: str
    solved: str


@dataclass(frozen=True)
class RiskRaised:
    """What one person writes to another has come to a level, notice or case; the reasons are Vietnamese sentences."""

    room_id: int
    from_id: int
    towards_id: int
    level: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class MinutesCounted:
    """A room is over in which somebody was helped; the learner's side has not said so yet."""

    session_id: int


@dataclass(frozen=True)
class MinutesChanged:
    """Of a session on this day; `what`: helped or nobody (the learner's side says), struck or stands (staff)."""

    session_id: int
    helper_id: int
    day: date
    what: str
