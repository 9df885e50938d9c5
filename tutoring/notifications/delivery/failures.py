"""Channels that do not reach somebody: noted when a letter is given up, gone when one arrives or the person says so."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.notifications.models import ChannelFailure, NoticeDelivery

RESTS = timedelta(days=7)  # an address that was refused is left alone so long, then tried once more


def _mark(person: User, channel: str) -> str:
    return (person.email_mark or "") if channel == "mail" else ""


def given_up(person: User, channel: str, why: str) -> None:
    """Inside the running command: this channel did not reach them."""
    row = db.session.get(ChannelFailure, (person.id, channel))
    if row is None:
        row = ChannelFailure(user_id=person.id, channel=channel)
        db.session.add(row)
    row.why, row.since, row.mark = why, clock.now(), _mark(person, channel)


def arrived(user_id: int, channel: str) -> None:
    """Inside the running command: something arrived."""
    db.session.execute(
        sa.delete(ChannelFailure).where(ChannelFailure.user_id == user_id, ChannelFailure.channel == channel)
    )


def rests(person: User, channel: str) -> bool:
    """Whether trying is of no use for now: this very address was refused for good, not long ago."""
    row = db.session.get(ChannelFailure, (person.id, channel))
    if row is None or row.why != "unreachable" or row.mark != _mark(person, channel):
        return False
    return row.since > clock.now() - RESTS


def troubles_of(person: User) -> list[ChannelFailure]:
    """Which channels do not reach this person, for the page of choices."""
    query = sa.select(ChannelFailure).where(ChannelFailure.user_id == person.id).order_by(ChannelFailure.channel)
    return [row for row in db.session.scalars(query) if row.mark == _mark(person, row.channel)]


@command
def try_again(person: User, channel: str) -> None:
    """The person says that the address is right: letters go out to it again."""
    arrived(person.id, channel)


def counts(since: datetime) -> dict[str, dict[str, int]]:
    """For each channel how many deliveries came to which end since then, and how many people it does not reach
    (`unreached`); for those who run the site."""
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
