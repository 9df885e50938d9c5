"""The table of annotations on pictures in rooms; the pictures' files never change."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tutoring.accounts.models import User
from tutoring.kernel import clock
from tutoring.kernel.db import Model


class PictureAnnotation(Model):
    """One annotation as it was sent (see shapes.py); hidden by its author means withdrawn."""

    __tablename__ = "picture_marks"
    __table_args__ = (
        sa.UniqueConstraint("picture_id", "author_id", "client_id"),
        sa.CheckConstraint("(hidden_at IS NULL) = (hidden_by_id IS NULL)", name="hidden"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    picture_id: Mapped[int] = mapped_column(sa.ForeignKey("picture.id", ondelete="CASCADE"))
    author_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"), index=True)
    client_id: Mapped[str]
    shapes: Mapped[list[Any]] = mapped_column(info={"personal": "text"})
    at: Mapped[datetime] = mapped_column(default=clock.now)
    hidden_at: Mapped[datetime | None]
    hidden_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))

    author: Mapped[User] = relationship(lazy="raise_on_sql", foreign_keys=[author_id])
