"""Whether a short message may go to somebody."""

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.kernel.db import db
from tutoring.notifications.channels.sms.models import TextNumber
from tutoring.policy.notifications import may_get_texts


def number_of(user_id: int) -> TextNumber | None:
    """What is known of this person's number."""
    return db.session.get(TextNumber, user_id)


def is_confirmed(person: User) -> bool:
    """Whether this grown-up has shown to hold the number that stands in the account now."""
    if not person.phone_mark or not may_get_texts(person.is_minor):
        return False
    held = sa.select(TextNumber.user_id).where(
        TextNumber.user_id == person.id,
        TextNumber.number_mark == person.phone_mark,
        TextNumber.confirmed_at.is_not(None),
    )
    return db.session.scalar(held) is not None
