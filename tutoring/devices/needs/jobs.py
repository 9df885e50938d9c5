"""Nightly job of needs: expired bases, unconfirmed needs, retention.

Also ends needs of people who leave a ward or are suspended, or whose consent is withdrawn.
"""

from datetime import time
from typing import Any

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.community.memberships.queries import reached
from tutoring.devices.events import BasisEnded, BasisEnding
from tutoring.devices.loans.models import DeviceThanks, Handover
from tutoring.devices.models import Device, DeviceMove
from tutoring.devices.needs.home_units import home_of
from tutoring.devices.needs.models import DeviceNeed
from tutoring.devices.needs.transitions import end_need, wait_again, without_basis
from tutoring.devices.vouchers.models import InternetVoucher
from tutoring.kernel import clock, jobs
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.events import publish
from tutoring.policy.devices.needs import BASIS_KEPT, BASIS_TOLD, NEED_KEPT, OPEN, UNCONFIRMED

AT_ONCE = 500


@jobs.daily("devices.needs", time(3, 40))
def _night(_payload: dict[str, Any]) -> None:
    tidy_needs()


@command
def tidy_needs() -> None:
    """Runs all time limits of needs, with a limited number a night to keep the job short."""
    _end_bases()
    _publish_ending_bases()
    _lapse()
    _forget()


def _some(*which: sa.ColumnElement[bool]) -> list[DeviceNeed]:
    query = sa.select(DeviceNeed).where(*which).order_by(DeviceNeed.id).limit(AT_ONCE)
    return list(db.session.scalars(query.with_for_update(skip_locked=True)))


def _end_bases() -> None:
    """Returns needs with an expired basis to confirmation.

    Needs that two people have approved stay approved.
    """
    for row in _some(DeviceNeed.state.in_(("confirmed", "proposed")), DeviceNeed.valid_until < clock.today()):
        if row.state == "proposed":
            wait_again(row)
        else:
            without_basis(row)
        db.session.flush()
        publish(BasisEnded(row.id, row.unit_id, row.ward_id, row.receiver_id))


def _publish_ending_bases() -> None:
    """Publishes all bases that end soon; recipients already notified are not notified again."""
    today, last = clock.today(), 0
    soon = DeviceNeed.valid_until.between(today, today + BASIS_TOLD)
    ending = sa.select(DeviceNeed).where(DeviceNeed.state.in_(("confirmed", "proposed")), soon)
    while rows := db.session.scalars(ending.where(DeviceNeed.id > last).order_by(DeviceNeed.id).limit(AT_ONCE)).all():
        for row in rows:
            assert row.valid_until is not None
            publish(BasisEnding(row.id, row.unit_id, row.ward_id, row.receiver_id, row.valid_until))
        last = rows[-1].id


def _lapse() -> None:
    for row in _some(DeviceNeed.state == "asked", DeviceNeed.state_since < clock.now() - UNCONFIRMED):
        end_need(row, "lapsed")


def _forget() -> None:
    now = clock.now()
    old = sa.and_(DeviceNeed.ended_at < now - BASIS_KEPT, DeviceNeed.basis != "")
    nothing = {"basis": "", "confirmed_by_id": None, "confirmed_on": None, "valid_until": None, "although": ""}
    db.session.execute(sa.update(DeviceNeed).where(old).values(**nothing))
    given = [
        sa.exists().where(table.need_id == DeviceNeed.id)
        for table in (Device, DeviceMove, InternetVoucher, Handover, DeviceThanks)
    ]
    gone = sa.select(DeviceNeed.id).where(DeviceNeed.ended_at < now - NEED_KEPT, ~sa.or_(*given))
    ids = list(db.session.scalars(gone.order_by(DeviceNeed.id).limit(AT_ONCE)))
    db.session.execute(sa.delete(DeviceNeed).where(DeviceNeed.id.in_(ids)))


# ---- people who leave -----------------------------------------------------------------------------------------


@command
def leave_ward(user_id: int) -> None:
    """Withdraws the unapproved needs of a user who left a unit, if they left the ward with it.

    They may ask again in the ward where they live now.
    """
    mine = sa.or_(DeviceNeed.person_id == user_id, DeviceNeed.receiver_id == user_id)
    for row in _some(mine, DeviceNeed.state.in_(("asked", "confirmed", "proposed"))):
        person = db.session.get_one(User, row.person_id)
        if row.ward_id in reached(person.id):
            continue
        home = home_of(person)
        if home is None or home.ward_id != row.ward_id:
            end_need(row, "withdrawn")


@command
def stop_needs_of(user_id: int, what: str) -> None:
    """Stops needs when an account is suspended or consent is withdrawn.

    If `what` is "suspended", proposed needs wait again and nothing is approved meanwhile. Otherwise ("consent"), all
    open needs for this person end.
    """
    if what == "suspended":
        mine = sa.or_(DeviceNeed.person_id == user_id, DeviceNeed.receiver_id == user_id)
        for row in _some(mine, DeviceNeed.state == "proposed"):
            wait_again(row)
        return
    for row in _some(DeviceNeed.person_id == user_id, DeviceNeed.state.in_(OPEN)):
        end_need(row, "withdrawn")
