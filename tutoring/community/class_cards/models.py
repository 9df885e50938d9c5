"""Tables of class cards: the one-time card of a staged pupil, and the claims that were made with it."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tutoring.accounts.models import User
from tutoring.community.class_lists.models import ClassLine
from tutoring.kernel import clock
from tutoring.kernel.db import Model, value_check

OPEN = ("waiting", "frozen")  # states of a claim that the teacher has not decided


class ClassCard(Model):
    """The card of a staged pupil. Only a digest of its code is stored; a new card replaces the row."""

    __tablename__ = "class_card"

    line_id: Mapped[int] = mapped_column(sa.ForeignKey("class_line.id", ondelete="CASCADE"), primary_key=True)
    code_mark: Mapped[str] = mapped_column(unique=True, info={"personal": "secret"})
    issued_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    issued_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]

    line: Mapped[ClassLine] = relationship()


class ClassClaim(Model):
    """A claim made with a card: a guardian who waits for the teacher, or a pupil from 16 on.

    It gives no right. A second claim on one card freezes both. Once it is confirmed, `child_id` is the pupil's account.
    """

    __tablename__ = "class_claim"
    __table_args__ = (
        value_check("state", "waiting", "frozen", "refused", "withdrawn", "confirmed"),
        value_check("parent_was", "", "waiting", "ended"),
        sa.UniqueConstraint("line_id", "once"),
        sa.Index("uq_class_claim_confirmed", "line_id", unique=True, sqlite_where=sa.text("state = 'confirmed'"),
                 postgresql_where=sa.text("state = 'confirmed'")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    line_id: Mapped[int] = mapped_column(sa.ForeignKey("class_line.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    state: Mapped[str] = mapped_column(default="waiting")
    relation: Mapped[str] = mapped_column(default="", info={"personal": "family"})
    # The purposes that were agreed to, each with the version of its text: of the guardian, and of the child.
    consents: Mapped[dict[str, Any]] = mapped_column(default=dict)
    assents: Mapped[dict[str, Any]] = mapped_column(default=dict)
    made_account: Mapped[bool] = mapped_column(default=False)  # the claim made the account of its user
    made_parent: Mapped[bool] = mapped_column(default=False)  # its confirmation made the membership of the guardian
    # The state of the membership that its confirmation took up.
    parent_was: Mapped[str] = mapped_column(default="", server_default="")
    # Another person claimed the same card, and the teacher has refused neither; a withdrawal changes nothing.
    contested: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    once: Mapped[str]  # a digest of the form's mark: the same form sent twice is one claim
    at: Mapped[datetime] = mapped_column(default=clock.now)
    reason: Mapped[str] = mapped_column(default="", info={"personal": "text"})
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    decided_at: Mapped[datetime | None]
    child_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"), index=True)

    line: Mapped[ClassLine] = relationship()
    user: Mapped[User] = relationship(foreign_keys=[user_id])
