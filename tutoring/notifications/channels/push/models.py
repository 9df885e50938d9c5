"""The table of push subscriptions."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from tutoring.kernel import clock
from tutoring.kernel.db import Model
from tutoring.kernel.encryption import EncryptedText


class PushSubscription(Model):
    """One browser in which a user enabled push; valid only while that sign-in is."""

    __tablename__ = "push_place"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    sign_in_id: Mapped[int] = mapped_column(sa.ForeignKey("sign_in.id", ondelete="CASCADE"), unique=True)
    browser_mark: Mapped[str] = mapped_column(index=True, info={"personal": "device"})  # of a persistent cookie
    endpoint: Mapped[str | None] = mapped_column(
        "endpoint_sealed", EncryptedText("push_place.endpoint"), info={"personal": "device"}
    )
    endpoint_mark: Mapped[str] = mapped_column(unique=True, info={"personal": "device"})
    keys: Mapped[str | None] = mapped_column(
        "keys_sealed", EncryptedText("push_place.keys"), info={"personal": "secret"}
    )
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    took_at: Mapped[datetime | None]  # when its service last accepted a push
