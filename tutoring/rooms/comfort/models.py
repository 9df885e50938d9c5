"""The table of a child's answers at the end of sessions."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tutoring.accounts.models import User
from tutoring.kernel import clock
from tutoring.kernel.db import Model, value_check
from tutoring.policy.rooms.comfort import FELT


class ComfortAnswer(Model):
    """How a child felt in a session. Neither the helper nor a guardian reads it (docs/rooms-safety.md)."""

    __tablename__ = "comfort_answer"
    __table_args__ = (value_check("felt", *FELT),)

    room_id: Mapped[int] = mapped_column(sa.ForeignKey("room.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(
        sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True, index=True, info={"personal": "how one felt"}
    )
    felt: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=clock.now)

    user: Mapped[User] = relationship()
