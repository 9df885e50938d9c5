"""Tables of data rights: requests, tombstones of erased accounts, breaches."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tutoring.accounts.models import User
from tutoring.kernel import clock
from tutoring.kernel.db import Model, value_check

KINDS = ("export", "correct", "delete", "restrict")
# asked → (a day to reconsider) → working → done; an export is ready until it is deleted. `held`: an open case delays.
STATES = ("asked", "working", "held", "ready", "done", "taken_back", "refused")
NOTIFY_WITHIN = timedelta(hours=72)


class DataRequest(Model):
    """The use of a right, for the user or the user's child.

    Both ids stay, as proof that it was done.
    """

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
    words: Mapped[str] = mapped_column(default="", info={"personal": "text"})  # what to correct or to restrict
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    acknowledge_by: Mapped[datetime]
    due_by: Mapped[datetime]
    begins_at: Mapped[datetime | None]  # an erasure can be withdrawn until then
    done_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(default="", info={"personal": "text"})  # of a site admin
    file: Mapped[str | None] = mapped_column(info={"personal": "file"})  # an export, in kernel/files
    bytes: Mapped[int] = mapped_column(default=0)
    gone_at: Mapped[datetime | None]  # when the file of an export is deleted

    by: Mapped[User] = relationship(foreign_keys=[by_id])
    subject: Mapped[User] = relationship(foreign_keys=[subject_id])

    @property
    def can_be_taken_back(self) -> bool:
        """Whether an erasure has not begun."""
        return self.state == "asked" and self.begins_at is not None and self.begins_at > clock.now()

    @property
    def is_open(self) -> bool:
        return self.state in ("asked", "working", "held")


class Tombstone(Model):
    """An erased account. Its mark is a blind index of its id and creation time.

    A restored database may give the same id to another account; the creation time protects that account from erasure.
    """

    __tablename__ = "tombstone"

    user_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    mark: Mapped[str] = mapped_column(unique=True)
    at: Mapped[datetime] = mapped_column(default=clock.now)


class Breach(Model):
    """A breach: data was disclosed, lost or unavailable. Holds no data of the people concerned."""

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
    people: Mapped[int]  # how many people are concerned, as far as is known
    measures: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")  # why no report is needed
    reported_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]  # when the people concerned were notified
    closed_at: Mapped[datetime | None]

    @property
    def notify_by(self) -> datetime:
        """Returns the end of the 72 hours."""
        return self.discovered_at + NOTIFY_WITHIN

    @property
    def late(self) -> bool:
        return self.reported_at is None and self.closed_at is None and self.notify_by < clock.now()
