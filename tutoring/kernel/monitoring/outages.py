"""Outages of delivery channels (mail, push, SMS): since when, and whether alarms were sent.

A row is created when a delivery fails, and deleted as soon as one succeeds by this channel. An outage of 15 minutes is
published. One address that is gone is no outage: it takes a second recipient, or a server that accepts nothing at all.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tutoring.kernel import clock, jobs
from tutoring.kernel.database.sql import insert_if_absent
from tutoring.kernel.db import Model, db
from tutoring.kernel.events import publish

LASTS = timedelta(minutes=15)
STALE = timedelta(hours=1)  # after so long without an attempt, earlier failures say nothing about now
LOOK = "kernel.outage"


class Outage(Model):
    """A channel that has reached no recipient since then."""

    __tablename__ = "outage"

    way: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[datetime]
    last_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=1)
    # the recipient of the first failure
    first_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    wide: Mapped[bool] = mapped_column(default=False)  # affects more than one recipient's own address
    told_at: Mapped[datetime | None]


@dataclass(frozen=True)
class ChannelFailing:
    """This channel reaches no recipient."""

    way: str
    since: datetime


@dataclass(frozen=True)
class ChannelRecovered:
    """A channel that was published as failing works again."""

    way: str


def failed(way: str, user_id: int, gone: bool) -> None:
    """Records a failed delivery inside the running command.

    `gone`: the recipient's own address may be at fault. Such an answer from a push service or an SMS gateway shows that
    the channel works, so it is ignored. A mail server may reject every recipient in that way, so it counts.
    """
    if gone and way != "mail":
        return
    moment = clock.now()
    new = insert_if_absent(Outage, way=way, since=moment, last_at=moment, tries=1, first_id=user_id, wide=not gone)
    if new:
        _look_later(way, moment)
        return
    row = db.session.get_one(Outage, way, with_for_update=True, populate_existing=True)
    if row.told_at is None and moment - row.last_at > STALE:
        row.since, row.tries, row.first_id, row.wide = moment, 0, user_id, False
        _look_later(way, moment)
    row.last_at, row.tries = moment, row.tries + 1
    row.wide = row.wide or not gone or row.first_id != user_id


def arrived(way: str) -> None:
    """Records a delivery inside the running command; costs one query while all is well."""
    row = db.session.get(Outage, way)
    if row is None:
        return
    gone = db.session.scalars(sa.delete(Outage).where(Outage.way == way).returning(Outage.told_at)).all()
    if any(gone):
        publish(ChannelRecovered(way))


def _look_later(way: str, since: datetime) -> None:
    at = clock.now() + LASTS
    jobs.enqueue(LOOK, f"outage:{way}:{at.isoformat()}", at, way=way, since=since.isoformat())


@jobs.job(LOOK)
def _look(payload: dict[str, Any]) -> None:
    row = db.session.get(Outage, payload["way"], with_for_update=True, populate_existing=True)
    if row is None or row.told_at is not None or row.since.isoformat() != payload["since"]:
        return
    if row.tries < 2 or not row.wide:
        _look_later(row.way, row.since)
        return
    row.told_at = clock.now()
    publish(ChannelFailing(row.way, row.since))


def failing_channels() -> list[Outage]:
    """Returns the channels whose outage has been published."""
    query = sa.select(Outage).where(Outage.told_at.is_not(None)).order_by(Outage.way)
    return list(db.session.scalars(query))
