"""Tables of welfare cases: whom each protects and how it stands, and what grown-ups did."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tutoring.accounts.models import User
from tutoring.kernel import clock
from tutoring.kernel.db import Model, value_check
from tutoring.policy.welfare import ACTS, ENDINGS, HOMES, LEVELS, PROTECTS


class Welfare(Model):
    """What a case of this kind has besides: the one who wrote, and never anybody who is reported."""

    __tablename__ = "welfare"
    __table_args__ = (
        value_check("protects", *PROTECTS),
        value_check("level", *LEVELS),
        value_check("home", *HOMES),
        value_check("ending", "", *ENDINGS),
    )

    case_id: Mapped[int] = mapped_column(sa.ForeignKey("report_case.id", ondelete="CASCADE"), primary_key=True)
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"), index=True)
    protects: Mapped[str]
    level: Mapped[str]
    home: Mapped[str] = mapped_column(default="unknown")
    accuses_staff: Mapped[bool] = mapped_column(default=False)
    kept_from: Mapped[list[Any]] = mapped_column(default=list)  # numbers of staff whom the text may mean
    rounds: Mapped[int] = mapped_column(default=0)  # how often the alarm went out
    ending: Mapped[str] = mapped_column(default="")
    hold: Mapped[bool] = mapped_column(default=False)  # the law asks for the words: they are not forgotten

    author: Mapped[User | None] = relationship()


class WelfareAct(Model):
    """What somebody did for the one in danger: what, by whom, when. Never anybody's words."""

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
