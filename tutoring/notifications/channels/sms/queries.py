"""Whether a user may get short messages."""

import sqlalchemy as sa

from tutoring.accounts.models import User
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
