"""Tables of offers, of devices, and of every move a device made."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tutoring.accounts.models import User
from tutoring.community.models import Unit
from tutoring.kernel import clock
from tutoring.kernel.db import Model, value_check
from tutoring.kernel.encryption import EncryptedText
from tutoring.policy.devices.inventory import ENDS, FOR_A_NEED, KINDS, STATES, TERMS, WIPED

OFFER_STATES = ("waiting", "accepted", "declined", "withdrawn")
CONDITIONS = ("good", "worn", "faulty")
# what a device lacks or what is wrong with it
MISSING = ("charger", "battery", "keyboard", "screen", "locked", "storage")


def listed(words: frozenset[str]) -> str:
    """Returns these words as an SQL list in a stable order."""
    return ", ".join(f"'{word}'" for word in sorted(words))


LIVE = f"state NOT IN ({listed(ENDS)})"


class DeviceOffer(Model):
    """An offer of one or more devices of one kind, given or lent.

    The donor is a user, or only a `donor_name` recorded by staff. With `story_code`, a donor without an account can
    read what became of the devices.
    """

    __tablename__ = "device_offer"
    __table_args__ = (
        value_check("kind", *KINDS),
        value_check("terms", *TERMS),
        value_check("condition", *CONDITIONS),
        value_check("state", *OFFER_STATES),
        sa.CheckConstraint("count BETWEEN 1 AND 50", name="count"),
        sa.CheckConstraint("terms = 'loan' OR lend_until IS NULL", name="until"),
        sa.Index("ix_device_offer_of_unit", "unit_id", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"))  # the ward that receives the offer
    donor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"), index=True)
    # of a donor without an account; for staff only
    donor_name: Mapped[str] = mapped_column(default="", info={"personal": "name"})
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))  # the user who filled in the form
    story_code: Mapped[str] = mapped_column(unique=True, info={"personal": "secret"})
    kind: Mapped[str]
    terms: Mapped[str]
    lend_until: Mapped[date | None]
    count: Mapped[int] = mapped_column(default=1)
    condition: Mapped[str]
    missing: Mapped[list[Any]] = mapped_column(default=list)  # of MISSING
    words: Mapped[str] = mapped_column(default="", info={"personal": "text"})
    state: Mapped[str] = mapped_column(default="waiting")
    said: Mapped[str] = mapped_column(default="", info={"personal": "text"})  # by staff to the donor, with the answer
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    decided_at: Mapped[datetime | None]

    unit: Mapped[Unit] = relationship(foreign_keys=[unit_id])
    donor: Mapped[User | None] = relationship(foreign_keys=[donor_id])
    devices: Mapped[list["Device"]] = relationship(back_populates="offer", order_by="Device.id")


class OfferPicture(Model):
    """A re-encoded picture of an offered device.

    The donor promised that it shows no faces. It is deleted 30 days after the offer is decided.
    """

    __tablename__ = "offer_picture"

    id: Mapped[int] = mapped_column(primary_key=True)
    offer_id: Mapped[int] = mapped_column(sa.ForeignKey("device_offer.id", ondelete="CASCADE"), index=True)
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))
    file: Mapped[str] = mapped_column(info={"personal": "file"})
    width: Mapped[int]
    height: Mapped[int]
    at: Mapped[datetime] = mapped_column(default=clock.now)


class Device(Model):
    """One device, in exactly one state.

    Its state changes only through `devices.inventory.ledger.move`, which records every move.
    """

    __tablename__ = "device"
    __table_args__ = (
        value_check("kind", *KINDS),
        value_check("terms", *TERMS),
        value_check("state", *STATES),
        sa.CheckConstraint(f"(state IN ({listed(FOR_A_NEED)})) = (need_id IS NOT NULL)", name="need"),
        sa.CheckConstraint(f"(state IN ({listed(WIPED)})) = (wipe_id IS NOT NULL)", name="wiped"),
        sa.CheckConstraint("state <> 'given' OR terms = 'gift'", name="given"),
        sa.CheckConstraint("moves >= 1", name="moves"),
        sa.Index("uq_device_need", "need_id", unique=True, sqlite_where=sa.text("need_id IS NOT NULL"),
                 postgresql_where=sa.text("need_id IS NOT NULL")),
        sa.Index("uq_device_serial", "serial_mark", unique=True, sqlite_where=sa.text(LIVE),
                 postgresql_where=sa.text(LIVE)),
        sa.Index("uq_device_imei", "imei_mark", unique=True, sqlite_where=sa.text(LIVE),
                 postgresql_where=sa.text(LIVE)),
        sa.Index("ix_device_of_unit", "unit_id", "state", "id"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)  # on its label, and in the address of its starter page
    offer_id: Mapped[int] = mapped_column(sa.ForeignKey("device_offer.id"), index=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"))  # the ward that owns the store
    kind: Mapped[str]
    terms: Mapped[str]
    lend_until: Mapped[date | None]  # the date by which its donor wants it back
    model: Mapped[str] = mapped_column(default="")
    serial: Mapped[str | None] = mapped_column("serial_sealed", EncryptedText("device.serial"), deferred=True)
    serial_mark: Mapped[str | None]
    imei: Mapped[str | None] = mapped_column("imei_sealed", EncryptedText("device.imei"), deferred=True)
    imei_mark: Mapped[str | None]
    state: Mapped[str] = mapped_column(default="offered")
    state_since: Mapped[datetime] = mapped_column(default=clock.now)
    moves: Mapped[int] = mapped_column(default=1)  # the number of its newest move
    need_id: Mapped[int | None] = mapped_column(sa.ForeignKey("device_need.id"))
    wipe_id: Mapped[int | None] = mapped_column(sa.ForeignKey("device_wipe.id", use_alter=True))
    accessories: Mapped[list[Any]] = mapped_column(default=list)  # of ACCESSORIES, those stored with the device

    offer: Mapped[DeviceOffer] = relationship(back_populates="devices")
    unit: Mapped[Unit] = relationship(foreign_keys=[unit_id])
    wipe: Mapped["DeviceWipe | None"] = relationship(foreign_keys=[wipe_id])


ACCESSORIES = ("charger", "cable", "case", "keyboard", "mouse", "sim_pin", "earphones", "bag")


class DeviceMove(Model):
    """One move in a device's history; never changed.

    `n` counts from 1 without a gap. Each move begins in the state in which the previous one ended, so the history adds
    up to the current state.
    """

    __tablename__ = "device_move"
    __table_args__ = (
        sa.UniqueConstraint("device_id", "n"),
        sa.CheckConstraint("(n = 1) = (from_state = '')", name="first"),
        sa.CheckConstraint("from_state <> to_state", name="moves"),
        sa.CheckConstraint("to_state <> 'reserved' OR (second_id IS NOT NULL AND second_id <> by_id)", name="two"),
        sa.CheckConstraint("to_state NOT IN ('lent', 'given') OR (second_id IS NOT NULL AND second_id <> by_id)",
                           name="handed"),
        sa.CheckConstraint(f"to_state NOT IN ({listed(FOR_A_NEED)}) OR need_id IS NOT NULL", name="need"),
        sa.CheckConstraint(f"to_state NOT IN ({listed(WIPED)}) OR wipe_id IS NOT NULL", name="wiped"),
        sa.Index("ix_device_move_of_unit", "unit_id", "at"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    device_id: Mapped[int] = mapped_column(sa.ForeignKey("device.id"))
    n: Mapped[int]
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"))  # the unit at the time of the move
    from_state: Mapped[str]
    to_state: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=clock.now)
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"), index=True)
    second_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"), index=True)  # the proposer or the receiver
    need_id: Mapped[int | None] = mapped_column(sa.ForeignKey("device_need.id"))
    wipe_id: Mapped[int | None] = mapped_column(sa.ForeignKey("device_wipe.id"))
    why: Mapped[str] = mapped_column(default="")  # one of a few fixed words of the feature that made the move
    note: Mapped[str] = mapped_column(default="", info={"personal": "text"})  # by staff, about the device


class DeviceWipe(Model):
    """A record that a device holds no data of its previous user: what was done, and by whom."""

    __tablename__ = "device_wipe"

    id: Mapped[int] = mapped_column(primary_key=True)
    device_id: Mapped[int] = mapped_column(sa.ForeignKey("device.id"), index=True)
    after_move: Mapped[int]  # the move by which the device had last entered the store
    method: Mapped[str]
    checks: Mapped[list[Any]] = mapped_column(default=list)  # the ticked checks; all that its kind requires
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(default=clock.now)
    note: Mapped[str] = mapped_column(default="", info={"personal": "text"})
