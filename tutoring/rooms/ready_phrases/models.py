"""Tables of ready phrases and of how often a helper uses each."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tutoring.kernel import clock
from tutoring.kernel.db import Model


class ReadyPhrase(Model):
    """A phrase of a unit, or of one helper; its blanks are filled for the learner (blanks.py)."""

    __tablename__ = "ready_phrase"
    __table_args__ = (sa.CheckConstraint("(unit_id IS NULL) <> (owner_id IS NULL)", name="belongs"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("unit.id", ondelete="CASCADE"), index=True)
    owner_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    text: Mapped[str] = mapped_column(info={"personal": "text"})
    position: Mapped[int] = mapped_column(default=0)  # in the list of the unit
    archived_at: Mapped[datetime | None]
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)


class PhraseUse(Model):
    """How often one helper has chosen a phrase: the most used ones stand first."""

    __tablename__ = "phrase_use"

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    phrase_id: Mapped[int] = mapped_column(
        sa.ForeignKey("ready_phrase.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    uses: Mapped[int] = mapped_column(default=0)
