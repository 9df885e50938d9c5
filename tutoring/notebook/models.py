"""Tables of the private notebook: dossiers that somebody has handed in, written down by the person alone."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tutoring.kernel import clock
from tutoring.kernel.db import Model
from tutoring.kernel.encryption import EncryptedText


class NotebookEntry(Model):
    """One dossier of its owner. Its words are sealed: who steals the database reads no code.

    `once` is what the empty form was given, so that a form sent twice writes once; `version` counts changes, so that
    an older page of the same entry does not overwrite a newer one.
    """

    __tablename__ = "notebook_entry"
    __table_args__ = (sa.UniqueConstraint("owner_id", "once"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"))
    code: Mapped[str | None] = mapped_column(  # None when it was sealed under another key
        "code_sealed", EncryptedText("notebook_entry.code"), nullable=False, info={"personal": "number"}
    )
    about: Mapped[str | None] = mapped_column(
        "about_sealed", EncryptedText("notebook_entry.about"), info={"personal": "text"}
    )
    handed_in: Mapped[date | None] = mapped_column(info={"personal": "times"})
    look_again: Mapped[date | None] = mapped_column(info={"personal": "times"})
    done_at: Mapped[datetime | None]
    once: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class FirstDossier(Model):
    """Somebody says to have handed in a real dossier for the first time: the day of saying so, and nothing about it."""

    __tablename__ = "first_dossier"

    owner_id: Mapped[int] = mapped_column(
        sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True, info={"personal": "who has filed"}
    )
    said_on: Mapped[date]
