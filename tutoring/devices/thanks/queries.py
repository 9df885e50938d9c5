"""Queries for thanks: written by a user, received by a user, waiting for staff. No names."""

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload

from tutoring.accounts.models import User
from tutoring.community.units.scopes import in_subtree
from tutoring.devices.loans.models import DeviceThanks
from tutoring.devices.loans.queries import MAX_ROWS, PAGE, of_family
from tutoring.devices.models import Device, DeviceOffer
from tutoring.devices.needs.models import DeviceNeed
from tutoring.kernel.db import db
from tutoring.kernel.errors import NotFound
from tutoring.kernel.paging import Page

_SAID = (joinedload(DeviceThanks.device).joinedload(Device.offer), joinedload(DeviceThanks.need))


def thanks(thanks_id: int) -> DeviceThanks:
    """Returns a message of thanks; raises NotFound."""
    found = db.session.scalar(sa.select(DeviceThanks).options(*_SAID).where(DeviceThanks.id == thanks_id))
    if found is None:
        raise NotFound
    return found


def written_by(user_id: int) -> list[DeviceThanks]:
    """Returns the messages a user wrote, newest first."""
    query = sa.select(DeviceThanks).options(*_SAID).where(DeviceThanks.by_id == user_id)
    return list(db.session.scalars(query.order_by(DeviceThanks.id.desc()).limit(MAX_ROWS)))


def list_received_thanks(user: User) -> list[DeviceThanks]:
    """Returns the messages staff passed on to a user, newest first.

    Donors receive those of families, families those of donors.
    """
    of_mine = sa.and_(DeviceThanks.side == "donor", of_family(user, DeviceNeed.receiver_id, DeviceNeed.person_id))
    given = sa.and_(DeviceThanks.side == "family", DeviceOffer.donor_id == user.id)
    query = (
        sa.select(DeviceThanks)
        .join(DeviceThanks.need)
        .join(DeviceThanks.device)
        .join(Device.offer)
        .options(contains_eager(DeviceThanks.need), contains_eager(DeviceThanks.device).contains_eager(Device.offer))
        .where(DeviceThanks.state == "passed", sa.or_(of_mine, given))
    )
    return list(db.session.scalars(query.order_by(DeviceThanks.id.desc()).limit(MAX_ROWS)))


def standing(need_ids: Iterable[int], side: str) -> dict[int, DeviceThanks]:
    """Returns the waiting or passed messages of one side about these needs, by need id."""
    query = sa.select(DeviceThanks).where(
        DeviceThanks.need_id.in_(list(need_ids)), DeviceThanks.side == side,
        DeviceThanks.state.in_(("waiting", "passed")),
    )  # fmt: skip
    return {row.need_id: row for row in db.session.scalars(query.order_by(DeviceThanks.id))}


def thanks_in(unit_id: int, before: int | None = None) -> Page[DeviceThanks]:
    """Returns a page of the messages waiting in these stores, newest first."""
    query = (
        sa.select(DeviceThanks)
        .join(DeviceThanks.device)
        .options(contains_eager(DeviceThanks.device).joinedload(Device.offer), joinedload(DeviceThanks.need))
        .where(in_subtree(Device.unit_id, unit_id), DeviceThanks.state == "waiting")
    )
    if before is not None:
        query = query.where(DeviceThanks.id < before)
    return Page.of(list(db.session.scalars(query.order_by(DeviceThanks.id.desc()).limit(PAGE + 1))), PAGE)
