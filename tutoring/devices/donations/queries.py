"""Queries for offers: a user's own, one by its code, its pictures, the story of each device.

A story tells the donor what became of a device. It holds a stage and a month, never a unit below the ward and never a
person. Two states that would reveal more (reserved, in repair) are shown like their neighbouring states.
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
    """The story of one device: its stage, and the month since which a family uses it."""

    stage: str
    since: date | None = None

    @property
    def month(self) -> str:
        return f"{self.since:%m/%Y}" if self.since else ""


def story_of(device: Device, was_out: bool) -> Story:
    """Returns the story of a device; `was_out` is true if it has been with a family before."""
    stage = _STAGES[device.state]
    if stage == "checked" and was_out:
        return Story("back")
    return Story(stage, clock.local(device.state_since).date().replace(day=1) if stage == "used" else None)


def gathered(devices: Iterable[Device], stories: Mapping[int, Story]) -> list[tuple[Story, int]]:
    """Groups the devices of a large offer by story and counts them."""
    return list(Counter(stories[device.id] for device in devices).items())


PAGE = 20
CODE = 12


def wards_for(person: User) -> list[Unit]:
    """Returns the wards to which a user may offer a device.

    These are the wards the user belongs to, also through a class or a neighbourhood.
    """
    if person.is_minor:
        return []
    return [place for place in places_of(person.id, ("ward",)) if place.merged_into_id is None]


def offer(offer_id: int) -> DeviceOffer:
    """Returns an offer with its ward and its devices; raises NotFound."""
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
    """Returns an offer locked by the running command; raises NotFound."""
    query = sa.select(DeviceOffer).where(DeviceOffer.id == offer_id).with_for_update()
    found = db.session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    return found


def seen(viewer: User, offer_id: int) -> tuple[DeviceOffer, bool, bool]:
    """Returns an offer, whether the viewer is its donor, and whether the viewer runs its store.

    Raises NotFound if the viewer may not see the offer.
    """
    row = offer(offer_id)
    held, is_donor = community.roles_for(viewer, row.unit_id), row.donor_id == viewer.id
    if not policy.may_see_offer(is_donor, held):
        raise NotFound
    return row, is_donor, policy.may_run_store(held)


def of_donor(user_id: int, before: int | None = None) -> Page[DeviceOffer]:
    """Returns a page of the offers of a user, newest first."""
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
    """Returns the offer for a code from a receipt; raises NotFound."""
    code = "".join(typed.split()).replace("-", "").upper()
    query = sa.select(DeviceOffer).options(joinedload(DeviceOffer.unit), selectinload(DeviceOffer.devices))
    found = db.session.scalar(query.where(DeviceOffer.story_code == code)) if len(code) == CODE else None
    if found is None:
        raise NotFound
    return found


def stories(devices: Sequence[Device]) -> dict[int, Story]:
    """Returns the story of each of these devices, by device id."""
    ids = [device.id for device in devices if device.state in {"stored", "repair"}]
    out = find_previously_lent(ids) if ids else frozenset()
    return {device.id: story_of(device, device.id in out) for device in devices}


def find_previously_lent(device_ids: Collection[int]) -> frozenset[int]:
    """Returns which of these devices have been with a family."""
    query = sa.select(DeviceMove.device_id).where(
        DeviceMove.device_id.in_(device_ids), DeviceMove.to_state.in_(policy.WITH_FAMILY)
    )
    return frozenset(db.session.scalars(query.distinct()))


def pictures_of(offer_id: int) -> list[OfferPicture]:
    """Returns the pictures of an offer, oldest first."""
    query = sa.select(OfferPicture).where(OfferPicture.offer_id == offer_id).order_by(OfferPicture.id)
    return list(db.session.scalars(query))


def picture_of(offer_id: int, picture_id: int) -> OfferPicture:
    """Returns one picture of an offer; raises NotFound."""
    query = sa.select(OfferPicture).where(OfferPicture.id == picture_id, OfferPicture.offer_id == offer_id)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound
    return found


def kept_names(names: Collection[str]) -> set[str]:
    """Returns which of these files are pictures of offers."""
    return set(db.session.scalars(sa.select(OfferPicture.file).where(OfferPicture.file.in_(names))))
