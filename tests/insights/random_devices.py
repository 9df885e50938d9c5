"""Devices and vouchers of busy months, written as rows by chance, and read once more, each row by itself."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from random import Random

import sqlalchemy as sa

from tutoring.devices.models import Device, DeviceMove, DeviceOffer, DeviceWipe
from tutoring.devices.needs.models import DeviceNeed
from tutoring.devices.vouchers.models import InternetBatch, InternetVoucher
from tutoring.kernel.clock import LOCAL
from tutoring.kernel.db import db

Line = tuple[str, str, int, datetime | date, int]  # measure, key, whose, when, how much


def fill(chance: Random, ids: list[int], units: dict[str, int], moment: Callable[[], datetime]) -> None:
    """Needs of some of these people, met or not; machines of two wards in every state that a month counts."""
    staff = ids[:2]
    batch = InternetBatch(unit_id=units["b-city"], sponsor="S", network="any", gigabytes=5, days=30, by_id=staff[0],
                          report_code="busy")  # fmt: skip
    db.session.add(batch)
    db.session.flush()
    for number, who in enumerate(ids[2:]):
        ward = chance.choice((units["b-w1"], units["b-w2"]))
        if chance.random() < 0.5:
            need = _need(chance, "device", who, ward, staff, moment())
            _machine(chance, number, ward, staff, need, moment())
        elif chance.random() < 0.4:
            _machine(chance, number, ward, staff, None, moment())
        if chance.random() < 0.4:
            need = _need(chance, "internet", who, ward, staff, moment())
            if need is not None:
                _voucher(chance, number, batch.id, need, moment())
    db.session.flush()


def _need(
    chance: Random, kind: str, who: int, ward: int, staff: list[int], at: datetime
) -> DeviceNeed | None:  # fmt: skip
    """A need; given back where it was met."""
    met = chance.random() < 0.7
    need = DeviceNeed(kind=kind, person_id=who, receiver_id=who, unit_id=ward, ward_id=ward, asked_by_id=who,
                      at_home="none", asked_at=at)  # fmt: skip
    if met:
        need.basis, need.confirmed_by_id, need.confirmed_on, need.valid_until = (
            "hardship", staff[0], at.date(), at.date() + timedelta(days=90)
        )  # fmt: skip
        need.state, need.proposed_by_id, need.approved_by_id = "met", staff[0], staff[1]
        need.met_at = need.ended_at = at + timedelta(days=1)
    db.session.add(need)
    db.session.flush()
    return need if met else None


def _machine(
    chance: Random, number: int, ward: int, staff: list[int], need: DeviceNeed | None, at: datetime
) -> None:  # fmt: skip
    """A machine with its whole history: up to where it stands now."""
    ways = ("given",), ("lent",), ("lent",), ("lent", "stored"), ("lent", "stored"), *[("lent", "lost")] * 2
    way = ["offered", "expected", "stored"]
    if need is not None:
        way += ["ready", "reserved", *chance.choice(ways)]
    elif chance.random() < 0.3:
        way = way[:2]
    offer = DeviceOffer(unit_id=ward, donor_id=staff[0], by_id=staff[0], story_code=f"busy{number}", kind="phone",
                        terms="gift", condition="good", state="accepted")  # fmt: skip
    db.session.add(offer)
    db.session.flush()
    device = Device(code=f"busy{number}", offer_id=offer.id, unit_id=ward, kind="phone", terms="gift")
    db.session.add(device)
    db.session.flush()
    wipe = DeviceWipe(device_id=device.id, after_move=3, method="reset", by_id=staff[1])
    db.session.add(wipe)
    db.session.flush()
    before, held = "", ("reserved", "lent", "given")
    for n, after in enumerate(way, 1):
        at += timedelta(hours=chance.randrange(1, 60))
        need_id = need.id if need is not None and (after in held or before in held) else None
        db.session.add(DeviceMove(
            device_id=device.id, n=n, unit_id=ward, from_state=before, to_state=after, at=at, by_id=staff[1],
            second_id=staff[0] if after in held else None, need_id=need_id,
            wipe_id=wipe.id if after in (*held, "ready") else None,
        ))  # fmt: skip
        before = after
    device.state, device.moves, device.state_since = before, len(way), at
    device.need_id = need.id if need is not None and before in held else None
    device.wipe_id = wipe.id if before in held else None
    db.session.flush()


def _voucher(chance: Random, number: int, batch_id: int, need: DeviceNeed, at: datetime) -> None:
    """The voucher of a need, and sometimes one before it that did not work."""
    states = ("failed", "used") if chance.random() < 0.2 else (chance.choice(("assigned", "opened", "used", "used")),)
    for turn, state in enumerate(states):
        opened = at + timedelta(hours=5)
        db.session.add(InternetVoucher(
            batch_id=batch_id, code_mark=f"busy{number}-{turn}", expires_on=date(2027, 1, 1), state=state,
            need_id=need.id, receiver_id=need.receiver_id, assigned_at=at,
            opened_at=None if state == "assigned" else opened,
            used_at=opened + timedelta(days=3) if state == "used" else None,
            ended_at=opened + timedelta(days=3) if state in ("used", "failed") else None,
        ))  # fmt: skip
        db.session.flush()
        at = opened + timedelta(days=1)


# ---- read once more ---------------------------------------------------------------------------------------------


def lines() -> Iterator[Line]:
    """Everything that belongs to a person."""
    needs = {need.id: need for need in db.session.scalars(sa.select(DeviceNeed).order_by(DeviceNeed.id))}
    for need in needs.values():
        yield "needed", "", need.person_id, need.asked_at, 1
        yield "needed", f"d:{need.kind}", need.person_id, need.asked_at, 1
    for move in db.session.scalars(sa.select(DeviceMove).order_by(DeviceMove.id)):
        whose = needs[move.need_id].person_id if move.need_id is not None else 0
        if (move.from_state, move.to_state) in (("reserved", "lent"), ("reserved", "given")):
            yield "met", "", whose, move.at, 1
            yield "met", "d:device", whose, move.at, 1
        elif (move.from_state, move.to_state) == ("lent", "stored"):
            yield "returned", "", whose, move.at, 1
        elif (move.from_state, move.to_state) == ("lent", "lost"):
            yield "lost", "", whose, move.at, 1
    for voucher in db.session.scalars(sa.select(InternetVoucher).order_by(InternetVoucher.id)):
        if voucher.need_id is None or voucher.assigned_at is None or voucher.state == "failed":
            continue
        whose = needs[voucher.need_id].person_id
        yield "met", "", whose, voucher.assigned_at, 1
        yield "met", "d:internet", whose, voucher.assigned_at, 1
        if voucher.used_at is not None:
            yield "used", "", whose, voucher.used_at, 1


def received(month: date, inside: set[int] | None) -> list[tuple[int, int]]:
    """The machines that came into the stores of these wards, or of any."""
    found = []
    for move in db.session.scalars(sa.select(DeviceMove).order_by(DeviceMove.id)):
        here = move.at.astimezone(LOCAL)
        came = (here.year, here.month) == (month.year, month.month) and move.from_state == "expected"
        if came and move.to_state == "stored" and (inside is None or move.unit_id in inside):
            found.append((move.device_id, 1))
    return found
