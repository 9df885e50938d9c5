"""The certificate that a learner gets for a completed path, and what of it is public."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tutoring.kernel import clock
from tutoring.kernel.db import Model, value_check

SHOWN = ("nothing", "called_name", "full_name")  # what the public page shows of the holder


class Acknowledgement(Model):
    """A path completed by a learner.

    The code opens a public page that shows only what the holder chose.
    """

    __tablename__ = "acknowledgement"
    __table_args__ = (
        sa.UniqueConstraint("user_id", "path_slug"),
        sa.UniqueConstraint("code"),
        value_check("shown", *SHOWN),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(info={"personal": "code"})
    user_id: Mapped[int] = mapped_column(
        sa.ForeignKey("user.id", ondelete="CASCADE"), info={"personal": "who learned what"}
    )
    path_slug: Mapped[str] = mapped_column(sa.ForeignKey("lesson_path.slug"))
    lessons: Mapped[list[Any]]  # as issued: [{"slug", "version", "level": self | quiz | practised | witnessed}]
    shown: Mapped[str] = mapped_column(default="nothing")
    issued_at: Mapped[datetime] = mapped_column(default=clock.now)
    withdrawn_at: Mapped[datetime | None]
