"""Tables of moderation: reports, cases, evidence, moderation actions."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tutoring.accounts.models import User
from tutoring.community.models import Unit
from tutoring.kernel import clock
from tutoring.kernel.db import Model, value_check
from tutoring.moderation.welfare.models import Welfare
from tutoring.policy.moderation.actions import ACTION_RULES, DECISION, REASONS, UNDONE
from tutoring.policy.moderation.cases import GRADES, KINDS, OUTCOMES

TARGETS = ("message", "person", "room", "lesson", "pair", "site")
PLACES = ("room", "formerly", "near", "outside")
OPEN = "state = 'open'"
WELFARE = "welfare:"
PUBLISHED = "answer:"
REPLY = "reply:"


class Case(Model):
    """One matter for moderators; reports of the same target share one open case."""

    __tablename__ = "report_case"
    __table_args__ = (
        value_check("kind", *TARGETS),
        value_check("grade", *GRADES),
        value_check("state", "open", "decided"),
        value_check("outcome", "", *OUTCOMES),
        sa.CheckConstraint("alarm BETWEEN 0 AND 2", name="alarm"),
        sa.CheckConstraint(
            "(state = 'decided') = (outcome <> '') AND (decided_at IS NULL) = (outcome = '')", name="decided"
        ),
        sa.Index("uq_report_case_open", "kind", "target", unique=True,
                 sqlite_where=sa.text(OPEN), postgresql_where=sa.text(OPEN)),
        sa.Index("ix_report_case_state", "state", "unit_id"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]  # of the target
    target: Mapped[str]  # "7/3": message 3 of room 7 · the id of a person, room or lesson · "1:2": a pair
    room_id: Mapped[int | None] = mapped_column(sa.ForeignKey("room.id", ondelete="SET NULL"))
    unit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("unit.id"))
    about_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"), index=True)
    minors: Mapped[bool]  # a child reports, is reported, or sits in the room
    grade: Mapped[str]
    state: Mapped[str] = mapped_column(default="open")
    opened_at: Mapped[datetime] = mapped_column(default=clock.now)
    look_by: Mapped[datetime]
    decide_by: Mapped[datetime]
    looked_at: Mapped[datetime | None]
    looked_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    alarm: Mapped[int] = mapped_column(default=0)  # who was alerted: 1 coordinators, 2 also site admins
    acts: Mapped[list[Any]] = mapped_column(default=list)  # automatic measures, with what undoes them
    reasons: Mapped[list[Any]] = mapped_column(default=list)  # of the risk, as text
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    outcome: Mapped[str] = mapped_column(default="")
    words: Mapped[str] = mapped_column(default="", info={"personal": "text"})
    # The text for reporters, if it differs from the one for the subject; and the text for guardians, if notified.
    reply: Mapped[str] = mapped_column(default="", server_default="", info={"personal": "text"})
    family_words: Mapped[str] = mapped_column(default="", server_default="", info={"personal": "text"})
    claimed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    claimed_until: Mapped[datetime | None]  # until then no other user decides or acts

    unit: Mapped[Unit | None] = relationship()
    about: Mapped[User | None] = relationship(foreign_keys=[about_id])
    claimed_by: Mapped[User | None] = relationship(foreign_keys=[claimed_by_id])
    welfare: Mapped[Welfare | None] = relationship()

    @property
    def is_welfare(self) -> bool:
        """Whether the case protects a user who wrote of danger.

        "welfare:7:12" is user 12 in room 7 (0: elsewhere). No user is reported in it.
        """
        return self.kind == "site" and self.target.startswith(WELFARE)

    @property
    def in_circle(self) -> bool:
        """Whether the case is about text in a parent circle: "circle:3:7" is answer 7 of topic 3."""
        return self.kind == "site" and self.target.startswith("circle:")

    @property
    def in_published_answer(self) -> bool:
        """Whether the case is about a published answer: "answer:7" is the seventh."""
        return self.kind == "site" and self.target.startswith(PUBLISHED)

    @property
    def in_reply(self) -> bool:
        """Whether the case is about an answer to a request: "reply:7" is the seventh."""
        return self.kind == "site" and self.target.startswith(REPLY)

    @property
    def seq(self) -> int:
        """The number of the message that the case is about; 0 if there is none."""
        return int(self.target.partition("/")[2]) if self.kind == "message" else 0


class Report(Model):
    """A report by one user. Staff who work on the case never see who reported."""

    __tablename__ = "report"
    __table_args__ = (
        value_check("kind", *KINDS),
        value_check("place", *PLACES),
        value_check("family", "none", "later", "never"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("report_case.id", ondelete="CASCADE"), index=True)
    by_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("user.id", ondelete="SET NULL"), index=True, info={"personal": "who reported"}
    )
    kind: Mapped[str]
    words: Mapped[str] = mapped_column(default="", info={"personal": "text"})
    at: Mapped[datetime] = mapped_column(default=clock.now)
    place: Mapped[str]  # the reporter's relation to the target: all that moderators learn
    from_child: Mapped[bool]
    family: Mapped[str] = mapped_column(default="none")  # what a child's guardian learns: after the decision, or never
    # Keyed digests of browser and network: one person with three accounts counts once. The decision deletes them.
    marks: Mapped[list[Any]] = mapped_column(default=list, info={"personal": "device"})

    case: Mapped[Case] = relationship()


class Evidence(Model):
    """The encrypted messages of a room at one moment; their digests are in the audit chain."""

    __tablename__ = "evidence"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("report_case.id", ondelete="CASCADE"), index=True)
    room_id: Mapped[int]
    at: Mapped[datetime] = mapped_column(default=clock.now)
    rows: Mapped[int]
    sealed: Mapped[bytes] = mapped_column(info={"personal": "text", "sealed": "case:{case_id}"})


class ModerationAction(Model):
    """A moderation action, within a case or in an observed room, with what undoes it."""

    __tablename__ = "desk_act"
    __table_args__ = (
        value_check("kind", *ACTION_RULES, DECISION),
        value_check("reason", *REASONS),
        value_check("undone_for", *UNDONE),
        sa.CheckConstraint("(undone_at IS NULL) = (undone_for = '')", name="undone"),
        sa.Index("ix_desk_act_message", "room_id", "seq"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    case_id: Mapped[int | None] = mapped_column(sa.ForeignKey("report_case.id", ondelete="SET NULL"), index=True)
    room_id: Mapped[int | None] = mapped_column(sa.ForeignKey("room.id", ondelete="SET NULL"))
    unit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("unit.id"))
    seq: Mapped[int | None]  # of the message
    about_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"), index=True)
    toward_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"))  # of a pair
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))
    reason: Mapped[str]
    words: Mapped[str] = mapped_column(default="", info={"personal": "text"})  # read by both sides
    at: Mapped[datetime] = mapped_column(default=clock.now)
    until: Mapped[datetime | None]
    was: Mapped[dict[str, Any]] = mapped_column(default=dict, info={"personal": "what undoes it"})
    seen_at: Mapped[datetime | None]  # when the subject read of it
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))  # None: it expired
    undone_for: Mapped[str] = mapped_column(default="")
    undone_words: Mapped[str] = mapped_column(default="", info={"personal": "text"})

    case: Mapped[Case | None] = relationship()
    about: Mapped[User | None] = relationship(foreign_keys=[about_id])
    toward: Mapped[User | None] = relationship(foreign_keys=[toward_id])
    by: Mapped[User] = relationship(foreign_keys=[by_id])
    undone_by: Mapped[User | None] = relationship(foreign_keys=[undone_by_id])

    @property
    def stands(self) -> bool:
        """Whether it is in effect: not undone and not expired."""
        return self.undone_at is None and (self.until is None or self.until > clock.now())
