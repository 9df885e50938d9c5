"""The table of progress markers in a lesson followed together."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tutoring.accounts.models import User
from tutoring.kernel import clock
from tutoring.kernel.db import Model, value_check

SIGNS = ("done", "answer", "stuck")


class ProgressMarker(Model):
    """A learner ticked a step, answered a checkpoint, or is stuck at a sentence.

    Of an answer only right or wrong is stored. There is at most one stuck marker for each person. Markers are deleted
    with the room.
    """

    __tablename__ = "lesson_sign"
    __table_args__ = (
        value_check("kind", *SIGNS),
        sa.CheckConstraint("(kind = 'answer') = (correct IS NOT NULL)", name="correct"),
        sa.CheckConstraint("(kind = 'done') = (place = '')", name="place"),
        sa.CheckConstraint("tries > 0", name="tries"),
        sa.UniqueConstraint("room_id", "user_id", "kind", "lesson_slug", "step_id", "place"),
        sa.Index("uq_lesson_sign_stuck", "room_id", "user_id", unique=True,
                 sqlite_where=sa.text("kind = 'stuck'"), postgresql_where=sa.text("kind = 'stuck'")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    room_id: Mapped[int] = mapped_column(sa.ForeignKey("room.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(
        sa.ForeignKey("user.id", ondelete="CASCADE"), index=True, info={"personal": "who learns what"}
    )
    kind: Mapped[str]
    lesson_slug: Mapped[str]
    step_id: Mapped[str]
    place: Mapped[str] = mapped_column(default="")  # the id of the checkpoint, or of the sentence
    correct: Mapped[bool | None]  # the last answer
    tries: Mapped[int] = mapped_column(default=1)
    at: Mapped[datetime] = mapped_column(default=clock.now)

    user: Mapped[User] = relationship()
