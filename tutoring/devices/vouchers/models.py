"""Tables of sponsored internet: voucher batches and vouchers."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tutoring.accounts.models import User
from tutoring.community.models import Unit
from tutoring.devices.needs.models import DeviceNeed
from tutoring.kernel import clock
from tutoring.kernel.db import Model, value_check
from tutoring.kernel.encryption import EncryptedText

NETWORKS = ("viettel", "vinaphone", "mobifone", "vietnamobile", "any")
VOUCHER_STATES = ("free", "assigned", "opened", "used", "failed", "expired")


class InternetBatch(Model):
    """Vouchers that a sponsor gave to a ward or a city, imported from a file."""

    __tablename__ = "internet_batch"
    __table_args__ = (
        value_check("network", *NETWORKS),
        sa.CheckConstraint("gigabytes BETWEEN 1 AND 1000", name="gigabytes"),
        sa.CheckConstraint("days BETWEEN 1 AND 400", name="days"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    # the ward, or the city for all its wards
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"), index=True)
    sponsor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("unit.id"))  # a partner organisation
    sponsor: Mapped[str]  # its public name
    network: Mapped[str]
    gigabytes: Mapped[int]
    days: Mapped[int]  # validity of a voucher once it is used
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(default=clock.now)
    closed_at: Mapped[datetime | None]  # no voucher is given from it any more
    report_code: Mapped[str] = mapped_column(unique=True)

    unit: Mapped[Unit] = relationship(foreign_keys=[unit_id])


class InternetVoucher(Model):
    """One voucher.

    Its code is encrypted, shown to its family only, and deleted once it is used or useless.
    """

    __tablename__ = "internet_voucher"
    __table_args__ = (
        value_check("state", *VOUCHER_STATES),
        sa.CheckConstraint("state <> 'free' OR need_id IS NULL", name="free"),
        sa.CheckConstraint("state NOT IN ('assigned', 'opened') OR need_id IS NOT NULL", name="assigned"),
        sa.CheckConstraint("state NOT IN ('assigned', 'opened', 'used', 'failed') OR assigned_at IS NOT NULL",
                           name="given"),
        sa.CheckConstraint("state NOT IN ('opened', 'used', 'failed') OR opened_at IS NOT NULL", name="opened"),
        sa.CheckConstraint("(state IN ('used', 'failed', 'expired')) = (ended_at IS NOT NULL)", name="ended"),
        sa.CheckConstraint("ended_at IS NULL OR code_sealed IS NULL", name="code"),
        sa.Index("uq_internet_voucher_need", "need_id", unique=True, sqlite_where=sa.text("state <> 'failed'"),
                 postgresql_where=sa.text("state <> 'failed'")),
        sa.Index("ix_internet_voucher_free", "batch_id", "state", "id"),
        sa.Index("ix_internet_voucher_expiry", "state", "expires_on"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(sa.ForeignKey("internet_batch.id"))
    code: Mapped[str | None] = mapped_column(
        "code_sealed", EncryptedText("voucher.code"), deferred=True, info={"personal": "secret"}
    )
    code_mark: Mapped[str] = mapped_column(unique=True)  # a code is imported only once, across all files
    expires_on: Mapped[date]
    state: Mapped[str] = mapped_column(default="free")
    need_id: Mapped[int | None] = mapped_column(sa.ForeignKey("device_need.id"))
    # this and need_id are removed after two years
    receiver_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"), index=True)
    ward_id: Mapped[int | None] = mapped_column(sa.ForeignKey("unit.id"))  # the ward of that need
    assigned_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]  # as reported by the family
    ended_at: Mapped[datetime | None]  # when it was used, failed or expired

    batch: Mapped[InternetBatch] = relationship(foreign_keys=[batch_id])
    need: Mapped[DeviceNeed | None] = relationship(foreign_keys=[need_id])
    receiver: Mapped[User | None] = relationship(foreign_keys=[receiver_id])
