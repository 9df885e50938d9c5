"""Pictures of what is offered: added, taken away, dropped once they have served."""

from datetime import time
from typing import Any

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.community import queries as community
from tutoring.devices.models import DeviceOffer, OfferPicture
from tutoring.devices.offer_queries import locked_offer, picture_of, pictures_of
from tutoring.kernel import clock, files, jobs, limits
from tutoring.kernel.commands import after_commit, command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Invalid, Missing
from tutoring.kernel.text import N_
from tutoring.policy import devices as policy
from tutoring.policy.devices import MOST_PICTURES, PICTURES_KEPT
from tutoring.rooms import commands as rooms
from tutoring.rooms.commands.lines import Kept

AT_ONCE = 200
_FACES = N_("Hãy xem lại ảnh rồi đánh dấu là không có mặt người, giấy tờ hay số điện thoại trong ảnh.")
_FULL = N_("Đã đủ ba ảnh. Hãy bỏ bớt một ảnh rồi thêm ảnh khác.")


def add_picture(actor: User, offer_id: int, data: bytes, faceless: bool) -> None:
    """Clean a picture of what is offered and keep it; whoever sends it says that nobody's face is in it."""
    _may_add(actor, offer_id)
    if not faceless:
        raise Invalid(_FACES, field="faceless")
    kept = rooms.keep_cleaned(actor, data)
    try:
        _store(actor, offer_id, kept)
    except BaseException:
        files.drop([kept.name])
        raise


@command
def _may_add(actor: User, offer_id: int) -> DeviceOffer:
    limits.hit("act", actor.id)
    row = locked_offer(offer_id)
    held, is_donor = community.held(actor, row.unit_id), row.donor_id == actor.id
    if not policy.may_see_offer(is_donor, held):
        raise Missing
    if not policy.may_add_picture(is_donor, row.by_id == actor.id, held, row.state):
        raise Conflict(N_("Lời tặng này đã được trả lời, nên không cần thêm ảnh nữa."))
    if len(pictures_of(row.id)) >= MOST_PICTURES:
        raise Conflict(_FULL)
    return row


@command
def _store(actor: User, offer_id: int, kept: Kept) -> None:
    row = _may_add(actor, offer_id)  # once more: another page may have added one meanwhile
    db.session.add(OfferPicture(offer_id=row.id, by_id=actor.id, file=kept.name, width=kept.width, height=kept.height))


@command
def remove_picture(actor: User, offer_id: int, picture_id: int) -> None:
    """Take a picture away: the donor, or who runs the store."""
    row = locked_offer(offer_id)
    if not policy.may_remove_picture(row.donor_id == actor.id, community.held(actor, row.unit_id)):
        raise Missing
    _forget(picture_of(row.id, picture_id))


def _forget(picture: OfferPicture) -> None:
    after_commit(files.drop, [picture.file])
    db.session.delete(picture)


@jobs.daily("devices.pictures", time(3, 20))
def _night(_payload: dict[str, Any]) -> None:
    drop_old_pictures()


@command
def drop_old_pictures() -> None:
    """Pictures of offers that were decided, or taken back, 30 days ago; so many each night."""
    old = (
        sa.select(OfferPicture)
        .join(DeviceOffer, DeviceOffer.id == OfferPicture.offer_id)
        .where(DeviceOffer.decided_at < clock.now() - PICTURES_KEPT)
        .order_by(OfferPicture.id)
        .limit(AT_ONCE)
    )
    for picture in db.session.scalars(old).all():
        _forget(picture)
