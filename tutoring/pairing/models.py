"""Tables of help requests, offers, avoidance, written answers and helper states."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tutoring.accounts.models import User
from tutoring.community.models import Unit
from tutoring.kernel import clock
from tutoring.kernel.db import Model, value_check
from tutoring.policy.pairing.school_subjects import is_school_subject

STATES = ("waiting", "offered", "helping", "ended", "cancelled")
OPEN = ("waiting", "offered", "helping")
HELPED = "state = 'ended' AND helped_seconds > 0"  # the requests from which past waits are measured
# What an open request waits for, as SQL. A learner has at most one of each: the indexes below, and `HelpRequest.slot`.
HELPER_SLOT = (
    "(state IN ('offered', 'helping') OR (state = 'waiting' AND wish = 'now' AND times_until IS NULL"
    " AND meet_at IS NULL AND parked_at IS NULL AND deferred_at IS NULL AND paused_at IS NULL AND answered_at IS NULL))"
)
HOUR_SLOT = (
    "(state = 'waiting' AND (wish = 'weekly' OR times_until IS NOT NULL OR meet_at IS NOT NULL)"
    " AND parked_at IS NULL AND deferred_at IS NULL)"
)
DEVICE_SLOT = "parked_at IS NOT NULL"
_TOLD = "words <> '' OR device <> '' OR lack <> ''"  # the same condition as in forget_requests


class HelpRequest(Model):
    """A request for help; it is open until it has an outcome, and never closed without one."""

    __tablename__ = "help_request"
    __table_args__ = (
        value_check("state", *STATES),
        value_check("wish", "now", "weekly"),
        sa.CheckConstraint("urgency BETWEEN 0 AND 3", name="urgency"),
        sa.CheckConstraint("state NOT IN ('ended', 'cancelled') OR outcome <> ''", name="outcome"),
        sa.CheckConstraint("state NOT IN ('offered', 'helping') OR helper_id IS NOT NULL", name="helper"),
        sa.Index(
            "uq_help_request_open_learner", "learner_id", unique=True, sqlite_where=sa.text(HELPER_SLOT),
            postgresql_where=sa.text(HELPER_SLOT),
        ),
        sa.Index("uq_help_request_hour_learner", "learner_id", unique=True, sqlite_where=sa.text(HOUR_SLOT),
                 postgresql_where=sa.text(HOUR_SLOT)),
        sa.Index("uq_help_request_parked_learner", "learner_id", unique=True, sqlite_where=sa.text(DEVICE_SLOT),
                 postgresql_where=sa.text(DEVICE_SLOT)),
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
        sa.CheckConstraint(
            "deferred_at IS NULL OR (state = 'waiting' AND parked_at IS NULL AND meet_at IS NULL)", name="deferred_at"
        ),
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
    queued_at: Mapped[datetime] = mapped_column(default=clock.now)  # position in the queue; kept when it comes back
    helper_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"), index=True)
    claimed_at: Mapped[datetime | None]
    learner_yes_at: Mapped[datetime | None]
    guardian_yes_at: Mapped[datetime | None]
    guardian_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    room_id: Mapped[int | None] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]  # set while it waits, keeps its position and is not offered
    state_since: Mapped[datetime | None] = mapped_column(default=clock.now)
    waited_seconds: Mapped[int] = mapped_column(default=0)  # in past states, over all its returns to the queue
    helped_seconds: Mapped[int] = mapped_column(default=0)
    in_front: Mapped[bool] = mapped_column(default=False)  # a helper did not come: before all others of the ward
    wave: Mapped[int] = mapped_column(default=0)  # the number of the newest wave, planned or sent
    ring: Mapped[int] = mapped_column(default=0)  # the widest ring that was asked: see policy.waves
    alarmed_at: Mapped[datetime | None]  # no helper was left to ask
    alarm_seen_at: Mapped[datetime | None]
    alarm_seen_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    # Fallbacks: no helper came at once, so a time may be agreed, and a written answer is owed.
    later_at: Mapped[datetime | None]
    answer_calls: Mapped[int] = mapped_column(default=0)  # how often the coordinator was notified that one is owed
    # Times that suit the learner, ISO 8601 UTC, in order.
    times: Mapped[list[Any]] = mapped_column(default=list, info={"personal": "times"})
    times_until: Mapped[datetime | None]  # the last of them; while set, no helper is asked to come at once
    meet_at: Mapped[datetime | None]  # the time a helper took; the room opens then
    agreed_at: Mapped[datetime | None]  # all have agreed to that time and this helper
    answered_at: Mapped[datetime | None]  # a written answer waits for the learner's feedback
    group_id: Mapped[int | None] = mapped_column(index=True)  # a helper would take it together with similar ones
    follows_room_id: Mapped[int | None]  # the session after which the learner's side asks the same helper again
    # What the family lacked when they asked, less what has come since; kept when the request enters the queue.
    lack: Mapped[str] = mapped_column(default="", info={"personal": "lack"})
    parked_at: Mapped[datetime | None]  # since then it awaits a device: see policy.parked
    deferred_at: Mapped[datetime | None]  # since then it waits until another request of the learner is over

    learner: Mapped[User] = relationship(foreign_keys=[learner_id])
    helper: Mapped[User | None] = relationship(foreign_keys=[helper_id])
    unit: Mapped[Unit] = relationship(foreign_keys=[unit_id])

    @property
    def stage(self) -> str:
        """The stage used by the table of transitions: the state, with kinds of waiting separated."""
        if self.state != "waiting":
            return self.state
        if self.parked_at is not None:
            return "parked"
        if self.deferred_at is not None:
            return "deferred"
        if self.group_id is not None:
            return "grouping"
        if self.meet_at is not None:
            return "agreeing" if self.agreed_at is None else "booked"
        if self.answered_at is not None:
            return "answered"
        return "paused" if self.paused_at is not None else "waiting"

    @property
    def slot(self) -> str:
        """What it waits for: helper, hour or device; empty while it is over, rests or is deferred.

        A learner has at most one open request of each: see HELPER_SLOT and the others.
        """
        if self.state != "waiting":
            return "helper" if self.state in OPEN else ""
        if self.parked_at is not None:
            return "device"
        if self.deferred_at is not None:
            return ""
        if self.wish == "weekly" or self.times_until is not None or self.meet_at is not None:
            return "hour"
        return "" if self.paused_at is not None or self.answered_at is not None else "helper"

    @property
    def school_subject(self) -> bool:
        """Whether it is about a school subject, with which only pupils help."""
        return is_school_subject(self.topic)

    @property
    def wished(self) -> list[datetime]:
        """The times that suit the learner, in order."""
        return [datetime.fromisoformat(one) for one in self.times]


def in_queue() -> sa.ColumnElement[bool]:
    """Returns the SQL condition of the stage `waiting`: a helper may take the request."""
    rests = (
        HelpRequest.paused_at, HelpRequest.meet_at, HelpRequest.answered_at, HelpRequest.group_id,
        HelpRequest.parked_at, HelpRequest.deferred_at,
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
    """A wish not to meet a person again: private, and valid in both directions.

    It comes from the user, from staff, or from both.
    """

    __tablename__ = "avoid"
    __table_args__ = (sa.UniqueConstraint("user_id", "other_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    other_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(default=clock.now)
    own: Mapped[bool] = mapped_column(default=True)
    by_desk: Mapped[bool] = mapped_column(default=False)


class PassedRequest(Model):
    """A request that returned from this helper and is not shown to them again."""

    __tablename__ = "passed"

    request_id: Mapped[int] = mapped_column(sa.ForeignKey("help_request.id", ondelete="CASCADE"), primary_key=True)
    helper_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)


class ConductAcceptance(Model):
    """A helper's acceptance of the code of conduct: which text, and when.

    It is renewed when the text changes.
    """

    __tablename__ = "conduct_yes"
    __table_args__ = (value_check("kind", "adult", "pupil"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    text_version: Mapped[str]
    text_hash: Mapped[str]
    accepted_at: Mapped[datetime] = mapped_column(default=clock.now)


class AddedText(Model):
    """A text added to a request while it waited; earlier texts are never replaced."""

    __tablename__ = "added_words"

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(sa.ForeignKey("help_request.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(default=clock.now)
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))
    words: Mapped[str] = mapped_column(info={"personal": "text"})


OFFER_STATES = ("open", "accepted", "declined", "expired", "withdrawn")


class Offer(Model):
    """An offer of a request to a helper; while it is open, the helper gets no other offer."""

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
    score: Mapped[int]  # the suit, 0–10,000, less the helper's fatigue
    reasons: Mapped[list[Any]] = mapped_column(default=list)  # [feature, value, points] of matching.scoring.why
    state: Mapped[str] = mapped_column(default="open")
    offered_at: Mapped[datetime] = mapped_column(default=clock.now)
    reserved_until: Mapped[datetime]
    answered_at: Mapped[datetime | None]  # also the moment it expired or was withdrawn

    request: Mapped[HelpRequest] = relationship()
    helper: Mapped[User] = relationship(foreign_keys=[helper_id])


class WrittenAnswer(Model):
    """A written answer to a request; `helped` is the learner's feedback.

    Neither changes afterwards.
    """

    __tablename__ = "written_answer"

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(sa.ForeignKey("help_request.id", ondelete="CASCADE"), index=True)
    author_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"), index=True)
    words: Mapped[str] = mapped_column(info={"personal": "text"})
    at: Mapped[datetime] = mapped_column(default=clock.now)
    helped: Mapped[bool | None]

    author: Mapped[User] = relationship()


class HelperState(Model):
    """Whether a helper is away, by their own choice or by unanswered offers, until they return."""

    __tablename__ = "helper_state"
    __table_args__ = (sa.CheckConstraint("unanswered >= 0", name="unanswered"),)

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    away_since: Mapped[datetime | None]
    unanswered: Mapped[int] = mapped_column(default=0)  # offers in a row


class MutedTopic(Model):
    """A skill that a helper has, but gets no offers for."""

    __tablename__ = "muted_topic"

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    topic: Mapped[str] = mapped_column(primary_key=True)


class NoShow(Model):
    """One side did not come to a room that had opened for both."""

    __tablename__ = "no_show"
    __table_args__ = (value_check("side", "helper", "learner"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(sa.ForeignKey("help_request.id", ondelete="CASCADE"), index=True)
    room_id: Mapped[int]
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    side: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=clock.now)
