"""The table of what is public: figures of half-years that are over."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from tutoring.kernel import clock
from tutoring.kernel.db import Model


class HalfYear(Model):
    """One half-year as everybody may read it, made once and never counted again. Nothing exact is in it: what fewer
    than ten people stand behind is None, the rest is rounded (hiding.py)."""

    __tablename__ = "half_year"

    name: Mapped[str] = mapped_column(primary_key=True)  # 2026-2
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    figures: Mapped[list[Any]] = mapped_column(default=list)  # [section, key, measure, value or None]
