"""Reactions of devices to unit mergers, memberships, suspensions, consents and erasures.

Also cancels handovers of needs that ended, and gives vouchers to approved needs.
"""

import sqlalchemy as sa

from tutoring.accounts.events import AccountErased, ConsentWithdrawn
from tutoring.community.events import MembershipEnded, Suspended, UnitsMerged
from tutoring.devices.donations import jobs as donations_jobs  # noqa: F401  # its daily work is known from here
from tutoring.devices.donations.commands import withdraw_all
from tutoring.devices.donations.queries import kept_names
from tutoring.devices.erasure import forget_person
from tutoring.devices.events import NeedApproved, NeedEnded, NeedPutBack
from tutoring.devices.handovers import jobs as handovers_jobs  # noqa: F401  (its nightly work)
from tutoring.devices.handovers.transitions import cancel_for
from tutoring.devices.loans.models import HandoverPoint
from tutoring.devices.models import Device, DeviceOffer
from tutoring.devices.needs.jobs import leave_ward, stop_needs_of
from tutoring.devices.needs.models import DeviceNeed
from tutoring.devices.vouchers.commands import give_voucher
from tutoring.devices.vouchers.models import InternetBatch, InternetVoucher
from tutoring.kernel.db import db
from tutoring.kernel.events import on
from tutoring.rooms.pictures import commands as pictures_commands


@on(UnitsMerged)
def stores_go_along(event: UnitsMerged) -> None:
    """Moves offers and devices to the store of the new ward.

    Each recorded move keeps the ward in which it was made.
    """
    for table in (DeviceOffer, Device):
        here = sa.update(table).where(table.unit_id == event.from_id)
        db.session.execute(here.values(unit_id=event.into_id))


@on(UnitsMerged)
def needs_go_along(event: UnitsMerged) -> None:
    """Moves open needs to the new unit; ended ones stay in the records of the old one."""
    still = DeviceNeed.ended_at.is_(None)
    near = sa.update(DeviceNeed).where(DeviceNeed.unit_id == event.from_id, still)
    db.session.execute(near.values(unit_id=event.into_id))
    ward = sa.update(DeviceNeed).where(DeviceNeed.ward_id == event.from_id, still)
    db.session.execute(ward.values(ward_id=event.into_id))


@on(UnitsMerged)
def points_go_along(event: UnitsMerged) -> None:
    """Moves handover points to the new unit; loans and handovers follow their devices."""
    points = sa.update(HandoverPoint).where(HandoverPoint.unit_id == event.from_id)
    db.session.execute(points.values(unit_id=event.into_id))


@on(UnitsMerged)
def vouchers_go_along(event: UnitsMerged) -> None:
    """Moves batches and vouchers to the new unit; the stored sponsor name does not change."""
    for column in (InternetBatch.unit_id, InternetBatch.sponsor_id, InternetVoucher.ward_id):
        gone = sa.update(column.class_).where(column == event.from_id)
        db.session.execute(gone.values({column: event.into_id}))


@on(NeedPutBack)
def nobody_comes_for_what_was_put_back(event: NeedPutBack) -> None:
    cancel_for("need_id", event.need_id)


@on(NeedEnded)
def nobody_comes_for_what_has_ended(event: NeedEnded) -> None:
    cancel_for("need_id", event.need_id)


@on(AccountErased)
def nobody_is_to_come_who_left(event: AccountErased) -> None:
    """Cancels handovers planned for an erased account.

    Loans stay open: the signed record holds, and staff see that the account is closed.
    """
    cancel_for("receiver_id", event.user_id)


@on(MembershipEnded)
def needs_stay_in_the_ward(event: MembershipEnded) -> None:
    leave_ward(event.user_id)


@on(Suspended)
def nothing_is_given_meanwhile(event: Suspended) -> None:
    stop_needs_of(event.user_id, "suspended")


@on(ConsentWithdrawn)
def needs_rest_on_the_account(event: ConsentWithdrawn) -> None:
    if event.purpose == "profile":
        stop_needs_of(event.subject_id, "consent")


@on(AccountErased)
def erase_with_the_account(event: AccountErased) -> None:
    withdraw_all(event.user_id)
    forget_person(event.user_id)


pictures_commands.keep_named(kept_names)


@on(NeedApproved)
def a_voucher_goes_to_the_need(event: NeedApproved) -> None:
    if event.kind == "internet":
        give_voucher(event.need_id)
