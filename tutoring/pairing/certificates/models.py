"""The table of certificates of volunteer hours."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tutoring.accounts.models import User
from tutoring.community.models import Unit
from tutoring.kernel import clock
from tutoring.kernel.db import Model, value_check
from tutoring.kernel.encryption import EncryptedText

WHYS = ("", "own", "guardian", "coordinator", "consent", "changed")


class HoursCertificate(Model):
    """A helper's confirmed minutes of a period, as they were at issue.

    Its token opens a public page. The token is stored encrypted, so that the holder can print the same code again. It
    is looked up by a blind index: a stolen database opens no certificate.
    """

    __tablename__ = "hours_paper"
    __table_args__ = (
        value_check("revoked_why", *WHYS),
        sa.CheckConstraint("(revoked_at IS NULL) = (revoked_why = '')", name="revoked"),
        sa.CheckConstraint("from_day <= until_day", name="period"),
        sa.CheckConstraint("minutes > 0 AND sessions > 0", name="minutes"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    helper_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    token: Mapped[str | None] = mapped_column(
        "token_sealed", EncryptedText("hours_paper.token"), deferred=True, info={"personal": "secret"}
    )
    token_mark: Mapped[str] = mapped_column(unique=True, info={"personal": "secret"})
    called_name: Mapped[str] = mapped_column(info={"personal": "name to be called by"})  # as it was at issue
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"), index=True)
    from_day: Mapped[date]
    until_day: Mapped[date]
    minutes: Mapped[int]
    sessions: Mapped[int]
    topics: Mapped[list[Any]] = mapped_column(default=list)  # skill ids
    issued_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    revoked_why: Mapped[str] = mapped_column(default="")
    revoked_reason: Mapped[str] = mapped_column(default="", info={"personal": "text"})  # given by a coordinator

    helper: Mapped[User] = relationship(foreign_keys=[helper_id])
    unit: Mapped[Unit] = relationship()
