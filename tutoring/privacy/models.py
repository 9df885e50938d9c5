"""Tables of data rights: what people asked for, who was erased, what leaked."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tutoring.accounts.models import User
from tutoring.kernel import clock
from tutoring.kernel.db import Model, value_check

KINDS = ("export", "correct", "delete", "restrict")
# asked → (a day to think again) → working → done; an export is ready until it is gone. `held`: an open case waits.
STATES = ("asked", "working", "held", "ready", "done", "taken_back", "refused")
NOTIFY_WITHIN = timedelta(hours=72)


class DataRequest(Model):
    """Somebody uses a right, for oneself or for the own child. Both stay as numbers: that it was done is the proof."""

    __tablename__ = "data_request"
    __table_args__ = (
        value_check("kind", *KINDS),
        value_check("state", *STATES),
        sa.Index("ix_data_request_subject", "subject_id", "kind"),
        sa.Index("ix_data_request_by", "by_id"),
        sa.Index("uq_data_request_open", "subject_id", "kind", unique=True,
                 sqlite_where=sa.text("state IN ('asked', 'working', 'held')"),
                 postgresql_where=sa.text("state IN ('asked', 'working', 'held')")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))
    subject_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"))
    kind: Mapped[str]
    state: Mapped[str] = mapped_column(default="asked")
    words: Mapped[str] = mapped_column(default="", info={"personal": "text"})  # what is wrong, what is to stop
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    acknowledge_by: Mapped[datetime]
    due_by: Mapped[datetime]
    begins_at: Mapped[datetime | None]  # a deletion: until then it can be taken back
    done_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(default="", info={"personal": "text"})  # of whoever runs the site
    file: Mapped[str | None] = mapped_column(info={"personal": "file"})  # an export, in kernel/files
    bytes: Mapped[int] = mapped_column(default=0)
    gone_at: Mapped[datetime | None]  # when an export is thrown away

    by: Mapped[User] = relationship(foreign_keys=[by_id])
    subject: Mapped[User] = relationship(foreign_keys=[subject_id])

    @property
    def can_be_taken_back(self) -> bool:
        """Whether a deletion has not begun."""
        return self.state == "asked" and self.begins_at is not None and self.begins_at > clock.now()

    @property
    def is_open(self) -> bool:
        return self.state in ("asked", "working", "held")


class Tombstone(Model):
    """An account that was erased. Its mark is made of its number and the moment of its making, so that a number that a
    restored database gives to somebody else erases nobody."""

    __tablename__ = "tombstone"

    user_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    mark: Mapped[str] = mapped_column(unique=True)
    at: Mapped[datetime] = mapped_column(default=clock.now)


class Breach(Model):
    """Data got to somebody it was not for, was lost, or could not be had. Holds no data of those concerned."""

    __tablename__ = "breach"
    __table_args__ = (
        sa.CheckConstraint("people >= 0", name="people"),
        sa.CheckConstraint("closed_at IS NULL OR reported_at IS NOT NULL OR reason <> ''", name="closing"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))
    noted_at: Mapped[datetime] = mapped_column(default=clock.now)
    discovered_at: Mapped[datetime]
    what: Mapped[str]
    categories: Mapped[str]
    people: Mapped[int]  # how many are concerned, as far as is known
    measures: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")  # why it need not be reported
    reported_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]  # when the people concerned were told
    closed_at: Mapped[datetime | None]

    @property
    def notify_by(self) -> datetime:
        """When the 72 hours are over."""
        return self.discovered_at + NOTIFY_WITHIN

    @property
    def late(self) -> bool:
        return self.reported_at is None and self.closed_at is None and self.notify_by < clock.now()
