"""Queries for a ward's store: devices by state, one with its history, duplicate numbers."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, undefer

from tutoring.accounts.models import User
from tutoring.community import queries as community
from tutoring.community.models import Unit
from tutoring.devices.inventory.identifiers import plain_imei, plain_serial
from tutoring.devices.labels import KIND_WORDS
from tutoring.devices.models import Device, DeviceMove, DeviceOffer, DeviceWipe
from tutoring.kernel import encryption
from tutoring.kernel.database.sql import has_text, in_byte_order, in_ids
from tutoring.kernel.db import db
from tutoring.kernel.errors import InvalidInput, NotFound
from tutoring.kernel.paging import Numbered, Page, Wanted, numbered
from tutoring.kernel.text import fold
from tutoring.policy.devices import inventory as policy
from tutoring.policy.devices.inventory import ENDS, STATES

PAGE = 20


def store(viewer: User, unit_id: int) -> Unit:
    """Returns a ward whose store the viewer runs; raises NotFound."""
    ward = community.unit(unit_id)
    if ward.kind != "ward" or not policy.may_run_store(community.roles_for(viewer, unit_id)):
        raise NotFound
    return ward


def waiting_offers(unit_id: int, before: int | None = None, most: int = PAGE) -> Page[DeviceOffer]:
    """Returns a page of the offers that wait for an answer, oldest first."""
    query = sa.select(DeviceOffer).where(DeviceOffer.unit_id == unit_id, DeviceOffer.state == "waiting")
    if before:
        query = query.where(DeviceOffer.id > before)
    return Page.of(list(db.session.scalars(query.order_by(DeviceOffer.id).limit(most + 1))), most)


def waiting_count(unit_id: int) -> int:
    """Counts the offers that wait for an answer."""
    query = sa.select(sa.func.count()).where(DeviceOffer.unit_id == unit_id, DeviceOffer.state == "waiting")
    return db.session.scalar(query) or 0


def counts(unit_id: int) -> dict[str, int]:
    """Counts the devices of a store by state, in the order of states."""
    query = sa.select(Device.state, sa.func.count()).where(Device.unit_id == unit_id).group_by(Device.state)
    found: dict[str, int] = {row[0]: row[1] for row in db.session.execute(query)}
    return {state: found[state] for state in STATES if state in found and state != "offered"}


ORDERS: Final = {
    "code": Device.code,
    "model": in_byte_order(Device.model),
    "kind": Device.kind,
    "state": Device.state,
    "since": Device.state_since,
    "until": Device.lend_until,
}


def in_store(unit_id: int, wanted: Wanted) -> Numbered[Device]:
    """Returns a page of the devices of a store.

    Words are looked for in labels, models and kinds. A serial and an IMEI are stored unreadably, so they are found as
    a whole only.
    """
    query = sa.select(Device).where(Device.unit_id == unit_id, Device.state != "offered")
    for name in ("state", "kind"):
        if wanted.chosen.get(name):
            query = query.where(getattr(Device, name) == wanted.chosen[name])
    if wanted.words:
        query = query.where(sa.or_(*_found_by(wanted.words)))
    return numbered(query, wanted, ORDERS, Device.id)


def _found_by(typed: str) -> Iterator[sa.ColumnElement[bool]]:
    words = fold(typed)
    yield has_text(Device.code, typed.upper())
    yield has_text(sa.func.lower(Device.model), typed.lower())
    yield Device.kind.in_([kind for kind, word in KIND_WORDS.items() if words in fold(word)])
    yield from (column == sign for column, sign in marks_of(typed))


def marks_of(typed: str) -> list[tuple[Any, str]]:
    """Returns the columns and values by which a device with this serial or IMEI is found."""
    return [
        (column, encryption.blind_index(number, f"device.{name}"))
        for name, column, read in (
            ("serial", Device.serial_mark, plain_serial),
            ("imei", Device.imei_mark, plain_imei),
        )
        if (number := _number(read, typed))
    ]


def _number(read: Callable[[str], str], typed: str) -> str:
    try:
        return read(typed)
    except InvalidInput:  # no such number can be stored
        return ""


def with_number(unit_id: int, typed: str) -> Device | None:
    """Returns the one device of a store with this label, serial or IMEI, or None."""
    if (found := by_label(unit_id, typed)) is not None:
        return found
    signs = [column == sign for column, sign in marks_of(typed)]
    if not signs:
        return None
    query = sa.select(Device).where(Device.unit_id == unit_id, Device.state != "offered", sa.or_(*signs))
    rows = list(db.session.scalars(query.limit(2)))
    return rows[0] if len(rows) == 1 else None


def labelled(unit_id: int, device_ids: Collection[int]) -> list[Device]:
    """Returns those of these devices that are in this store, for their labels."""
    query = sa.select(Device).options(joinedload(Device.unit)).where(Device.unit_id == unit_id)
    return list(db.session.scalars(query.where(in_ids(Device.id, device_ids)).order_by(Device.code)))


def by_label(unit_id: int, typed: str) -> Device | None:
    """Returns the device of a store by the label a user entered, or None."""
    found = find_label(typed)
    return found if found is not None and found.unit_id == unit_id else None


def find_label(typed: str) -> Device | None:
    """Returns the device with this label, with or without the leading "M-"."""
    code = "".join(typed.split()).upper()[:20].removeprefix("M-")
    query = sa.select(Device).options(joinedload(Device.unit)).where(Device.code == f"M-{code}")
    return db.session.scalar(query)


def seen(viewer: User, device_id: int) -> Device:
    """Returns a device with its numbers for a viewer who runs its store; else raises NotFound."""
    query = (
        sa.select(Device)
        .options(
            joinedload(Device.unit), joinedload(Device.wipe), undefer(Device.serial), undefer(Device.imei),
            joinedload(Device.offer).joinedload(DeviceOffer.donor),
        )
        .where(Device.id == device_id)
    )  # fmt: skip
    found = db.session.scalar(query)
    if found is None or not policy.may_run_store(community.roles_for(viewer, found.unit_id)):
        raise NotFound
    return found


@dataclass(frozen=True)
class Step:
    """One move of a device, with the names that staff see."""

    move: DeviceMove
    by: str
    second: str


def steps(device_id: int) -> list[Step]:
    """Returns the whole history of a device, newest first."""
    query = sa.select(DeviceMove).where(DeviceMove.device_id == device_id).order_by(DeviceMove.n.desc())
    moves = list(db.session.scalars(query))
    names = _names({one for move in moves for one in (move.by_id, move.second_id) if one is not None})
    return [Step(move, names.get(move.by_id, ""), names.get(move.second_id or 0, "")) for move in moves]


def _names(user_ids: set[int]) -> dict[int, str]:
    found = db.session.scalars(sa.select(User).where(User.id.in_(user_ids)))
    return {user.id: user.shown_name for user in found}


def last_wipe(device_id: int) -> tuple[DeviceWipe, str] | None:
    """Returns the newest wipe record of a device and the name of its author."""
    query = sa.select(DeviceWipe).where(DeviceWipe.device_id == device_id).order_by(DeviceWipe.id.desc()).limit(1)
    found = db.session.scalar(query)
    return (found, _names({found.by_id}).get(found.by_id, "")) if found is not None else None


def find_duplicate_device(device_id: int, **marks: str) -> Device | None:
    """Returns another device in use with this number, or None."""
    query = sa.select(Device).where(Device.id != device_id, Device.state.not_in(ENDS)).filter_by(**marks)
    return db.session.scalar(query.options(joinedload(Device.unit)).order_by(Device.id).limit(1))


def list_retired_duplicates(device: Device) -> Sequence[Device]:
    """Returns devices with the same number that have reached an end state.

    They show that this device was here before.
    """
    signs = [
        column == sign
        for column, sign in ((Device.serial_mark, device.serial_mark), (Device.imei_mark, device.imei_mark))
        if sign
    ]
    if not signs:
        return []
    query = sa.select(Device).options(joinedload(Device.unit)).where(Device.id != device.id, sa.or_(*signs))
    return list(db.session.scalars(query.where(Device.state.in_(ENDS)).order_by(Device.id)))
