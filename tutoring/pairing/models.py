"""Tables of help requests."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tutoring.accounts.models import User
from tutoring.community.models import Unit
from tutoring.kernel import clock
from tutoring.kernel.db import Model, value_check

STATES = ("waiting", "offered", "helping", "ended", "cancelled")
OPEN = ("waiting", "offered", "helping")
HELPED = "state = 'ended' AND helped_seconds > 0"  # what past waits are told from
_TOLD = "words <> '' OR device <> '' OR lack <> ''"  # as forget_requests asks


class HelpRequest(Model):
    """Somebody asks for help. Open until it has an outcome; never closed without one."""

    __tablename__ = "help_request"
    __table_args__ = (
        value_check("state", *STATES),
        value_check("wish", "now", "weekly"),
        sa.CheckConstraint("urgency BETWEEN 0 AND 3", name="urgency"),
        sa.CheckConstraint("state NOT IN ('ended', 'cancelled') OR outcome <> ''", name="outcome"),
        sa.CheckConstraint("state NOT IN ('offered', 'helping') OR helper_id IS NOT NULL", name="helper"),
        sa.Index(
            "uq_help_request_open_learner", "learner_id", unique=True,
            sqlite_where=sa.text("state IN ('waiting', 'offered', 'helping')"),
            postgresql_where=sa.text("state IN ('waiting', 'offered', 'helping')"),
        ),
        sa.Index(
            "uq_help_request_busy_helper", "helper_id", unique=True,
            sqlite_where=sa.text("state IN ('offered', 'helping')"),
            postgresql_where=sa.text("state IN ('offered', 'helping')"),
        ),
        sa.Index("ix_help_request_queue", "ward_id", "state", "queued_at"),
        sa.Index("ix_help_request_waits", "topic", "created_at", sqlite_where=sa.text(HELPED),
                 postgresql_where=sa.text(HELPED)),
        sa.Index("ix_help_request_told", "ended_at", sqlite_where=sa.text(_TOLD), postgresql_where=sa.text(_TOLD)),
        value_check("lack", "", "device", "internet", "both"),
        sa.CheckConstraint("parked_at IS NULL OR (lack <> '' AND state = 'waiting')", name="parked_at"),
        sa.Index("ix_help_request_parked", "parked_at", sqlite_where=sa.text("parked_at IS NOT NULL"),
                 postgresql_where=sa.text("parked_at IS NOT NULL")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    learner_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    asked_by_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"), index=True)
    ward_id: Mapped[int | None] = mapped_column(sa.ForeignKey("unit.id"))
    topic: Mapped[str]
    level: Mapped[int] = mapped_column(default=1)
    lesson_slug: Mapped[str | None]
    step_number: Mapped[int | None]
    words: Mapped[str] = mapped_column(default="", info={"personal": "text"})
    device: Mapped[str] = mapped_column(default="", info={"personal": "device"})
    urgency: Mapped[int] = mapped_column(default=1)
    wish: Mapped[str] = mapped_column(default="now")  # weekly: waits for a round, and is not on helpers' boards
    minor: Mapped[bool]
    state: Mapped[str] = mapped_column(default="waiting")
    outcome: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
    queued_at: Mapped[datetime] = mapped_column(default=clock.now)  # the place in the queue; kept when it comes back
    helper_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"), index=True)
    claimed_at: Mapped[datetime | None]
    learner_yes_at: Mapped[datetime | None]
    guardian_yes_at: Mapped[datetime | None]
    guardian_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    room_id: Mapped[int | None] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]  # set while it waits and keeps its place, and nobody is offered it
    state_since: Mapped[datetime | None] = mapped_column(default=clock.now)
    waited_seconds: Mapped[int] = mapped_column(default=0)  # in states that are over, however often it came back
    helped_seconds: Mapped[int] = mapped_column(default=0)
    in_front: Mapped[bool] = mapped_column(default=False)  # a helper did not come: before all others of the ward
    wave: Mapped[int] = mapped_column(default=0)  # the number of the newest wave planned or sent
    ring: Mapped[int] = mapped_column(default=0)  # how far around it was asked: see policy.waves
    alarmed_at: Mapped[datetime | None]  # nobody was left to ask
    alarm_seen_at: Mapped[datetime | None]
    alarm_seen_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    # The other two tracks: nobody came at once, so a time may be agreed, and an answer in writing is owed.
    later_at: Mapped[datetime | None]
    answer_calls: Mapped[int] = mapped_column(default=0)  # how often the coordinator was told that one is owed
    # When it would suit the learner, ISO 8601 UTC, in order.
    times: Mapped[list[Any]] = mapped_column(default=list, info={"personal": "times"})
    times_until: Mapped[datetime | None]  # the last of them; while set, nobody is asked to come at once
    meet_at: Mapped[datetime | None]  # the time that a helper took; the room opens then
    agreed_at: Mapped[datetime | None]  # everybody has said yes to that time and this helper
    answered_at: Mapped[datetime | None]  # an answer in writing waits for the learner's word
    group_id: Mapped[int | None] = mapped_column(index=True)  # a helper would take it together with similar ones
    follows_room_id: Mapped[int | None]  # the session after which the learner's side asks the same helper on
    # What the family had not when they asked, less what has come since; kept when the request goes into the queue.
    lack: Mapped[str] = mapped_column(default="", info={"personal": "lack"})
    parked_at: Mapped[datetime | None]  # since then it is kept at the neighbourhood's desk: see policy.parked

    learner: Mapped[User] = relationship(foreign_keys=[learner_id])
    helper: Mapped[User | None] = relationship(foreign_keys=[helper_id])
    unit: Mapped[Unit] = relationship(foreign_keys=[unit_id])

    @property
    def stage(self) -> str:
        """The state, with what rests told apart: what the table of moves speaks of."""
        if self.state != "waiting":
            return self.state
        if self.parked_at is not None:
            return "parked"
        if self.group_id is not None:
            return "grouping"
        if self.meet_at is not None:
            return "agreeing" if self.agreed_at is None else "booked"
        if self.answered_at is not None:
            return "answered"
        return "paused" if self.paused_at is not None else "waiting"

    @property
    def wished(self) -> list[datetime]:
        """The times that would suit the learner, in order."""
        return [datetime.fromisoformat(one) for one in self.times]


def in_queue() -> sa.ColumnElement[bool]:
    """The stage `waiting`, for the database: somebody may take the request."""
    rests = (
        HelpRequest.paused_at, HelpRequest.meet_at, HelpRequest.answered_at, HelpRequest.group_id,
        HelpRequest.parked_at,
    )  # fmt: skip
    return sa.and_(HelpRequest.state == "waiting", *(at.is_(None) for at in rests))


class RequestStep(Model):
    """One transition in a request's history."""

    __tablename__ = "request_step"
    __table_args__ = (
        sa.Index("ix_request_step_why", "request_id", sqlite_where=sa.text("why <> ''"),
                 postgresql_where=sa.text("why <> ''")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(sa.ForeignKey("help_request.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(default=clock.now)
    from_state: Mapped[str]
    to_state: Mapped[str]
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    why: Mapped[str] = mapped_column(default="", info={"personal": "text"})


class Avoidance(Model):
    """Not this person again: private, and it holds in both directions. By their own wish, by the desk, or both."""

    __tablename__ = "avoid"
    __table_args__ = (sa.UniqueConstraint("user_id", "other_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    other_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(default=clock.now)
    own: Mapped[bool] = mapped_column(default=True)
    by_desk: Mapped[bool] = mapped_column(default=False)


class Passed(Model):
    """A helper to whom a request has already gone once and come back: not shown to the same helper again."""

    __tablename__ = "passed"

    request_id: Mapped[int] = mapped_column(sa.ForeignKey("help_request.id", ondelete="CASCADE"), primary_key=True)
    helper_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)


class ConductAcceptance(Model):
    """A helper has accepted the code of conduct: which words of it, and when. Asked again when the words change."""

    __tablename__ = "conduct_yes"
    __table_args__ = (value_check("kind", "adult", "pupil"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    text_version: Mapped[str]
    text_hash: Mapped[str]
    accepted_at: Mapped[datetime] = mapped_column(default=clock.now)


class AddedWords(Model):
    """What was added to a request while it waited; nothing that was said before is replaced."""

    __tablename__ = "added_words"

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(sa.ForeignKey("help_request.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(default=clock.now)
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))
    words: Mapped[str] = mapped_column(info={"personal": "text"})


OFFER_STATES = ("open", "accepted", "declined", "expired", "withdrawn")


class Offer(Model):
    """A helper was asked to take a request; while it is open, the helper is asked for nobody else."""

    __tablename__ = "offer"
    __table_args__ = (
        value_check("state", *OFFER_STATES),
        sa.CheckConstraint("(state = 'open') = (answered_at IS NULL)", name="answered"),
        sa.UniqueConstraint("request_id", "helper_id"),
        sa.Index("uq_offer_reserved", "helper_id", unique=True, sqlite_where=sa.text("state = 'open'"),
                 postgresql_where=sa.text("state = 'open'")),
        sa.Index("ix_offer_of_helper", "helper_id", "offered_at"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(sa.ForeignKey("help_request.id", ondelete="CASCADE"))
    helper_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"))
    wave: Mapped[int]
    ring: Mapped[int]
    score: Mapped[int]  # the suit, 0–10,000, less what the helper is tired
    reasons: Mapped[list[Any]] = mapped_column(default=list)  # [feature, value, points] of matching.score.why
    state: Mapped[str] = mapped_column(default="open")
    offered_at: Mapped[datetime] = mapped_column(default=clock.now)
    reserved_until: Mapped[datetime]
    answered_at: Mapped[datetime | None]  # or when it ran out, or was withdrawn

    request: Mapped[HelpRequest] = relationship()
    helper: Mapped[User] = relationship(foreign_keys=[helper_id])


class WrittenAnswer(Model):
    """A request answered in writing; `helped` is the learner's word on it, and nothing is changed afterwards."""

    __tablename__ = "written_answer"

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(sa.ForeignKey("help_request.id", ondelete="CASCADE"), index=True)
    author_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"), index=True)
    words: Mapped[str] = mapped_column(info={"personal": "text"})
    at: Mapped[datetime] = mapped_column(default=clock.now)
    helped: Mapped[bool | None]

    author: Mapped[User] = relationship()


class HelperState(Model):
    """What a helper has said, or shown, about being asked: away until they come back."""

    __tablename__ = "helper_state"
    __table_args__ = (sa.CheckConstraint("unanswered >= 0", name="unanswered"),)

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    away_since: Mapped[datetime | None]
    unanswered: Mapped[int] = mapped_column(default=0)  # offers in a row


class MutedTopic(Model):
    """A helper is not asked about this skill, though they hold it."""

    __tablename__ = "muted_topic"

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    topic: Mapped[str] = mapped_column(primary_key=True)


class NoShow(Model):
    """Somebody did not come to a room that had opened for both."""

    __tablename__ = "no_show"
    __table_args__ = (value_check("side", "helper", "learner"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(sa.ForeignKey("help_request.id", ondelete="CASCADE"), index=True)
    room_id: Mapped[int]
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    side: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=clock.now)
