"""Tables of the private notebook: dossiers that users have handed in and recorded themselves."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tutoring.kernel import clock
from tutoring.kernel.db import Model
from tutoring.kernel.encryption import EncryptedText


class NotebookEntry(Model):
    """One dossier of its owner.

    Its text is encrypted: a stolen database reveals no code.

    `once` is the token of the empty form, so that a form sent twice creates one entry. `version` counts changes, so
    that an outdated page does not overwrite a newer change.
    """

    __tablename__ = "notebook_entry"
    __table_args__ = (sa.UniqueConstraint("owner_id", "once"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"))
    code: Mapped[str | None] = mapped_column(  # None if it was encrypted under another key
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
    """A user's report of a first real dossier: the day of the report, and nothing about the dossier."""

    __tablename__ = "first_dossier"

    owner_id: Mapped[int] = mapped_column(
        sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True, info={"personal": "who has filed"}
    )
    said_on: Mapped[date]
