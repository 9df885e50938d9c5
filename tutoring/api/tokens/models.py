"""Tables of tokens, and of what was written by them."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tutoring.accounts.models import User
from tutoring.community.models import Unit
from tutoring.kernel import clock
from tutoring.kernel.db import Model


class ApiToken(Model):
    """A token of a person, or of a unit under the rights of the person who made it. Only its hash is stored."""

    __tablename__ = "api_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    unit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("unit.id", ondelete="CASCADE"), index=True)
    label: Mapped[str] = mapped_column(info={"personal": "text"})
    token_hash: Mapped[str] = mapped_column(unique=True, info={"personal": "secret"})
    scopes: Mapped[str]  # words with blanks between them
    second_factor: Mapped[bool]  # whether the sign-in that made it had shown one: roles with power count only then
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]  # to the day: shows whether it is still used
    ended_at: Mapped[datetime | None]

    user: Mapped[User] = relationship()
    unit: Mapped[Unit | None] = relationship()

    @property
    def scope_list(self) -> list[str]:
        return self.scopes.split()


class ApiWrite(Model):
    """What a request with an idempotency key made; the same key gets the same thing for a day."""

    __tablename__ = "api_write"
    __table_args__ = (sa.UniqueConstraint("token_id", "key_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token_id: Mapped[int] = mapped_column(sa.ForeignKey("api_token.id", ondelete="CASCADE"))
    key_hash: Mapped[str]
    request_hash: Mapped[str]  # another request under the same key is refused
    made_id: Mapped[int | None]  # the row that was made; None while the transaction runs
    at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
