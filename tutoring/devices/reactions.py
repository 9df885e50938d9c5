"""Reactions of devices to unit mergers, memberships, suspensions, consents and erasures.

Also cancels handovers of needs that ended, and gives vouchers to approved needs.
"""

import sqlalchemy as sa

from tutoring.accounts.events import AccountErased, ConsentWithdrawn
from tutoring.community.events import ClassesMoved, MembershipEnded, Suspended, UnitsMerged
from tutoring.community.year_ends.moved_rows import follow
from tutoring.devices.donations.commands import withdraw_all
from tutoring.devices.donations.queries import kept_names
from tutoring.devices.erasure import forget_person
from tutoring.devices.events import NeedApproved, NeedEnded, NeedReturnedToQueue
from tutoring.devices.handovers.transitions import cancel_for
from tutoring.devices.loans.models import HandoverPoint
from tutoring.devices.models import Device, DeviceOffer
from tutoring.devices.needs.jobs import leave_ward, stop_needs_of
from tutoring.devices.needs.models import DeviceNeed
from tutoring.devices.vouchers.commands import give_voucher
from tutoring.devices.vouchers.models import InternetBatch, InternetVoucher
from tutoring.kernel.db import db
from tutoring.kernel.events import on
from tutoring.rooms.hooks import file_owners


@on(UnitsMerged)
def move_stores_to_merged_unit(event: UnitsMerged) -> None:
    """Moves offers and devices to the store of the new ward.

    Each recorded move keeps the ward in which it was made.
    """
    for table in (DeviceOffer, Device):
        here = sa.update(table).where(table.unit_id == event.from_id)
        db.session.execute(here.values(unit_id=event.into_id))


@on(UnitsMerged)
def move_open_needs_to_merged_unit(event: UnitsMerged) -> None:
    """Moves open needs to the new unit; ended ones stay in the records of the old one."""
    still = DeviceNeed.ended_at.is_(None)
    near = sa.update(DeviceNeed).where(DeviceNeed.unit_id == event.from_id, still)
    db.session.execute(near.values(unit_id=event.into_id))
    ward = sa.update(DeviceNeed).where(DeviceNeed.ward_id == event.from_id, still)
    db.session.execute(ward.values(ward_id=event.into_id))


@on(ClassesMoved)
def move_needs_of_classes(event: ClassesMoved) -> None:
    follow(event, DeviceNeed.unit_id, DeviceNeed.person_id, DeviceNeed.ended_at.is_(None))


@on(UnitsMerged)
def move_points_to_merged_unit(event: UnitsMerged) -> None:
    """Moves handover points to the new unit; loans and handovers follow their devices."""
    points = sa.update(HandoverPoint).where(HandoverPoint.unit_id == event.from_id)
    db.session.execute(points.values(unit_id=event.into_id))


@on(UnitsMerged)
def move_vouchers_to_merged_unit(event: UnitsMerged) -> None:
    """Moves batches and vouchers to the new unit; the stored sponsor name does not change."""
    for column in (InternetBatch.unit_id, InternetBatch.sponsor_id, InternetVoucher.ward_id):
        gone = sa.update(column.class_).where(column == event.from_id)
        db.session.execute(gone.values({column: event.into_id}))


@on(NeedReturnedToQueue)
def cancel_handovers_of_reopened_need(event: NeedReturnedToQueue) -> None:
    cancel_for("need_id", event.need_id)


@on(NeedEnded)
def cancel_handovers_of_ended_need(event: NeedEnded) -> None:
    cancel_for("need_id", event.need_id)


@on(AccountErased)
def cancel_handovers_of_erased_user(event: AccountErased) -> None:
    """Cancels handovers planned for an erased account.

    Loans stay open: the signed record holds, and staff see that the account is closed.
    """
    cancel_for("receiver_id", event.user_id)


@on(MembershipEnded)
def withdraw_needs_of_departed_member(event: MembershipEnded) -> None:
    leave_ward(event.user_id)


@on(Suspended)
def pause_needs_of_suspended_user(event: Suspended) -> None:
    stop_needs_of(event.user_id, "suspended")


@on(ConsentWithdrawn)
def end_needs_after_consent_withdrawal(event: ConsentWithdrawn) -> None:
    if event.purpose == "profile":
        stop_needs_of(event.subject_id, "consent")


@on(AccountErased)
def erase_user_data(event: AccountErased) -> None:
    withdraw_all(event.user_id)
    forget_person(event.user_id)


file_owners.register(kept_names)


@on(NeedApproved)
def assign_voucher_to_approved_need(event: NeedApproved) -> None:
    if event.kind == "internet":
        give_voucher(event.need_id)
