"""Table of the needs of families: a device or internet access."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tutoring.accounts.models import User
from tutoring.community.models import Unit
from tutoring.devices.models import Device
from tutoring.kernel import clock
from tutoring.kernel.db import Model, value_check
from tutoring.policy.devices.needs import AT_HOME, BASES, NEED_KINDS, NEED_STATES, WANTS


class DeviceNeed(Model):
    """One person needs a device or internet access.

    `receiver` is the adult who takes it: that person, or the guardian of a child.

    No document is ever requested or stored. Staff of the ward or school who know the family confirm the `basis` of its
    priority and until when it holds. Only staff who decide read the basis.
    """

    __tablename__ = "device_need"
    __table_args__ = (
        value_check("kind", *NEED_KINDS),
        value_check("wants", *WANTS),
        value_check("at_home", *AT_HOME),
        value_check("basis", "", *BASES),
        value_check("state", *NEED_STATES),
        sa.CheckConstraint("learners BETWEEN 1 AND 9", name="learners"),
        sa.CheckConstraint("(basis = '') = (confirmed_by_id IS NULL)", name="confirmed"),
        sa.CheckConstraint("basis = '' OR (confirmed_on IS NOT NULL AND valid_until IS NOT NULL)", name="days"),
        sa.CheckConstraint(
            "confirmed_by_id IS NULL OR (confirmed_by_id <> person_id AND confirmed_by_id <> receiver_id)",
            name="confirmed_other",
        ),
        sa.CheckConstraint(
            "state NOT IN ('proposed', 'approved') OR (proposed_by_id IS NOT NULL AND basis <> '')",
            name="proposed",
        ),
        sa.CheckConstraint("state NOT IN ('approved', 'met') OR (approved_by_id IS NOT NULL AND "
                           "approved_by_id <> proposed_by_id)", name="two"),
        sa.CheckConstraint("(state IN ('met', 'refused', 'withdrawn', 'lapsed')) = (ended_at IS NOT NULL)",
                           name="ended"),
        sa.Index("uq_device_need_open", "person_id", "kind", unique=True, sqlite_where=sa.text("ended_at IS NULL"),
                 postgresql_where=sa.text("ended_at IS NULL")),
        sa.Index("uq_device_need_proposed", "device_id", unique=True, sqlite_where=sa.text("state = 'proposed'"),
                 postgresql_where=sa.text("state = 'proposed'")),
        sa.Index("ix_device_need_of_ward", "ward_id", "state", "kind", "id"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"), index=True)
    receiver_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"), index=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"))  # a neighbourhood, a class, or the ward itself
    ward_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"))
    asked_by_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))  # the receiver, or staff for the family
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    wants: Mapped[str] = mapped_column(default="any")
    at_home: Mapped[str]  # what the family has now
    learners: Mapped[int] = mapped_column(default=1)  # people at home who learn or use online services
    elsewhere: Mapped[bool] = mapped_column(default=False)  # another programme gave them one in the last three years
    basis: Mapped[str] = mapped_column(default="", info={"personal": "basis"})
    confirmed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    confirmed_on: Mapped[date | None]
    valid_until: Mapped[date | None]
    state: Mapped[str] = mapped_column(default="asked")
    state_since: Mapped[datetime] = mapped_column(default=clock.now)
    proposed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    # the device proposed last
    device_id: Mapped[int | None] = mapped_column(sa.ForeignKey("device.id", use_alter=True))
    batch_id: Mapped[int | None] = mapped_column(sa.ForeignKey("internet_batch.id"))  # the batch of its voucher
    as_gift: Mapped[bool] = mapped_column(default=False)  # proposed as a gift
    although: Mapped[str] = mapped_column(default="", info={"personal": "text"})  # the reason, if they already have one
    approved_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    approved_at: Mapped[datetime | None]
    said: Mapped[str] = mapped_column(default="", info={"personal": "text"})  # by staff, with a refusal
    met_at: Mapped[datetime | None]  # when the device was handed over or the voucher given
    ended_at: Mapped[datetime | None]

    person: Mapped[User] = relationship(foreign_keys=[person_id])
    receiver: Mapped[User] = relationship(foreign_keys=[receiver_id])
    unit: Mapped[Unit] = relationship(foreign_keys=[unit_id])
    ward: Mapped[Unit] = relationship(foreign_keys=[ward_id])
    device: Mapped[Device | None] = relationship(foreign_keys=[device_id])
