"""Erases a user's inbox, and the user's name in the notices of others."""

import json
from collections.abc import Sequence

import sqlalchemy as sa

from tutoring.accounts.events import AccountErased
from tutoring.accounts.models import User
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.events import on
from tutoring.notifications.models import ChannelFailure, Notice, NoticeChoices
from tutoring.rooms.erasure.account_erasure import without


@on(AccountErased)
def erase_notices_of_erased_user(event: AccountErased) -> None:
    forget_person(event.user_id, event.names)


@command
def forget_person(user_id: int, names: Sequence[str]) -> None:
    """Deletes the inbox of this user, and the user's name in notices of others.

    A notice holds no id of the user it mentions. So of two users with the same name, both are anonymized. Such notices
    are old, and their links still work.
    """
    for table in (Notice, NoticeChoices, ChannelFailure):  # deliveries are deleted with their notices
        db.session.execute(sa.delete(table).where(table.user_id == user_id))
    if not names:
        return
    stored = sa.cast(Notice.params, sa.Text)
    spoken = sa.or_(*(stored.contains(json.dumps(name)[1:-1], autoescape=True) for name in names))
    since = sa.select(User.created_at).where(User.id == user_id).scalar_subquery()
    told = sa.select(Notice).where(Notice.created_at >= since, spoken).order_by(Notice.id)
    for notice in db.session.scalars(told).all():
        notice.params = {
            key: without(value, names) if isinstance(value, str) else value for key, value in notice.params.items()
        }
