"""Reads of offers: one's own, one by its code, its pictures, and what became of each machine.

What became of a machine, as its donor hears it: a stage and a month, never a place below the ward, never a person.

Two states that would tell more than that (reserved, at a repairer's) read like the ones beside them.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from tutoring.accounts.models import User
from tutoring.community import queries as community
from tutoring.community.memberships.queries import places_of
from tutoring.community.models import Unit
from tutoring.devices.models import Device, DeviceMove, DeviceOffer, OfferPicture
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.kernel.errors import NotFound
from tutoring.kernel.paging import Page
from tutoring.policy.devices import inventory as policy

_STAGES = {
    "offered": "waits",
    "declined": "declined",
    "withdrawn": "withdrawn",
    "expected": "expected",
    "stored": "checked",
    "repair": "checked",
    "ready": "ready",
    "reserved": "ready",
    "lent": "used",
    "given": "used",
    "lost": "lost",
    "sent_back": "sent_back",
    "scrapped": "scrapped",
}


@dataclass(frozen=True)
class Story:
    """One machine: its stage, and since which month a family uses it."""

    stage: str
    since: date | None = None

    @property
    def month(self) -> str:
        return f"{self.since:%m/%Y}" if self.since else ""


def story_of(device: Device, was_out: bool) -> Story:
    """What became of this machine; `was_out` once it has been with a family before."""
    stage = _STAGES[device.state]
    if stage == "checked" and was_out:
        return Story("back")
    return Story(stage, clock.local(device.state_since).date().replace(day=1) if stage == "used" else None)


def gathered(devices: Iterable[Device], stories: Mapping[int, Story]) -> list[tuple[Story, int]]:
    """How many machines of a large offer have the same story."""
    return list(Counter(stories[device.id] for device in devices).items())


PAGE = 20
CODE = 12


def wards_for(person: User) -> list[Unit]:
    """The wards to which somebody may offer a machine: those they belong to, also by a class or a neighbourhood."""
    if person.is_minor:
        return []
    return [place for place in places_of(person.id, ("ward",)) if place.merged_into_id is None]


def offer(offer_id: int) -> DeviceOffer:
    """An offer with its ward and its machines; raises Missing."""
    query = (
        sa.select(DeviceOffer)
        .options(joinedload(DeviceOffer.unit), joinedload(DeviceOffer.donor), selectinload(DeviceOffer.devices))
        .where(DeviceOffer.id == offer_id)
    )
    found = db.session.scalar(query)
    if found is None:
        raise NotFound
    return found


def locked_offer(offer_id: int) -> DeviceOffer:
    """The same, held by the running command."""
    query = sa.select(DeviceOffer).where(DeviceOffer.id == offer_id).with_for_update()
    found = db.session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    return found


def seen(viewer: User, offer_id: int) -> tuple[DeviceOffer, bool, bool]:
    """An offer for somebody who may know of it, whether they are its donor, and whether they run the store it is
    offered to; raises Missing for all others."""
    row = offer(offer_id)
    held, is_donor = community.roles_for(viewer, row.unit_id), row.donor_id == viewer.id
    if not policy.may_see_offer(is_donor, held):
        raise NotFound
    return row, is_donor, policy.may_run_store(held)


def of_donor(user_id: int, before: int | None = None) -> Page[DeviceOffer]:
    """What somebody offered, the newest first."""
    query = (
        sa.select(DeviceOffer)
        .options(joinedload(DeviceOffer.unit), selectinload(DeviceOffer.devices))
        .where(DeviceOffer.donor_id == user_id)
    )
    if before:
        query = query.where(DeviceOffer.id < before)
    found = db.session.scalars(query.order_by(DeviceOffer.id.desc()).limit(PAGE + 1))
    return Page.of(list(found), PAGE)


def by_story_code(typed: str) -> DeviceOffer:
    """The offer behind a code from a receipt; raises Missing."""
    code = "".join(typed.split()).replace("-", "").upper()
    query = sa.select(DeviceOffer).options(joinedload(DeviceOffer.unit), selectinload(DeviceOffer.devices))
    found = db.session.scalar(query.where(DeviceOffer.story_code == code)) if len(code) == CODE else None
    if found is None:
        raise NotFound
    return found


def stories(devices: Sequence[Device]) -> dict[int, Story]:
    """What became of each of these machines."""
    ids = [device.id for device in devices if device.state in {"stored", "repair"}]
    out = were_out(ids) if ids else frozenset()
    return {device.id: story_of(device, device.id in out) for device in devices}


def were_out(device_ids: Collection[int]) -> frozenset[int]:
    """Which of these have been with a family."""
    query = sa.select(DeviceMove.device_id).where(
        DeviceMove.device_id.in_(device_ids), DeviceMove.to_state.in_(policy.WITH_FAMILY)
    )
    return frozenset(db.session.scalars(query.distinct()))


def pictures_of(offer_id: int) -> list[OfferPicture]:
    """The pictures of an offer, oldest first."""
    query = sa.select(OfferPicture).where(OfferPicture.offer_id == offer_id).order_by(OfferPicture.id)
    return list(db.session.scalars(query))


def picture_of(offer_id: int, picture_id: int) -> OfferPicture:
    """One of them; raises Missing."""
    query = sa.select(OfferPicture).where(OfferPicture.id == picture_id, OfferPicture.offer_id == offer_id)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound
    return found


def kept_names(names: Collection[str]) -> set[str]:
    """Which of these files are pictures of offers."""
    return set(db.session.scalars(sa.select(OfferPicture.file).where(OfferPicture.file.in_(names))))
