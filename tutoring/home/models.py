"""What is kept for the start page: the first steps put away, and the numbers to call saved."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tutoring.kernel.db import Model


class FirstSteps(Model):
    """One person's first steps. What is done of them is read from the facts, but for the numbers saved in a phone."""

    __tablename__ = "first_steps"

    user_id: Mapped[int] = mapped_column(
        sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    put_away_at: Mapped[datetime | None]
    calls_saved_at: Mapped[datetime | None]
