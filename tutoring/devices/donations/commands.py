"""Commands for donation offers: make, accept, decline and withdraw them.

Also adds and removes the pictures of an offer, and deletes them after 30 days.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Any

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.accounts.passphrases import new_code
from tutoring.community import queries as community
from tutoring.community.models import Unit
from tutoring.devices.donations.queries import CODE, locked_offer, picture_of, pictures_of, wards_for
from tutoring.devices.events import DeviceOffered, OfferDecided
from tutoring.devices.inventory import ledger
from tutoring.devices.models import CONDITIONS, MISSING, Device, DeviceOffer, OfferPicture
from tutoring.kernel import audit, clock, file_storage, jobs, rate_limits
from tutoring.kernel.commands import after_commit, command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, InvalidInput, NotFound
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_, nfc
from tutoring.policy.devices import inventory as policy
from tutoring.policy.devices.inventory import KINDS, LONGEST_WORDS, MOST_AT_ONCE, MOST_PICTURES, PICTURES_KEPT, TERMS
from tutoring.rooms.messages.store import StoredPicture
from tutoring.rooms.pictures import commands as pictures_commands
from tutoring.safety.free_text import reject_private_data, validate_reason

LABEL = 6  # length of the random part of a device code
MAX_NAME_CHARS = 80
MAX_RETURN_AHEAD = timedelta(days=5 * 366)

_DECIDED = N_("Đề nghị này đã được trả lời hoặc đã rút lại. Hãy xem lại trang.")
_LONG = N_("Dài quá %(max)d ký tự. Hãy viết ngắn hơn.")


@dataclass(frozen=True)
class NewOffer:
    """The input of a new offer.

    `donor_name` is set when staff record an offer for a donor without an account.
    """

    kind: str
    terms: str = "gift"
    lend_until: date | None = None
    count: int = 1
    condition: str = "good"
    missing: Sequence[str] = field(default_factory=tuple)
    words: str = ""
    donor_name: str = ""


@command
def offer_devices(actor: User, unit_id: int, wanted: NewOffer) -> DeviceOffer:
    """Offers devices to a ward and creates one ledger entry for each device.

    Users offer their own devices. With `donor_name`, staff of the ward record the offer of a donor without an account.
    Raises NotFound if the actor may not offer to this ward.
    """
    name = " ".join(nfc(wanted.donor_name).split())
    # "act" is the higher limit: staff at a counter may record many offers in an hour
    rate_limits.hit("act" if name else "device_offer", actor.id)
    ward = _ward_of_staff(actor, unit_id) if name else _own_ward(actor, unit_id)
    _check(wanted, name)
    words = reject_private_data(nfc(wanted.words), minor=True, field="words")
    row = DeviceOffer(
        unit_id=ward.id, donor_id=None if name else actor.id, donor_name=name, by_id=actor.id,
        story_code=new_code(CODE), kind=wanted.kind, terms=wanted.terms,
        lend_until=wanted.lend_until if wanted.terms == "loan" else None, count=wanted.count,
        condition=wanted.condition, missing=[one for one in MISSING if one in wanted.missing], words=words,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    for code in _new_labels(wanted.count):
        machine = Device(
            code=code, offer_id=row.id, unit_id=ward.id, kind=row.kind, terms=row.terms, lend_until=row.lend_until
        )  # fmt: skip
        ledger.begin(machine, actor)
    publish(DeviceOffered(row.id, ward.id, actor.id))
    return row


def _ward_of_staff(actor: User, unit_id: int) -> Unit:
    ward = community.unit(unit_id)
    if ward.kind != "ward" or not policy.may_run_store(community.roles_for(actor, ward.id)):
        raise NotFound
    return ward


def _own_ward(actor: User, unit_id: int) -> Unit:
    ward = next((place for place in wards_for(actor) if place.id == unit_id), None)
    if not policy.may_offer(actor.is_minor, ward is not None) or ward is None:
        raise NotFound
    return ward


def _check(wanted: NewOffer, name: str) -> None:
    if wanted.kind not in KINDS:
        raise InvalidInput(N_("Hãy chọn loại máy."), field="kind")
    if wanted.terms not in TERMS:
        raise InvalidInput(N_("Hãy chọn tặng hẳn hay cho mượn."), field="terms")
    if not 1 <= wanted.count <= MOST_AT_ONCE:
        raise InvalidInput(N_("Mỗi lần từ 1 đến 50 máy cùng loại."), field="count")
    if wanted.condition not in CONDITIONS:
        raise InvalidInput(N_("Hãy chọn tình trạng máy."), field="condition")
    today = clock.today()
    if wanted.terms == "loan" and wanted.lend_until and not today < wanted.lend_until <= today + MAX_RETURN_AHEAD:
        raise InvalidInput(N_("Ngày muốn nhận lại phải sau hôm nay, và trong vòng năm năm."), field="lend_until")
    if len(nfc(wanted.words)) > LONGEST_WORDS:
        raise InvalidInput(_LONG, field="words", max=LONGEST_WORDS)
    if len(name) > MAX_NAME_CHARS:
        raise InvalidInput(_LONG, field="donor_name", max=MAX_NAME_CHARS)
    reject_private_data(name, minor=False, field="donor_name")


def _new_labels(count: int) -> list[str]:
    """Returns `count` unused device codes for labels."""
    found: dict[str, None] = {}
    while len(found) < count:
        some = {f"M-{new_code(LABEL)}" for _ in range(count - len(found))}
        taken = set(db.session.scalars(sa.select(Device.code).where(Device.code.in_(some))))
        found.update(dict.fromkeys(sorted(some - taken)))
    return list(found)


def _waiting(actor: User, offer_id: int) -> DeviceOffer:
    """Locks a waiting offer that the actor may answer as staff of its store."""
    row = locked_offer(offer_id)
    if not policy.may_run_store(community.roles_for(actor, row.unit_id)):
        raise NotFound
    if row.state != "waiting":
        raise Conflict(_DECIDED)
    return row


def _devices_in(offer_id: int, *states: str) -> list[Device]:
    query = sa.select(Device).where(Device.offer_id == offer_id, Device.state.in_(states)).order_by(Device.id)
    return list(db.session.scalars(query))


def _decide(actor: User, row: DeviceOffer, state: str, said: str) -> None:
    row.state, row.said = state, validate_reason(said, needed=state == "declined")
    row.decided_by_id, row.decided_at = actor.id, clock.now()
    db.session.flush()
    audit.record(actor.id, "decide_offer", f"offer:{row.id}", state=state)
    publish(OfferDecided(row.id, row.donor_id, state == "accepted"))


@command
def accept_offer(actor: User, offer_id: int, said: str = "") -> DeviceOffer:
    """Accepts an offer. `said` tells the donor where to bring the devices."""
    row = _waiting(actor, offer_id)
    _decide(actor, row, "accepted", said)
    for device in _devices_in(offer_id, "offered"):
        ledger.move(actor, device.id, "offered", "expected")
    return row


@command
def decline_offer(actor: User, offer_id: int, said: str) -> DeviceOffer:
    """Declines an offer the ward cannot use, and gives the reason."""
    row = _waiting(actor, offer_id)
    _decide(actor, row, "declined", said)
    for device in _devices_in(offer_id, "offered"):
        ledger.move(actor, device.id, "offered", "declined")
    return row


@command
def withdraw_offer(actor: User, offer_id: int) -> DeviceOffer:
    """Withdraws the devices of an offer that have not been delivered yet; the donor keeps them.

    Staff do this for a donor without an account.
    """
    row = locked_offer(offer_id)
    if not policy.may_see_offer(row.donor_id == actor.id, community.roles_for(actor, row.unit_id)):
        raise NotFound
    kept = _devices_in(offer_id, "offered", "expected")
    if not kept:
        raise Conflict(_DECIDED)
    if row.donor_id is not None and row.donor_id != actor.id:
        raise Conflict(N_("Người tặng có tài khoản thì tự rút đề nghị."))
    for device in kept:
        ledger.move(actor, device.id, device.state, "withdrawn")
    if len(kept) == row.count:
        row.state = "withdrawn"
        row.decided_by_id, row.decided_at = row.decided_by_id or actor.id, row.decided_at or clock.now()
    return row


@command
def withdraw_all(user_id: int) -> None:
    """Withdraws the unanswered offers of a user who leaves.

    Devices that the ward expects or already has stay with the ward.
    """
    query = sa.select(DeviceOffer.id).where(DeviceOffer.donor_id == user_id, DeviceOffer.state == "waiting")
    for offer_id in db.session.scalars(query.order_by(DeviceOffer.id)).all():
        withdraw_offer(db.session.get_one(User, user_id), offer_id)


AT_ONCE = 200
_FACES = N_("Hãy xem lại ảnh rồi đánh dấu là không có mặt người, giấy tờ hay số điện thoại trong ảnh.")
_FULL = N_("Đã đủ ba ảnh. Hãy bỏ bớt một ảnh rồi thêm ảnh khác.")


def add_picture(actor: User, offer_id: int, data: bytes, faceless: bool) -> None:
    """Cleans and stores a picture of an offered device.

    The sender must confirm that no face is visible in it.
    """
    _may_add(actor, offer_id)
    if not faceless:
        raise InvalidInput(_FACES, field="faceless")
    kept = pictures_commands.keep_cleaned(actor, data)
    try:
        _store(actor, offer_id, kept)
    except BaseException:
        file_storage.delete([kept.name])
        raise


@command
def _may_add(actor: User, offer_id: int) -> DeviceOffer:
    rate_limits.hit("act", actor.id)
    row = locked_offer(offer_id)
    held, is_donor = community.roles_for(actor, row.unit_id), row.donor_id == actor.id
    if not policy.may_see_offer(is_donor, held):
        raise NotFound
    if not policy.may_add_picture(is_donor, row.by_id == actor.id, held, row.state):
        raise Conflict(N_("Đề nghị này đã được trả lời, nên không cần thêm ảnh nữa."))
    if len(pictures_of(row.id)) >= MOST_PICTURES:
        raise Conflict(_FULL)
    return row


@command
def _store(actor: User, offer_id: int, kept: StoredPicture) -> None:
    row = _may_add(actor, offer_id)  # checked again: a concurrent request may have added a picture meanwhile
    db.session.add(OfferPicture(offer_id=row.id, by_id=actor.id, file=kept.name, width=kept.width, height=kept.height))


@command
def remove_picture(actor: User, offer_id: int, picture_id: int) -> None:
    """Removes a picture; allowed for the donor and for the staff of the store."""
    row = locked_offer(offer_id)
    if not policy.may_remove_picture(row.donor_id == actor.id, community.roles_for(actor, row.unit_id)):
        raise NotFound
    _forget(picture_of(row.id, picture_id))


def _forget(picture: OfferPicture) -> None:
    after_commit(file_storage.delete, [picture.file])
    db.session.delete(picture)


@jobs.daily("devices.pictures", time(3, 20))
def _night(_payload: dict[str, Any]) -> None:
    drop_old_pictures()


@command
def drop_old_pictures() -> None:
    """Deletes pictures of offers decided or withdrawn 30 days ago, at most 200 a night."""
    old = (
        sa.select(OfferPicture)
        .join(DeviceOffer, DeviceOffer.id == OfferPicture.offer_id)
        .where(DeviceOffer.decided_at < clock.now() - PICTURES_KEPT)
        .order_by(OfferPicture.id)
        .limit(AT_ONCE)
    )
    for picture in db.session.scalars(old).all():
        _forget(picture)
