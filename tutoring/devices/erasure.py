"""Erases a user's data from devices; only the ledger numbers remain."""

import sqlalchemy as sa

from tutoring.accounts.passphrases import new_code
from tutoring.devices.loans.models import DeviceThanks, Handover
from tutoring.devices.models import DeviceMove, DeviceOffer, DeviceWipe, OfferPicture
from tutoring.devices.needs.models import DeviceNeed
from tutoring.devices.needs.transitions import end_need
from tutoring.devices.vouchers.models import InternetVoucher
from tutoring.kernel import file_storage
from tutoring.kernel.commands import after_commit, command
from tutoring.kernel.db import db


@command
def forget_person(user_id: int) -> None:
    """Erases texts, pictures, voucher codes and hardship data of a user.

    The device moves themselves stay, so that the ledger still adds up.
    """
    _forget_donor(user_id)
    _forget_family(user_id)
    for table in (DeviceMove, DeviceWipe):
        db.session.execute(sa.update(table).where(table.by_id == user_id).values(note=""))
    theirs = sa.or_(Handover.receiver_id == user_id, Handover.planner_id == user_id, Handover.by_id == user_id)
    db.session.execute(sa.update(Handover).where(theirs).values(note="", number=None))
    db.session.execute(sa.update(DeviceThanks).where(DeviceThanks.decided_by_id == user_id).values(said=""))
    db.session.execute(sa.delete(DeviceThanks).where(DeviceThanks.by_id == user_id))


def _forget_donor(user_id: int) -> None:
    offers = sa.select(DeviceOffer).where(DeviceOffer.donor_id == user_id).order_by(DeviceOffer.id)
    for offer in db.session.scalars(offers).all():
        offer.words = offer.said = offer.donor_name = ""
        offer.story_code = new_code(12)
    pictures = db.session.scalars(sa.select(OfferPicture).where(OfferPicture.by_id == user_id)).all()
    after_commit(file_storage.delete, [one.file for one in pictures])
    for picture in pictures:
        db.session.delete(picture)
    db.session.flush()


def _forget_family(user_id: int) -> None:
    needs = sa.select(DeviceNeed).where(sa.or_(DeviceNeed.person_id == user_id, DeviceNeed.receiver_id == user_id))
    for need in db.session.scalars(needs.order_by(DeviceNeed.id)).all():
        if need.ended_at is None:
            end_need(need, "withdrawn")
        need.basis = need.although = need.said = ""
        need.confirmed_by_id = need.confirmed_on = need.valid_until = None
    db.session.flush()
    mine = InternetVoucher.receiver_id == user_id
    db.session.execute(sa.update(InternetVoucher).where(mine).values(code=None))
