"""The table of calls: who called whom in which room and when; no content is stored."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tutoring.accounts.models import User
from tutoring.kernel import clock
from tutoring.kernel.db import Model, value_check

STATES = ("asked", "on", "ended")
WHYS = (
    "", "hung_up", "declined", "no_answer", "minor", "removed", "left", "muted", "locked", "closed", "lost",
    "signed_out",
)  # fmt: skip
_OPEN = "ended_at IS NULL"


class RoomCall(Model):
    """One call between two people of a room.

    `asker_line` and `answerer_line` are the sockets that hold each side while the call is open. A side without a socket
    was lost at `…_lost_at`, and may resume for a short while.
    """

    __tablename__ = "room_call"
    __table_args__ = (
        value_check("state", *STATES),
        value_check("why", *WHYS),
        sa.CheckConstraint("(ended_at IS NULL) = (state <> 'ended')", name="ended"),
        sa.CheckConstraint("(ended_at IS NULL) = (why = '')", name="reason"),
        sa.CheckConstraint("asker_id <> answerer_id", name="two"),
        sa.Index("uq_room_call_open", "room_id", unique=True, sqlite_where=sa.text(_OPEN),
                 postgresql_where=sa.text(_OPEN)),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    room_id: Mapped[int] = mapped_column(sa.ForeignKey("room.id", ondelete="CASCADE"), index=True)
    asker_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"), index=True)
    answerer_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"), index=True)
    state: Mapped[str] = mapped_column(default="asked")
    why: Mapped[str] = mapped_column(default="")
    asker_line: Mapped[str | None]
    answerer_line: Mapped[str | None]
    asker_lost_at: Mapped[datetime | None]
    answerer_lost_at: Mapped[datetime | None]
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    began_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    asker: Mapped[User] = relationship(lazy="raise_on_sql", foreign_keys=[asker_id])
    answerer: Mapped[User] = relationship(lazy="raise_on_sql", foreign_keys=[answerer_id])

    def side_of(self, user_id: int) -> str | None:
        """Returns the side of a user: asker, answerer, or None."""
        return "asker" if user_id == self.asker_id else "answerer" if user_id == self.answerer_id else None

    def line_of(self, side: str | None) -> str | None:
        """Returns the socket that holds this side."""
        return self.asker_line if side == "asker" else self.answerer_line if side == "answerer" else None
