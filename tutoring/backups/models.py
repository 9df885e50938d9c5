"""The table of the key to which a site encrypts its backups."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tutoring.kernel import clock
from tutoring.kernel.db import Model


class BackupKey(Model):
    """The public key of backups that was made in the browser; one row.

    The private key is stored nowhere. `part_digest` is of the part that has to be typed back, until it was.
    """

    __tablename__ = "backup_key"
    __table_args__ = (sa.CheckConstraint("id = 1", name="one"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    recipient: Mapped[str]
    part_digest: Mapped[str | None]
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    confirmed_at: Mapped[datetime | None]
