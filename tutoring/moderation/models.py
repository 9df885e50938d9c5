"""Tables of reports: what people report, the case that comes of it, and the evidence kept for it."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tutoring.accounts.models import User
from tutoring.community.models import Unit
from tutoring.kernel import clock
from tutoring.kernel.db import Model, one_of
from tutoring.policy.moderation import GRADES, KINDS, OUTCOMES
from tutoring.rooms.models import Room

TARGETS = ("message", "person", "room", "lesson", "pair", "site")
PLACES = ("room", "formerly", "near", "outside")
OPEN = "state = 'open'"
WAITING = "agreed_at IS NULL AND declined_at IS NULL"
UNTOLD = "agreed_at IS NOT NULL AND told_at IS NULL"


class Case(Model):
    """One thing that somebody has to look at; reports of the same thing meet in one open case."""

    __tablename__ = "report_case"
    __table_args__ = (
        one_of("kind", *TARGETS),
        one_of("grade", *GRADES),
        one_of("state", "open", "decided"),
        one_of("outcome", "", *OUTCOMES),
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
    target: Mapped[str]  # "7/3" message 3 of room 7 · a person's, room's or lesson's id · "1:2" of a pair
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
    alarm: Mapped[int] = mapped_column(default=0)  # who was alarmed: 1 coordinators, 2 site admins too
    acts: Mapped[list[Any]] = mapped_column(default=list)  # first actions, with what undoes them
    reasons: Mapped[list[Any]] = mapped_column(default=list)  # of the risk, in words
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    outcome: Mapped[str] = mapped_column(default="")
    words: Mapped[str] = mapped_column(default="", info={"personal": "text"})

    unit: Mapped[Unit | None] = relationship()
    about: Mapped[User | None] = relationship(foreign_keys=[about_id])


class Report(Model):
    """What one person reports. Who it was is shown to nobody who works on the case."""

    __tablename__ = "report"
    __table_args__ = (one_of("kind", *KINDS), one_of("place", *PLACES), one_of("family", "none", "later", "never"))

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("report_case.id", ondelete="CASCADE"), index=True)
    by_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("user.id", ondelete="SET NULL"), index=True, info={"personal": "who reported"}
    )
    kind: Mapped[str]
    words: Mapped[str] = mapped_column(default="", info={"personal": "text"})
    at: Mapped[datetime] = mapped_column(default=clock.now)
    place: Mapped[str]  # where the reporter stands to it: all that the desk is told of them
    from_child: Mapped[bool]
    family: Mapped[str] = mapped_column(default="none")  # what a child's guardian learns: after the decision, or never
    # Keyed digests of browser and network, so that one person with three accounts counts once; gone with the decision.
    marks: Mapped[list[Any]] = mapped_column(default=list, info={"personal": "device"})

    case: Mapped[Case] = relationship()


class Evidence(Model):
    """The messages of a room as they stood at that moment, sealed; their digests stand in the audit chain."""

    __tablename__ = "evidence"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("report_case.id", ondelete="CASCADE"), index=True)
    room_id: Mapped[int]
    at: Mapped[datetime] = mapped_column(default=clock.now)
    rows: Mapped[int]
    sealed: Mapped[bytes] = mapped_column(info={"personal": "text"})


class OpenedReading(Model):
    """Somebody asks to read a room that they ordinarily may not read; with a second person's yes it is open to them
    for a while."""

    __tablename__ = "opened_reading"
    __table_args__ = (
        sa.CheckConstraint("(agreed_at IS NULL) = (until IS NULL)", name="agreed"),
        sa.CheckConstraint("agreed_by_id <> asked_by_id", name="two"),
        sa.CheckConstraint("agreed_at IS NULL OR declined_at IS NULL", name="one_answer"),
        sa.Index("uq_opened_reading_waiting", "room_id", "asked_by_id", unique=True,
                 sqlite_where=sa.text(WAITING), postgresql_where=sa.text(WAITING)),
        sa.Index("ix_opened_reading_untold", "agreed_at", sqlite_where=sa.text(UNTOLD),
                 postgresql_where=sa.text(UNTOLD)),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    room_id: Mapped[int] = mapped_column(sa.ForeignKey("room.id", ondelete="CASCADE"))
    asked_by_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"), index=True)
    reason: Mapped[str] = mapped_column(info={"personal": "text"})
    at: Mapped[datetime] = mapped_column(default=clock.now)
    agreed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    agreed_at: Mapped[datetime | None]
    until: Mapped[datetime | None]
    declined_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    declined_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]  # when the people of the room were told

    room: Mapped[Room] = relationship()
    asked_by: Mapped[User] = relationship(foreign_keys=[asked_by_id])
    agreed_by: Mapped[User | None] = relationship(foreign_keys=[agreed_by_id])

    @property
    def is_open(self) -> bool:
        """Whether the one who asked may read now."""
        return self.until is not None and self.until > clock.now()
