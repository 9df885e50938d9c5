"""Tables of welfare cases: whom each protects and its state, and what staff did."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tutoring.accounts.models import User
from tutoring.kernel import clock
from tutoring.kernel.db import Model, value_check
from tutoring.policy.rooms.comfort import UNEASY
from tutoring.policy.welfare import ACTS, CASE_LEVELS, ENDINGS, HOMES, PROTECTS


class Welfare(Model):
    """The welfare part of a case: the author of the text or answer, and never a reported user."""

    __tablename__ = "welfare"
    __table_args__ = (
        value_check("protects", *PROTECTS),
        value_check("level", *CASE_LEVELS),
        value_check("home", *HOMES),
        value_check("ending", "", *ENDINGS),
    )

    case_id: Mapped[int] = mapped_column(sa.ForeignKey("report_case.id", ondelete="CASCADE"), primary_key=True)
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"), index=True)
    protects: Mapped[str]
    level: Mapped[str]
    home: Mapped[str] = mapped_column(default="unknown")
    accuses_staff: Mapped[bool] = mapped_column(default=False)
    kept_from: Mapped[list[Any]] = mapped_column(default=list)  # ids of users who must not see it
    rounds: Mapped[int] = mapped_column(default=0)  # rounds of the alarm so far
    ending: Mapped[str] = mapped_column(default="")
    hold: Mapped[bool] = mapped_column(default=False)  # legal hold: the text is not erased

    author: Mapped[User | None] = relationship()

    @property
    def is_uneasy(self) -> bool:
        """Whether it is a child's answer after a session alone, without any text of danger."""
        return self.level == UNEASY


class WelfareAct(Model):
    """An act for the user in danger: what, by whom, when. It never holds quoted text."""

    __tablename__ = "welfare_act"
    __table_args__ = (value_check("kind", *ACTS),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(sa.ForeignKey("report_case.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))
    who: Mapped[str] = mapped_column(default="", info={"personal": "who called"})
    done_at: Mapped[datetime]
    at: Mapped[datetime] = mapped_column(default=clock.now)

    by: Mapped[User] = relationship()
