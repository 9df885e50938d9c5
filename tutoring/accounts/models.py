"""Tables of accounts: users, sign-ins, second factors, guardians, consent, reset codes."""

from datetime import datetime

import sqlalchemy as sa
from flask_login import UserMixin
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from tutoring.accounts.person_names import PersonNameMixin
from tutoring.kernel import clock, encryption
from tutoring.kernel.db import Model, value_check
from tutoring.kernel.encryption import EncryptedText
from tutoring.kernel.text import search_text
from tutoring.policy.accounts import may_take_back

ADDRESS_FORMS = ("bạn", "em", "con", "anh", "chị", "cô", "chú", "bác", "thầy", "ông", "bà")


class User(PersonNameMixin, UserMixin, Model):
    """A user.

    Of a child the display name, grade and birth year are stored, and the full name only with a consent of its own.
    """

    __tablename__ = "user"
    __allow_unmapped__ = True
    __table_args__ = (
        value_check("kind", "adult", "youth", "child"),
        value_check("state", "waiting", "active", "suspended"),
        sa.CheckConstraint("birth_year IS NULL OR birth_year BETWEEN 1900 AND 2100", name="birth_year"),
        sa.CheckConstraint("grade IS NULL OR grade BETWEEN 1 AND 12", name="grade"),
        # For administrators, queried by every report, and for demo accounts, queried at every start and on demo pages.
        sa.Index("ix_user_admin", "id", sqlite_where=sa.text("site_admin = 1"), postgresql_where=sa.text("site_admin")),
        sa.Index("ix_user_demo", "id", sqlite_where=sa.text("demo = 1"), postgresql_where=sa.text("demo")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    # youth: 16–17, own account; child: under 16, account made by a guardian
    kind: Mapped[str] = mapped_column(default="adult")
    state: Mapped[str] = mapped_column(default="active")
    full_name: Mapped[str] = mapped_column(info={"personal": "name"})
    called_name: Mapped[str] = mapped_column(info={"personal": "name to be called by"})
    # The words of both names without accents, the display name first; user search uses them.
    name_words: Mapped[str] = mapped_column(
        default="", server_default="", index=True, deferred=True, info={"personal": "name"}
    )
    address_form: Mapped[str] = mapped_column(default="bạn", info={"personal": "form of address"})
    username: Mapped[str] = mapped_column(unique=True, info={"personal": "user name"})
    # Encrypted, and found by their blind indexes. A family may share a phone, so it is not unique.
    phone: Mapped[str | None] = mapped_column(
        "phone_sealed",
        EncryptedText("user.phone"),
        deferred_group="contacts",
        deferred=True,
        info={"personal": "phone"},
    )
    phone_mark: Mapped[str | None] = mapped_column(index=True, info={"personal": "phone"})
    email: Mapped[str | None] = mapped_column(
        "email_sealed",
        EncryptedText("user.email"),
        deferred_group="contacts",
        deferred=True,
        info={"personal": "email"},
    )
    email_mark: Mapped[str | None] = mapped_column(index=True, info={"personal": "email"})
    password_hash: Mapped[str] = mapped_column(default="", info={"personal": "secret"})
    birth_year: Mapped[int | None] = mapped_column(info={"personal": "age"})
    grade: Mapped[int | None] = mapped_column(info={"personal": "grade"})
    language: Mapped[str] = mapped_column(default="vi")
    site_admin: Mapped[bool] = mapped_column(default=False)
    demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    suspended_at: Mapped[datetime | None]
    suspended_until: Mapped[datetime | None]  # None while suspended: permanent, decided by two people
    erased_at: Mapped[datetime | None]  # only the id is left of this user

    sign_in: "SignIn | None" = None  # set by the sign-in loader for the current request

    @validates("phone", "email")
    def _mark(self, name: str, value: str | None) -> str | None:
        """Sets the blind index together with the value."""
        setattr(self, f"{name}_mark", encryption.blind_index(value, name) if value else None)
        return value

    @validates("full_name", "called_name")
    def _words(self, which: str, value: str) -> str:
        called, full = (value, self.full_name) if which == "called_name" else (self.called_name, value)
        self.name_words = search_text(f"{called or ''} {full or ''}")
        return value

    def get_id(self) -> str:
        """Returns the sign-in token as Flask-Login's id: ending a sign-in ends it everywhere."""
        return self.sign_in.token if self.sign_in and self.sign_in.token else ""

    # Users are equal when they are the same object. The mixin compares get_id, which is empty for every user but the
    # current one. Any two others would be equal, and "is she in this list" always true.
    __eq__ = object.__eq__
    __hash__ = object.__hash__

    @property
    def is_active(self) -> bool:
        return self.state != "suspended"

    @property
    def lacks_factor(self) -> bool:
        """Whether the current sign-in lacks a second factor, except for demo accounts."""
        return self.sign_in is not None and self.sign_in.second_factor_at is None and not self.demo


class SignIn(Model):
    """One sign-in on one device; ending it ends every page and socket that uses it."""

    __tablename__ = "sign_in"
    __allow_unmapped__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(unique=True, info={"personal": "secret"})
    device: Mapped[str] = mapped_column(default="", info={"personal": "device"})
    shared_device: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    seen_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]
    half: Mapped[bool] = mapped_column(default=False)  # the passphrase was right, the code is still missing: no rights
    second_factor_at: Mapped[datetime | None]  # when this sign-in showed the second factor
    stepped_up_at: Mapped[datetime | None]  # when the user's identity was last confirmed

    user: Mapped[User] = relationship()

    token: str = ""  # known only to the browser; set during the request that presents it


class SecondFactor(Model):
    """The encrypted secret of an authenticator app; `pending` waits for its first right code."""

    __tablename__ = "second_factor"
    __table_args__ = (sa.CheckConstraint("(sealed IS NULL) = (confirmed_at IS NULL)", name="confirmed"),)

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    sealed: Mapped[bytes | None] = mapped_column(info={"personal": "secret", "sealed": "totp:{user_id}"})
    confirmed_at: Mapped[datetime | None]
    last_step: Mapped[int] = mapped_column(default=0)  # the 30-second step of the last code: no code is accepted twice
    pending: Mapped[bytes | None] = mapped_column(info={"personal": "secret", "sealed": "totp:{user_id}"})
    pending_at: Mapped[datetime | None]


class RecoveryCode(Model):
    """One of ten codes on paper, for a lost phone; each works once."""

    __tablename__ = "recovery_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    code_hash: Mapped[str] = mapped_column(info={"personal": "secret"})
    used_at: Mapped[datetime | None]


class LiveSocket(Model):
    """An open socket, so that any process can close it and presence can be queried."""

    __tablename__ = "live_socket"

    sid: Mapped[str] = mapped_column(primary_key=True)
    sign_in_id: Mapped[int] = mapped_column(sa.ForeignKey("sign_in.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    opened_at: Mapped[datetime] = mapped_column(default=clock.now)
    seen_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
    visible: Mapped[bool] = mapped_column(default=True)  # whether the user looks at the page, as reported by the page


class Guardian(Model):
    """A guardian of a minor; active once a second person of the unit has confirmed it."""

    __tablename__ = "guardian"
    __table_args__ = (sa.UniqueConstraint("child_id", "guardian_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    child_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    # A youth of 16–17 may name a person without an account: then only a name and a contact for the teacher are stored.
    guardian_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    named: Mapped[str] = mapped_column(default="", info={"personal": "name"})
    contact: Mapped[str | None] = mapped_column(
        "contact_sealed", EncryptedText("guardian.contact"), deferred=True, info={"personal": "phone"}
    )
    relation: Mapped[str] = mapped_column(default="", info={"personal": "family"})
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    confirmed_at: Mapped[datetime | None]
    confirmed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))

    child: Mapped[User] = relationship(foreign_keys=[child_id])
    guardian: Mapped[User | None] = relationship(foreign_keys=[guardian_id])


class Consent(Model):
    """Consent to one purpose, with the text that was read; a child's assent is `kind = assent`."""

    __tablename__ = "consent"
    __table_args__ = (value_check("kind", "consent", "assent"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    subject_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    given_by_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))
    kind: Mapped[str] = mapped_column(default="consent")
    purpose: Mapped[str]
    text_version: Mapped[str]
    text_hash: Mapped[str]
    channel: Mapped[str] = mapped_column(default="web")
    given_at: Mapped[datetime] = mapped_column(default=clock.now)
    withdrawn_at: Mapped[datetime | None]
    withdrawal_id: Mapped[int | None] = mapped_column(sa.ForeignKey("withdrawal.id"), index=True)


class Withdrawal(Model):
    """A consent that was withdrawn, or that expired with the school year (`ended`, no user).

    What depended on it stopped at once. Its data are cleaned up at `clean_at`, unless the withdrawal is lifted before.
    One by a guardian stands until that same guardian undoes it or consents again.
    """

    __tablename__ = "withdrawal"
    __table_args__ = (
        value_check("why", "withdrawn", "ended"),
        sa.CheckConstraint("(by_id IS NULL) = (why = 'ended')", name="by"),
        sa.Index("ix_withdrawal_of", "subject_id", "purpose"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    subject_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"))
    purpose: Mapped[str]
    why: Mapped[str] = mapped_column(default="withdrawn")
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(default=clock.now)
    clean_at: Mapped[datetime]
    lifted_at: Mapped[datetime | None]
    cleaned_at: Mapped[datetime | None]

    by: Mapped[User | None] = relationship(foreign_keys=[by_id])

    @property
    def can_be_undone(self) -> bool:
        """Whether nothing has been erased yet and the time to undo is not over."""
        return may_take_back(self.lifted_at is None and self.why == "withdrawn", self.clean_at <= clock.now())


class ResetCode(Model):
    """A one-time code for a new passphrase, issued by a coordinator or by mail."""

    __tablename__ = "reset_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    code_hash: Mapped[str] = mapped_column(info={"personal": "secret"})
    issued_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
