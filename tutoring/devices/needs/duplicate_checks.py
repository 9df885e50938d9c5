"""Checks whether a person or household already has what a need asks for."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from tutoring.accounts.models import Guardian
from tutoring.devices.loans.models import DeviceLoan
from tutoring.devices.models import Device
from tutoring.devices.needs.models import DeviceNeed
from tutoring.devices.vouchers.models import InternetBatch, InternetVoucher
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.policy.devices.needs import GIVEN_BEFORE

OWN = ("own_loan", "own_gift", "own_voucher")  # if one of these is found, nothing more is proposed
MAX_VOUCHER_DAYS = 400  # days that a voucher works at most


def household(row: DeviceNeed) -> set[int]:
    """Returns the person, the receiver, the person's guardians and the children of all these."""
    first = {row.person_id, row.receiver_id}
    up = sa.select(Guardian.guardian_id).where(Guardian.child_id.in_(first), Guardian.confirmed_at.is_not(None))
    grown = first | {one for one in db.session.scalars(up.order_by(Guardian.id)) if one is not None}
    down = sa.select(Guardian.child_id).where(Guardian.guardian_id.in_(grown), Guardian.confirmed_at.is_not(None))
    return grown | set(db.session.scalars(down.order_by(Guardian.id)))


def duplicates(row: DeviceNeed) -> list[str]:
    """Returns what this family already has, as label ids without a name.

    The number of queries is constant.
    """
    family = household(row)
    found = _devices(row, family)
    if row.kind == "internet":
        found += _vouchers(row, family)
    if _another_need(row, family):
        found.append("family_need")
    if row.elsewhere and row.kind == "device":
        found.append("elsewhere")
    return found


def own(found: list[str]) -> str:
    """Returns what the person already has, or ""."""
    return next((one for one in found if one in OWN), "")


def _devices(row: DeviceNeed, family: set[int]) -> list[str]:
    """Returns devices lent to the family now or given recently; for internet, routers."""
    loans = (
        sa.select(DeviceLoan.person_id, DeviceLoan.receiver_id)
        .join(DeviceNeed, DeviceNeed.id == DeviceLoan.need_id)
        .where(
            DeviceLoan.state == "open", DeviceNeed.kind == row.kind,
            sa.or_(DeviceLoan.person_id.in_(family), DeviceLoan.receiver_id.in_(family)),
        )
    )  # fmt: skip
    gifts = (
        sa.select(DeviceNeed.person_id, DeviceNeed.receiver_id)
        .join(Device, Device.need_id == DeviceNeed.id)
        .where(
            Device.state == "given", DeviceNeed.met_at > clock.now() - GIVEN_BEFORE, DeviceNeed.kind == row.kind,
            sa.or_(DeviceNeed.person_id.in_(family), DeviceNeed.receiver_id.in_(family)),
        )
    )  # fmt: skip
    return [
        *_whose("loan", row, _pairs(loans.order_by(DeviceLoan.id))),
        *_whose("gift", row, _pairs(gifts.order_by(DeviceNeed.id))),
    ]


def _pairs(query: Any) -> list[tuple[int, int]]:
    return [(person_id, receiver_id) for person_id, receiver_id in db.session.execute(query)]


def _vouchers(row: DeviceNeed, family: set[int]) -> list[str]:
    """Returns vouchers that still work: until the days of their batch are over, opened or not."""
    query = (
        sa.select(DeviceNeed.person_id, DeviceNeed.receiver_id, InternetVoucher.assigned_at, InternetBatch.days)
        .join(InternetVoucher, InternetVoucher.need_id == DeviceNeed.id)
        .join(InternetBatch, InternetBatch.id == InternetVoucher.batch_id)
        .where(
            InternetVoucher.state.in_(("assigned", "opened", "used")), DeviceNeed.id != row.id,
            InternetVoucher.assigned_at > clock.now() - timedelta(days=MAX_VOUCHER_DAYS),
            sa.or_(DeviceNeed.person_id.in_(family), DeviceNeed.receiver_id.in_(family)),
        )
    )  # fmt: skip
    now = clock.now()
    found = db.session.execute(query.order_by(DeviceNeed.id)).all()
    running = [(one[0], one[1]) for one in found if one[2] is not None and one[2] + timedelta(days=one[3]) > now]
    return _whose("voucher", row, running)


def _whose(what: str, row: DeviceNeed, pairs: Sequence[tuple[int, int]]) -> list[str]:
    """Returns whether the person has it, and whether another family member does."""
    mine = [f"own_{what}"] if any(person == row.person_id for person, _ in pairs) else []
    theirs = [f"family_{what}"] if any(person != row.person_id for person, _ in pairs) else []
    return [*mine, *theirs]


def _another_need(row: DeviceNeed, family: set[int]) -> bool:
    query = sa.select(DeviceNeed.id).where(
        DeviceNeed.id != row.id, DeviceNeed.kind == row.kind, DeviceNeed.state.in_(("proposed", "approved")),
        sa.or_(DeviceNeed.person_id.in_(family), DeviceNeed.receiver_id.in_(family)),
    )  # fmt: skip
    return db.session.scalar(query.limit(1)) is not None
