"""Tables of webhooks and their deliveries."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tutoring.accounts.models import User
from tutoring.community.models import Unit
from tutoring.kernel import clock
from tutoring.kernel.db import Model, value_check
from tutoring.kernel.encryption import EncryptedText

DELIVER = "webhooks.deliver"  # the job of one try; its key begins with this and the message


class Webhook(Model):
    """An address to which events of a unit are posted. It ends with the role of the person who made it."""

    __tablename__ = "webhook"
    __table_args__ = (value_check("ended_why", "", "person", "maker", "failing", "gone"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id", ondelete="CASCADE"), index=True)
    made_by_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    url: Mapped[str]
    kinds: Mapped[str]  # words with blanks between them
    secret: Mapped[str] = mapped_column("secret_sealed", EncryptedText("webhook.secret"), info={"personal": "secret"})
    old_secret: Mapped[str | None] = mapped_column(
        "old_secret_sealed", EncryptedText("webhook.old_secret"), info={"personal": "secret"}
    )
    old_until: Mapped[datetime | None]
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    failing_since: Mapped[datetime | None]  # None while the last answer accepted
    ended_at: Mapped[datetime | None]
    ended_why: Mapped[str] = mapped_column(default="")  # empty with `ended_at`: a backup was restored

    unit: Mapped[Unit] = relationship()
    made_by: Mapped[User] = relationship()

    @property
    def kind_list(self) -> list[str]:
        return self.kinds.split()


class WebhookDelivery(Model):
    """One event for one webhook: what is posted, how often it was tried, and the last answer."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        value_check("state", "waiting", "sent", "failed"),
        sa.UniqueConstraint("webhook_id", "cause"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    webhook_id: Mapped[int] = mapped_column(sa.ForeignKey("webhook.id", ondelete="CASCADE"))
    message_id: Mapped[str] = mapped_column(unique=True)  # the same in each try, so that a receiver sees doubles
    cause: Mapped[str]  # what happened, once for each webhook; never sent
    kind: Mapped[str]
    body: Mapped[str]
    state: Mapped[str] = mapped_column(default="waiting")
    tries: Mapped[int] = mapped_column(default=0)
    status: Mapped[int | None]  # of the last answer; None: there was none
    made_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
    tried_at: Mapped[datetime | None]

    webhook: Mapped[Webhook] = relationship()
