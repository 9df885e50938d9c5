"""Channels that fail to reach a user.

A failure is stored when a letter is given up. It is removed when one arrives, or when the user confirms the address.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.notifications.models import ChannelFailure, NoticeDelivery

RESTS = timedelta(days=7)  # a rejected address is skipped for this long, then tried once more


def _mark(person: User, channel: str) -> str:
    return (person.email_mark or "") if channel == "mail" else ""


def given_up(person: User, channel: str, why: str) -> None:
    """Stores that this channel did not reach the user; needs a running command."""
    row = db.session.get(ChannelFailure, (person.id, channel))
    if row is None:
        row = ChannelFailure(user_id=person.id, channel=channel)
        db.session.add(row)
    row.why, row.since, row.mark = why, clock.now(), _mark(person, channel)


def arrived(user_id: int, channel: str) -> None:
    """Removes the failure after a successful delivery; needs a running command."""
    db.session.execute(
        sa.delete(ChannelFailure).where(ChannelFailure.user_id == user_id, ChannelFailure.channel == channel)
    )


def rests(person: User, channel: str) -> bool:
    """Returns whether to skip the channel: this address was rejected permanently, and recently."""
    row = db.session.get(ChannelFailure, (person.id, channel))
    if row is None or row.why != "unreachable" or row.mark != _mark(person, channel):
        return False
    return row.since > clock.now() - RESTS


def troubles_of(person: User) -> list[ChannelFailure]:
    """Returns the failing channels of this user, for the preferences page."""
    query = sa.select(ChannelFailure).where(ChannelFailure.user_id == person.id).order_by(ChannelFailure.channel)
    return [row for row in db.session.scalars(query) if row.mark == _mark(person, row.channel)]


@command
def try_again(person: User, channel: str) -> None:
    """Removes the failure at the user's request, so that letters are sent there again."""
    arrived(person.id, channel)


def counts(since: datetime) -> dict[str, dict[str, int]]:
    """Returns for each channel the number of deliveries by state since then.

    `unreached` is the number of users whom the channel does not reach. For site administrators.
    """
    found: dict[str, dict[str, int]] = {}
    query = (
        sa.select(NoticeDelivery.channel, NoticeDelivery.state, sa.func.count())
        .where(sa.or_(NoticeDelivery.ended_at >= since, NoticeDelivery.ended_at.is_(None)))
        .group_by(NoticeDelivery.channel, NoticeDelivery.state)
    )
    for channel, state, number in db.session.execute(query):
        found.setdefault(channel, {})[state] = number
    unreached = sa.select(ChannelFailure.channel, sa.func.count()).group_by(ChannelFailure.channel)
    for channel, number in db.session.execute(unreached):
        found.setdefault(channel, {})["unreached"] = number
    return found
