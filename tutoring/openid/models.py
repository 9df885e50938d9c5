"""Tables of OpenID Connect: providers, links of accounts to them, sign-ins begun there, tokens that were used."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tutoring.accounts.models import User
from tutoring.community.models import Unit
from tutoring.kernel import clock
from tutoring.kernel.db import Model
from tutoring.kernel.encryption import EncryptedText


class IdentityProvider(Model):
    """A server that signs people in, of the whole site or of one unit and those below it.

    The issuer never changes: an identity is an issuer and a subject, and a link made under one issuer must not count
    under another.
    """

    __tablename__ = "identity_provider"

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("unit.id", ondelete="CASCADE"), index=True)
    code: Mapped[str] = mapped_column(unique=True)  # in its public addresses
    label: Mapped[str]  # on the sign-in page, which minors read
    issuer: Mapped[str]
    client_id: Mapped[str]
    client_secret: Mapped[str | None] = mapped_column(
        "client_secret_sealed", EncryptedText("identity_provider.client_secret"), deferred=True
    )
    domains: Mapped[str] = mapped_column(default="")  # allowed email domains, separated by blanks; empty allows all
    enabled: Mapped[bool] = mapped_column(default=False)
    created_by_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    unit: Mapped[Unit | None] = relationship()


class IdentityLink(Model):
    """An account's identity at a provider. The subject is stored sealed, and found by a blind index with the issuer.

    No name and no email address of the provider is stored.
    """

    __tablename__ = "identity_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    provider_id: Mapped[int] = mapped_column(sa.ForeignKey("identity_provider.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    subject: Mapped[str | None] = mapped_column(
        "subject_sealed", EncryptedText("identity_link.subject"), deferred=True, info={"personal": "secret"}
    )
    identity_mark: Mapped[str] = mapped_column(unique=True, info={"personal": "secret"})
    linked_at: Mapped[datetime] = mapped_column(default=clock.now)
    used_at: Mapped[datetime | None]

    provider: Mapped[IdentityProvider] = relationship()
    user: Mapped[User] = relationship()


class ProviderSession(Model):
    """A sign-in that began at a provider, so that a logout there ends it."""

    __tablename__ = "provider_session"

    sign_in_id: Mapped[int] = mapped_column(sa.ForeignKey("sign_in.id", ondelete="CASCADE"), primary_key=True)
    link_id: Mapped[int] = mapped_column(sa.ForeignKey("identity_link.id", ondelete="CASCADE"), index=True)
    session_mark: Mapped[str] = mapped_column(default="", index=True, info={"personal": "secret"})


class SpentToken(Model):
    """A nonce or a logout token that was accepted; it is accepted once. `until` is when it would have expired."""

    __tablename__ = "spent_token"

    mark: Mapped[str] = mapped_column(primary_key=True)
    until: Mapped[datetime] = mapped_column(index=True)


class ChildPermission(Model):
    """A guardian lets a child under 16 sign in with a school account."""

    __tablename__ = "child_identity_permission"

    child_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    guardian_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    given_at: Mapped[datetime] = mapped_column(default=clock.now)
