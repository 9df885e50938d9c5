"""Tables of rooms: seats, messages, attendance, feedback."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from tutoring.accounts.models import User
from tutoring.community.models import Unit
from tutoring.kernel import clock
from tutoring.kernel.db import Model, value_check
from tutoring.kernel.text import search_text
from tutoring.policy.rooms.participation import CHILD_OBSERVER_ROLES, PERSISTENT_KINDS, observer_roles

ROOM_KINDS = ("pair", "group", "class", "circle", "questions", "desk")
SEAT_ROLES = ("learner", "helper", "guardian", "observer")
HELD_FOR = ("", "everything", "found", "picture", "voice", "risk", "fault")
CLOSE_REASONS = ("", "ended", "duty", "watcher", "stopped")
SOLVED = ("yes", "partly", "no")
NOT_ASKED = ""  # a child who learns is not asked what was solved
SOLVED_BY = ("", "lesson", "helper", "learner")
_ONE_OPEN = "closed_at IS NULL AND side_of_id IS NULL AND kind IN ('class', 'circle', 'questions')"
_TO_EMPTY = "closed_at IS NOT NULL AND emptied_seq < last_seq"
LASTS = "kind IN ('circle', 'class', 'questions')"
REACTIONS = ("got_it", "thanks", "done", "unsure")


class Room(Model):
    """One room of two or more people.

    `last_seq` is the number of its newest message. `rev` counts changes to older messages: edits, hiding, reactions. A
    breakout room has the kind of the persistent room it was split from, so the same participant and observer rules
    apply.
    """

    __tablename__ = "room"
    __table_args__ = (
        value_check("close_reason", *CLOSE_REASONS),
        sa.CheckConstraint("(closed_at IS NULL) = (close_reason = '')", name="closing"),
        sa.CheckConstraint("(locked_at IS NULL) = (locked_by_id IS NULL)", name="locking"),
        value_check("kind", *ROOM_KINDS),
        sa.CheckConstraint("side_of_id IS NULL OR kind IN ('class', 'circle')", name="side"),
        sa.Index("uq_room_lasting", "unit_id", "kind", unique=True, sqlite_where=sa.text(_ONE_OPEN),
                 postgresql_where=sa.text(_ONE_OPEN)),
        sa.Index("ix_room_open", "unit_id", sqlite_where=sa.text("closed_at IS NULL"),
                 postgresql_where=sa.text("closed_at IS NULL")),
        sa.Index("ix_room_to_empty", "closed_at", sqlite_where=sa.text(_TO_EMPTY), postgresql_where=sa.text(_TO_EMPTY)),
        sa.Index("ix_room_lasts", "id", sqlite_where=sa.text(LASTS), postgresql_where=sa.text(LASTS)),
        sa.Index("ix_room_open_id", "id", sqlite_where=sa.text("closed_at IS NULL"),
                 postgresql_where=sa.text("closed_at IS NULL")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"))
    kind: Mapped[str] = mapped_column(default="pair")
    side_of_id: Mapped[int | None] = mapped_column(sa.ForeignKey("room.id"), index=True)
    title: Mapped[str] = mapped_column(default="")  # of a breakout room, set by its creator; of a talk
    announcing: Mapped[bool] = mapped_column(default=False)  # only moderators write
    topic: Mapped[str]
    minors: Mapped[bool]  # whether a learner or helper is under 18
    observed: Mapped[bool]
    lesson_slug: Mapped[str | None]
    step_id: Mapped[str | None]
    step_number: Mapped[int | None]
    last_seq: Mapped[int] = mapped_column(default=0)
    rev: Mapped[int] = mapped_column(default=0)
    # Messages up to this number have been emptied by retention; the retention job skips them.
    emptied_seq: Mapped[int] = mapped_column(default=0, server_default="0")
    hold_all: Mapped[bool] = mapped_column(default=False)
    trusted: Mapped[bool] = mapped_column(default=False)  # an experienced pair: its pictures are not held for review
    opened_at: Mapped[datetime] = mapped_column(default=clock.now)
    closed_at: Mapped[datetime | None]
    close_reason: Mapped[str] = mapped_column(default="")  # values: events.RoomClosed
    closed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    handed_over: Mapped[bool] = mapped_column(default=False)  # closed as a handoff to another helper
    locked_at: Mapped[datetime | None]  # since then only observers write; only an observer unlocks it
    locked_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    lock_reason: Mapped[str] = mapped_column(default="", info={"personal": "text"})  # shown to all people in the room
    summary: Mapped[str] = mapped_column(default="", info={"personal": "text"})  # what was done, by the closing user
    next_lesson: Mapped[str | None]  # the lesson that the helper proposes for afterwards

    unit: Mapped[Unit] = relationship(lazy="select")
    closed_by: Mapped[User | None] = relationship(foreign_keys=[closed_by_id])
    locked_by: Mapped[User | None] = relationship(foreign_keys=[locked_by_id])

    @property
    def lasts(self) -> bool:
        """Returns whether the room is persistent: participants follow from memberships, not seats."""
        return self.kind in PERSISTENT_KINDS

    @hybrid_property
    def is_talk(self) -> bool:
        """Returns whether staff talk here with one user who wrote of danger (docs/welfare.md).

        A titled room of the kind `desk` is one. Only those who may see the user's welfare case enter, from its page.
        """
        return self.kind == "desk" and self.title != ""

    @is_talk.inplace.expression
    @classmethod
    def _is_talk(cls) -> sa.ColumnElement[bool]:
        return sa.and_(cls.kind == "desk", cls.title != "")

    @property
    def by_teachers(self) -> bool:
        """Returns whether only teachers and coordinators may observe this room."""
        return observer_roles(self.minors, self.kind) == CHILD_OBSERVER_ROLES

    @property
    def lock_words(self) -> str:
        """Returns the lock reason, formatted for use inside a sentence."""
        return self.lock_reason.rstrip(" .")


class Seat(Model):
    """One person's seat in a room."""

    __tablename__ = "seat"
    __table_args__ = (sa.UniqueConstraint("room_id", "user_id"), value_check("role", *SEAT_ROLES))

    id: Mapped[int] = mapped_column(primary_key=True)
    room_id: Mapped[int] = mapped_column(sa.ForeignKey("room.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    role: Mapped[str]
    joined_at: Mapped[datetime | None]  # when the person first entered
    left_at: Mapped[datetime | None]  # when the person last left explicitly
    removed_at: Mapped[datetime | None]
    muted_until: Mapped[datetime | None]
    # Why the person is muted or removed; shown to this person alone.
    mute_reason: Mapped[str] = mapped_column(default="", info={"personal": "text"})
    seen_seq: Mapped[int] = mapped_column(default=0)

    user: Mapped[User] = relationship()

    @property
    def is_muted(self) -> bool:
        return self.muted_until is not None and self.muted_until > clock.now()


def _folded(context: Any) -> str:
    return search_text(context.get_current_parameters()["text"])


class Message(Model):
    """One message of a room.

    `seq` has no gaps within a room. A message without an author is a system message (`kind` system).
    """

    __tablename__ = "message"
    __table_args__ = (
        sa.UniqueConstraint("room_id", "seq"),
        sa.UniqueConstraint("room_id", "author_id", "client_id"),
        value_check("kind", "text", "system"),
        value_check("status", "sent", "masked", "held", "hidden"),
        value_check("held_for", *HELD_FOR),
        sa.Index("ix_message_newest", "author_id", "at", "seq"),
        sa.Index("ix_message_held", "room_id", sqlite_where=sa.text("status = 'held'"),
                 postgresql_where=sa.text("status = 'held'")),
        sa.Index("ix_message_rev", "room_id", "rev", sqlite_where=sa.text("rev > 0"),
                 postgresql_where=sa.text("rev > 0")),
        sa.CheckConstraint("(kind = 'text') = (author_id IS NOT NULL)", name="author"),
        sa.CheckConstraint("(author_id IS NULL) = (client_id IS NULL)", name="client_id"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    room_id: Mapped[int] = mapped_column(sa.ForeignKey("room.id", ondelete="CASCADE"))
    seq: Mapped[int]
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    client_id: Mapped[str | None]
    text: Mapped[str] = mapped_column(info={"personal": "text"})
    at: Mapped[datetime] = mapped_column(default=clock.now)
    kind: Mapped[str] = mapped_column(default="text")
    status: Mapped[str] = mapped_column(default="sent")
    reply_to: Mapped[int | None]  # the number of the message it replies to
    edited_at: Mapped[datetime | None]
    rev: Mapped[int] = mapped_column(default=0)  # the room's `rev` at the last change of this message
    # The normalized words of the text, used only by the search in rooms (search.py).
    folded: Mapped[str] = mapped_column(default=_folded, deferred=True, info={"personal": "text"})
    lesson_slug: Mapped[str | None]  # of a lesson card; the text says the same for clients without cards
    step_number: Mapped[int | None]

    held_for: Mapped[str] = mapped_column(default="")  # why it is, or was, held for review
    found: Mapped[list[Any]] = mapped_column(default=list)  # [kind, start, end] in the text as it was written
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))  # who released, refused or hid it
    # The text is encrypted in a welfare case: `text` is empty here, and only the author can read it. A system message
    # with this mark tells that an adult comes because of such a text. Guardians see neither.
    disclosed: Mapped[bool] = mapped_column(default=False, server_default=sa.false())

    author: Mapped[User | None] = relationship(lazy="raise_on_sql", foreign_keys=[author_id])

    @validates("text")
    def _fold(self, _name: str, text: str) -> str:
        self.folded = search_text(text)
        return text

    @property
    def is_withdrawn(self) -> bool:
        """Returns whether the author withdrew the message."""
        return self.status == "hidden" and self.decided_by_id is not None and self.decided_by_id == self.author_id

    @property
    def kinds(self) -> list[str]:
        """Returns the kinds of finds in the message, without duplicates."""
        return list(dict.fromkeys(str(kind) for kind, _start, _end in self.found))

    picture: Mapped["SentPicture | None"] = relationship(lazy="raise_on_sql", passive_deletes="all")
    voice: Mapped["VoiceNote | None"] = relationship(lazy="raise_on_sql", passive_deletes="all")


class SentPicture(Model):
    """A picture sent as a message; the message text is its caption, `name` its file name."""

    __tablename__ = "picture"
    __table_args__ = (
        sa.Index("ix_picture_locked", "message_id", sqlite_where=sa.text("locked_at IS NOT NULL"),
                 postgresql_where=sa.text("locked_at IS NOT NULL")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(sa.ForeignKey("message.id", ondelete="CASCADE"), unique=True)
    name: Mapped[str] = mapped_column(unique=True, info={"personal": "picture"})
    width: Mapped[int]
    height: Mapped[int]
    bytes: Mapped[int]
    removed_at: Mapped[datetime | None] = mapped_column(index=True)  # refused or hidden; the file stays for a while
    locked_at: Mapped[datetime | None]  # it may show abuse: no user can fetch it, and nothing deletes it


class VoiceNote(Model):
    """A spoken message, in two forms of the same sound; the text of the message says its length."""

    __tablename__ = "voice_note"

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(sa.ForeignKey("message.id", ondelete="CASCADE"), unique=True)
    milliseconds: Mapped[int]
    peaks: Mapped[bytes] = mapped_column(info={"personal": "voice"})  # loudness over time (safety/sound_sanitizer.py)
    opus: Mapped[bytes] = mapped_column(deferred=True, info={"personal": "voice"})
    aac: Mapped[bytes] = mapped_column(deferred=True, info={"personal": "voice"})
    # The last observer who opened the held sound: only what was heard is released.
    heard_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    removed_at: Mapped[datetime | None] = mapped_column(index=True)  # refused or hidden; the sound stays for a while


def whole_seconds(milliseconds: int) -> int:
    """Returns the length of a sound as pages say it: whole seconds, at least one."""
    return max(1, round(milliseconds / 1000))


def minutes_and_seconds(milliseconds: int) -> str:
    """Returns the length of a sound as "m:ss"."""
    minutes, seconds = divmod(whole_seconds(milliseconds), 60)
    return f"{minutes}:{seconds:02}"


class MessageVersion(Model):
    """The text of a message before an edit, retained for observers."""

    __tablename__ = "message_version"

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(sa.ForeignKey("message.id", ondelete="CASCADE"), index=True)
    text: Mapped[str] = mapped_column(info={"personal": "text"})
    until_at: Mapped[datetime] = mapped_column(default=clock.now)


class Reaction(Model):
    """One user's reaction to a message, out of a fixed set."""

    __tablename__ = "reaction"
    __table_args__ = (value_check("word", *REACTIONS),)

    message_id: Mapped[int] = mapped_column(sa.ForeignKey("message.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True, index=True)
    word: Mapped[str]

    user: Mapped[User] = relationship()


class MessageOriginal(Model):
    """The original text of a masked or held message, encrypted.

    Codes, citizen numbers, bank numbers and secrets are left out of it.
    """

    __tablename__ = "message_original"

    message_id: Mapped[int] = mapped_column(sa.ForeignKey("message.id", ondelete="CASCADE"), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(info={"personal": "text", "sealed": "message:{message_id}"})
    until: Mapped[datetime] = mapped_column(index=True)


class MessageAppeal(Model):
    """An author's appeal against a moderation action on a message.

    There is at most one appeal for each message. A second person decides it.
    """

    __tablename__ = "appeal"
    __table_args__ = (
        value_check("outcome", "", "upheld", "overturned"),
        sa.CheckConstraint("(decided_at IS NULL) = (outcome = '')", name="decided"),
    )

    message_id: Mapped[int] = mapped_column(sa.ForeignKey("message.id", ondelete="CASCADE"), primary_key=True)
    words: Mapped[str] = mapped_column(default="", info={"personal": "text"})
    at: Mapped[datetime] = mapped_column(default=clock.now)
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    outcome: Mapped[str] = mapped_column(default="")
    answer: Mapped[str] = mapped_column(default="", info={"personal": "text"})


class Attendance(Model):
    """One period of a user's presence in a room: over a socket, or by a page visit (no `sid`)."""

    __tablename__ = "attendance"
    __table_args__ = (
        sa.Index("ix_attendance_of", "room_id", "user_id"),
        sa.Index("uq_attendance_open", "sid", "room_id", unique=True,
                 sqlite_where=sa.text("until_at IS NULL"), postgresql_where=sa.text("until_at IS NULL")),
        sa.CheckConstraint("sid IS NOT NULL OR until_at IS NOT NULL", name="page_visit"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    room_id: Mapped[int] = mapped_column(sa.ForeignKey("room.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"))
    sid: Mapped[str | None]
    from_at: Mapped[datetime]
    until_at: Mapped[datetime | None]


class Feedback(Model):
    """A participant's feedback at the end of a session."""

    __tablename__ = "feedback"
    __table_args__ = (value_check("solved", *SOLVED, NOT_ASKED), value_check("solved_by", *SOLVED_BY))

    room_id: Mapped[int] = mapped_column(sa.ForeignKey("room.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    solved: Mapped[str]
    solved_by: Mapped[str] = mapped_column(default="")  # what helped: the lesson, the helper, or the learner alone
    thanks: Mapped[bool] = mapped_column(default=False)
    words: Mapped[str] = mapped_column(default="", info={"personal": "text"})
    at: Mapped[datetime] = mapped_column(default=clock.now)

    user: Mapped[User] = relationship()
