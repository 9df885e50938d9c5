"""The table of the start page: first steps dismissed, and emergency numbers saved."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tutoring.kernel.db import Model


class FirstSteps(Model):
    """The first steps of one user.

    Progress is derived from facts; only the numbers saved in a phone are stored here.
    """

    __tablename__ = "first_steps"

    user_id: Mapped[int] = mapped_column(
        sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    put_away_at: Mapped[datetime | None]
    calls_saved_at: Mapped[datetime | None]
