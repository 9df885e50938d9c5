"""The table of checks. It holds no user: the audit log has who checked."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tutoring.kernel import clock
from tutoring.kernel.db import Model, value_check

SAME, CHANGED = "same", "changed"
ROLES = ("coordinator", "teacher")  # of the editor who checked; a coordinator who teaches counts as coordinator


class ClaimCheck(Model):
    """One check of a claim against its source. Rows are only added, so that each editor's check stays."""

    __tablename__ = "claim_check"
    __table_args__ = (
        value_check("verdict", SAME, CHANGED),
        value_check("role", *ROLES),
        sa.Index("ix_claim_check_of", "claim", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    claim: Mapped[str]  # the key of the claim
    wording: Mapped[str]  # digest of its wording and source: a changed claim counts as unchecked
    verdict: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    role: Mapped[str]
    checked_on: Mapped[date]
    at: Mapped[datetime] = mapped_column(default=clock.now)
