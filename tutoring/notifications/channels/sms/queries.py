"""Whether a user may get short messages."""

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.community.models import Membership, Unit
from tutoring.kernel.db import db
from tutoring.notifications.channels.sms.models import TextNumber
from tutoring.policy.notifications import may_get_texts


def number_of(user_id: int) -> TextNumber | None:
    """Returns the stored number of this user."""
    return db.session.get(TextNumber, user_id)


def is_confirmed(person: User) -> bool:
    """Returns whether this adult has confirmed the number now in the account."""
    if not person.phone_mark or not may_get_texts(person.is_minor):
        return False
    held = sa.select(TextNumber.user_id).where(
        TextNumber.user_id == person.id,
        TextNumber.number_mark == person.phone_mark,
        TextNumber.confirmed_at.is_not(None),
    )
    return db.session.scalar(held) is not None


def place_name_of(user_id: int) -> str:
    """Returns the name of the user's ward, or of the school where there is none; empty without either.

    It is never the name of a class, which would tell about a child.
    """
    place = sa.func.coalesce(Unit.ward_id, Unit.school_id)
    mine = (
        sa.select(place)
        .join(Membership, Membership.unit_id == Unit.id)
        .where(Membership.user_id == user_id, Membership.state == "active", place.is_not(None))
        .order_by(Membership.id)
        .limit(1)
    )
    return db.session.scalar(sa.select(Unit.name).where(Unit.id == mine.scalar_subquery())) or ""
