"""The table of the set-up: one row, from the first link to the end."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tutoring.kernel import clock
from tutoring.kernel.db import Model


class SiteSetup(Model):
    """What the set-up has come to, and the digests of its link, of the browser that opened it, and of a code.

    A site that had its administrators before there was a set-up has no row.
    """

    __tablename__ = "site_setup"
    __table_args__ = (sa.CheckConstraint("id = 1", name="one"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    begun_at: Mapped[datetime] = mapped_column(default=clock.now)
    language: Mapped[str] = mapped_column(default="")
    link_digest: Mapped[str | None]
    link_until: Mapped[datetime | None]
    opened_digest: Mapped[str | None]  # of the link that was opened, to tell another browser so
    browser_digest: Mapped[str | None]  # of the browser that opened the link; no other one goes on
    browser_until: Mapped[datetime | None]
    named_at: Mapped[datetime | None]
    admin_code_digest: Mapped[str | None]  # of the code that the second administrator types
    admin_code_until: Mapped[datetime | None]
    mail_works_at: Mapped[datetime | None]
    no_mail_at: Mapped[datetime | None]  # the site does without mail, as an administrator said
    finished_at: Mapped[datetime | None]
