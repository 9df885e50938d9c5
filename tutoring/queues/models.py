"""Tables of walk-in queues: the queue of a ward, its services, desks and tickets, and the sums of past days.

A ticket holds no name, number or account: a number, a service, and a random token that its address contains.
"""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tutoring.accounts.models import User
from tutoring.community.models import Unit
from tutoring.kernel import clock
from tutoring.kernel.db import Model, value_check
from tutoring.policy.queues import ASIDE, FIRST_MINUTE, LAST_MINUTE, MINUTES, SOURCES, STATES, WORKING_DAYS


class WalkInQueue(Model):
    """The queue of one ward: hours and addresses. Commands of a queue lock this row.

    Whether it is in use is a setting of the ward, `Unit.has_queue`.
    """

    __tablename__ = "walk_in_queue"
    __table_args__ = (
        sa.CheckConstraint("opens >= 0 AND opens < closes AND closes <= 1440", name="hours"),
        sa.CheckConstraint("weekdays BETWEEN 1 AND 127", name="weekdays"),
    )

    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"), primary_key=True)
    opens: Mapped[int] = mapped_column(default=FIRST_MINUTE)  # minutes since local midnight
    closes: Mapped[int] = mapped_column(default=LAST_MINUTE)
    weekdays: Mapped[int] = mapped_column(default=WORKING_DAYS)
    asks_code: Mapped[bool] = mapped_column(default=True)  # a phone needs the code of the day, which the display shows
    # Parts of addresses: of the poster at the door, of the wall display, of the screen at the door.
    door_code: Mapped[str] = mapped_column(unique=True)
    display_code: Mapped[str] = mapped_column(unique=True)
    screen_code: Mapped[str] = mapped_column(unique=True)

    unit: Mapped[Unit] = relationship()


class QueueService(Model):
    """What a resident comes for, as a tile with a picture; a lesson says what to bring."""

    __tablename__ = "queue_service"

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("walk_in_queue.unit_id"), index=True)
    label: Mapped[str]
    picture: Mapped[str] = mapped_column(default="")
    lesson_slug: Mapped[str | None] = mapped_column(sa.ForeignKey("lesson.slug"))
    retired_at: Mapped[datetime | None]


class QueueDesk(Model):
    """A desk; it is open while a clerk holds it. Without rows of services it serves all of them."""

    __tablename__ = "queue_desk"

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("walk_in_queue.unit_id"), index=True)
    label: Mapped[str]
    clerk_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"), index=True)
    opened_at: Mapped[datetime | None]
    retired_at: Mapped[datetime | None]

    clerk: Mapped[User | None] = relationship(lazy="raise_on_sql")


class QueueDeskService(Model):
    """A service that a desk is limited to."""

    __tablename__ = "queue_desk_service"

    desk_id: Mapped[int] = mapped_column(sa.ForeignKey("queue_desk.id", ondelete="CASCADE"), primary_key=True)
    service_id: Mapped[int] = mapped_column(
        sa.ForeignKey("queue_service.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class QueueTicket(Model):
    """A number of one day. `place` orders the line; a holder who comes back too late gets a later one."""

    __tablename__ = "queue_ticket"
    __table_args__ = (
        sa.UniqueConstraint("unit_id", "day", "number"),
        value_check("state", *STATES),
        value_check("source", *SOURCES),
        value_check("aside", "", *ASIDE),
        sa.CheckConstraint(f"minutes IN {MINUTES}", name="minutes"),
        sa.CheckConstraint("(state = 'called') = (desk_id IS NOT NULL)", name="at_a_desk"),
        sa.CheckConstraint("(state = 'aside') = (aside <> '')", name="aside_for"),
        sa.Index("ix_queue_ticket_line", "unit_id", "day", "state", "place"),
        # A desk has one holder at a time, also when two commands run at once.
        sa.Index("uq_queue_ticket_desk_id", "desk_id", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("walk_in_queue.unit_id"))
    day: Mapped[date]
    number: Mapped[int]
    token: Mapped[str] = mapped_column(unique=True)
    service_id: Mapped[int] = mapped_column(sa.ForeignKey("queue_service.id"), index=True)
    source: Mapped[str]
    for_other: Mapped[bool] = mapped_column(default=False)  # the holder comes with a parent or another person
    minutes: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(default="waiting")
    place: Mapped[int]
    aside: Mapped[str] = mapped_column(default="")
    desk_id: Mapped[int | None] = mapped_column(sa.ForeignKey("queue_desk.id"))
    wanted_desk_id: Mapped[int | None] = mapped_column(sa.ForeignKey("queue_desk.id"), index=True)
    drawn_at: Mapped[datetime] = mapped_column(default=clock.now)
    first_called_at: Mapped[datetime | None]
    called_at: Mapped[datetime | None]
    calls: Mapped[int] = mapped_column(default=0)
    misses: Mapped[int] = mapped_column(default=0)
    ended_at: Mapped[datetime | None]

    service: Mapped[QueueService] = relationship(lazy="raise_on_sql")
    desk: Mapped[QueueDesk | None] = relationship(foreign_keys=[desk_id], lazy="raise_on_sql")
    wanted_desk: Mapped[QueueDesk | None] = relationship(foreign_keys=[wanted_desk_id], lazy="raise_on_sql")


class QueueDay(Model):
    """The sums of a past day; its tickets are deleted. Minutes of waiting are those of holders who were served."""

    __tablename__ = "queue_day"

    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("walk_in_queue.unit_id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    drawn: Mapped[int]
    served: Mapped[int]
    missed: Mapped[int]
    left: Mapped[int]
    wait_median: Mapped[int | None]
    wait_longest: Mapped[int | None]
