"""Tables of handover points, handovers, loans and thanks."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tutoring.accounts.models import User
from tutoring.devices.models import CONDITIONS, Device
from tutoring.devices.needs.models import DeviceNeed
from tutoring.kernel import clock
from tutoring.kernel.db import Model, value_check
from tutoring.kernel.encryption import EncryptedText

HANDOVER_STATES = ("planned", "done", "missed", "cancelled")
PRESENT_BY = ("number", "passphrase")  # how the receiver proved to be present
LOAN_STATES = ("open", "returned", "lost")
LOSS_KINDS = ("lost", "stolen", "broken")
THANKS_STATES = ("waiting", "passed", "refused", "withdrawn")


class HandoverPoint(Model):
    """A public place of a ward at which devices change hands.

    Staff enter it; it must not be a private home.
    """

    __tablename__ = "handover_point"

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"), index=True)
    name: Mapped[str]
    address: Mapped[str]
    closed: Mapped[bool] = mapped_column(default=False)  # no longer offered for new handovers


class Handover(Model):
    """A device is handed to its adult receiver at a public place.

    Its record number counts within the ward and the year.
    """

    __tablename__ = "device_handover"
    __table_args__ = (
        value_check("state", *HANDOVER_STATES),
        sa.CheckConstraint("present_by IS NULL OR present_by IN ('number', 'passphrase')", name="present"),
        sa.CheckConstraint("(state = 'done') = (present_by IS NOT NULL)", name="done"),
        sa.CheckConstraint("state <> 'done' OR (by_id IS NOT NULL AND done_at IS NOT NULL AND record IS NOT NULL)",
                           name="record"),
        sa.Index("uq_handover_planned", "device_id", unique=True, sqlite_where=sa.text("state = 'planned'"),
                 postgresql_where=sa.text("state = 'planned'")),
        sa.Index("ix_handover_at", "state", "at"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    device_id: Mapped[int] = mapped_column(sa.ForeignKey("device.id"), index=True)
    need_id: Mapped[int] = mapped_column(sa.ForeignKey("device_need.id"), index=True)
    receiver_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"), index=True)
    point_id: Mapped[int] = mapped_column(sa.ForeignKey("handover_point.id"))
    at: Mapped[datetime]
    planner_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))
    number: Mapped[str | None] = mapped_column(
        "number_sealed", EncryptedText("handover.number"), deferred=True, info={"personal": "secret"}
    )
    state: Mapped[str] = mapped_column(default="planned")
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    present_by: Mapped[str | None]
    done_at: Mapped[datetime | None]
    record: Mapped[str | None] = mapped_column(unique=True)
    condition: Mapped[str] = mapped_column(default="")
    accessories: Mapped[list[Any]] = mapped_column(default=list)
    note: Mapped[str] = mapped_column(default="", info={"personal": "text"})

    device: Mapped[Device] = relationship(foreign_keys=[device_id])
    need: Mapped[DeviceNeed] = relationship(foreign_keys=[need_id])
    receiver: Mapped[User] = relationship(foreign_keys=[receiver_id])
    point: Mapped[HandoverPoint] = relationship(foreign_keys=[point_id])


class DeviceLoan(Model):
    """A device that is with a family until a date.

    A device and a need each have at most one open loan.
    """

    __tablename__ = "device_loan"
    __table_args__ = (
        value_check("state", *LOAN_STATES),
        sa.CheckConstraint("(state = 'open') = (ended_on IS NULL)", name="ended"),
        sa.CheckConstraint("due_on >= from_on", name="due"),
        sa.CheckConstraint("told IN ('', 'lost', 'stolen', 'broken')", name="told"),
        sa.CheckConstraint("renewals BETWEEN 0 AND 9", name="renewals"),
        sa.CheckConstraint(f"condition_back IN ('', {', '.join(repr(one) for one in CONDITIONS)})", name="back"),
        sa.Index("uq_device_loan_open", "device_id", unique=True, sqlite_where=sa.text("state = 'open'"),
                 postgresql_where=sa.text("state = 'open'")),
        sa.Index("ix_device_loan_due", "state", "due_on"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    device_id: Mapped[int] = mapped_column(sa.ForeignKey("device.id"), index=True)
    need_id: Mapped[int] = mapped_column(sa.ForeignKey("device_need.id"), unique=True)
    handover_id: Mapped[int] = mapped_column(sa.ForeignKey("device_handover.id"), unique=True)
    receiver_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"), index=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"), index=True)
    from_on: Mapped[date]
    due_on: Mapped[date]
    renewals: Mapped[int] = mapped_column(default=0)
    renewal_asked_at: Mapped[datetime | None]  # set while the renewal waits for the ward's answer
    state: Mapped[str] = mapped_column(default="open")
    told: Mapped[str] = mapped_column(default="")  # reported by the family: lost, stolen or broken
    told_at: Mapped[datetime | None]
    ended_on: Mapped[date | None]
    ended_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    condition_back: Mapped[str] = mapped_column(default="")
    accessories_back: Mapped[list[Any]] = mapped_column(default=list)

    device: Mapped[Device] = relationship(foreign_keys=[device_id])
    need: Mapped[DeviceNeed] = relationship(foreign_keys=[need_id])
    receiver: Mapped[User] = relationship(foreign_keys=[receiver_id])
    person: Mapped[User] = relationship(foreign_keys=[person_id])


class DeviceThanks(Model):
    """A message from a family to the donor of its device, or back.

    Staff read it first. Neither side learns who the other is.
    """

    __tablename__ = "device_thanks"
    __table_args__ = (
        value_check("side", "family", "donor"),
        value_check("state", *THANKS_STATES),
        sa.CheckConstraint("decided_by_id IS NULL OR decided_by_id <> by_id", name="other"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    device_id: Mapped[int] = mapped_column(sa.ForeignKey("device.id"), index=True)
    need_id: Mapped[int] = mapped_column(sa.ForeignKey("device_need.id"), index=True)  # identifies the family
    side: Mapped[str]
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"), index=True)
    words: Mapped[str] = mapped_column(info={"personal": "text"})
    state: Mapped[str] = mapped_column(default="waiting")
    said: Mapped[str] = mapped_column(default="", info={"personal": "text"})  # by staff, with a refusal
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    decided_at: Mapped[datetime | None]

    device: Mapped[Device] = relationship(foreign_keys=[device_id])
    need: Mapped[DeviceNeed] = relationship(foreign_keys=[need_id])
