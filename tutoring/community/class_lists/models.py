"""Tables of class lists: the legal basis of a school, checked files, staged pupils."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tutoring.accounts.models import User
from tutoring.community.models import Unit
from tutoring.kernel import clock
from tutoring.kernel.db import Model, value_check
from tutoring.kernel.encryption import EncryptedText


class ClassListBasis(Model):
    """On which basis a school's class lists come in. Without a row that has not ended, none does."""

    __tablename__ = "class_list_basis"
    __table_args__ = (sa.CheckConstraint("(ended_at IS NULL) = (ended_by_id IS NULL)", name="end"),)

    school_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id", ondelete="CASCADE"), primary_key=True)
    basis: Mapped[str]  # what counsel found
    agreement: Mapped[str]  # between school and operator: number, day
    recorded_by_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))
    recorded_at: Mapped[datetime] = mapped_column(default=clock.now)
    ended_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    ended_at: Mapped[datetime | None]

    recorded_by: Mapped[User] = relationship(foreign_keys=[recorded_by_id])


class ClassListDraft(Model):
    """A checked file that waits for its sender: its rows, sealed. The file itself is never stored.

    Once it is taken over, only its faulty rows are left.
    """

    __tablename__ = "class_list_draft"

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id", ondelete="CASCADE"), index=True)
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    rows: Mapped[str | None] = mapped_column(
        "rows_sealed", EncryptedText("class_list_draft.rows"), deferred=True, info={"personal": "names of pupils"}
    )
    kind: Mapped[str] = mapped_column(default="pupil", server_default="pupil")  # of its rows, as of a ClassLine
    good: Mapped[int]
    faulty: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
    accepted_at: Mapped[datetime | None]
    added: Mapped[int] = mapped_column(default=0)

    unit: Mapped[Unit] = relationship()


LINE_KINDS = ("pupil", "helper", "staff")


class ClassLine(Model):
    """A pupil of a class list without an account. Pages show the display name and the year of birth alone.

    A helper is a pupil who is nominated once confirmed. A line of staff is an adult of a school with a role.
    """

    __tablename__ = "class_line"
    __table_args__ = (
        sa.UniqueConstraint("unit_id", "mark"),
        value_check("kind", *LINE_KINDS),
        sa.CheckConstraint("(kind = 'staff') = (role <> '')", name="role"),
        sa.CheckConstraint("(kind = 'staff') = (birth_year IS NULL)", name="birth_year"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id", ondelete="CASCADE"))
    called: Mapped[str] = mapped_column(info={"personal": "name to be called by"})
    kind: Mapped[str] = mapped_column(default="pupil", server_default="pupil")
    role: Mapped[str] = mapped_column(default="", server_default="")  # of staff; no form changes it
    birth_year: Mapped[int | None] = mapped_column(info={"personal": "age"})  # None of staff
    full_name: Mapped[str | None] = mapped_column(
        "full_name_sealed", EncryptedText("class_line.full_name"), deferred=True, info={"personal": "name"}
    )
    # The blind index of name and birth: the same file twice changes nothing.
    mark: Mapped[str] = mapped_column(info={"personal": "name"})
    added_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    added_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)

    unit: Mapped[Unit] = relationship()
