"""Tables of people: users, sign-ins, second factors, guardians, consent, reset codes."""

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
    """A person. Of a child only the called-by name, grade and birth year are kept."""

    __tablename__ = "user"
    __allow_unmapped__ = True
    __table_args__ = (
        value_check("kind", "adult", "youth", "child"),
        value_check("state", "waiting", "active", "suspended"),
        sa.CheckConstraint("birth_year IS NULL OR birth_year BETWEEN 1900 AND 2100", name="birth_year"),
        sa.CheckConstraint("grade IS NULL OR grade BETWEEN 1 AND 12", name="grade"),
        # The few whom every report, every start and every page of the demonstration asks for.
        sa.Index("ix_user_admin", "id", sqlite_where=sa.text("site_admin = 1"), postgresql_where=sa.text("site_admin")),
        sa.Index("ix_user_demo", "id", sqlite_where=sa.text("demo = 1"), postgresql_where=sa.text("demo")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(default="adult")  # youth: 16–17, own account; child: under 16, by a guardian
    state: Mapped[str] = mapped_column(default="active")
    full_name: Mapped[str] = mapped_column(info={"personal": "name"})
    called_name: Mapped[str] = mapped_column(info={"personal": "name to be called by"})
    # The words of both names without accents, the one to be called by first: by them a person is found.
    name_words: Mapped[str] = mapped_column(
        default="", server_default="", index=True, deferred=True, info={"personal": "name"}
    )
    address_form: Mapped[str] = mapped_column(default="bạn", info={"personal": "form of address"})
    username: Mapped[str] = mapped_column(unique=True, info={"personal": "user name"})
    # Sealed; found by their marks. A phone is shared in families: not unique.
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
        info={"personal": "e-mail"},
    )
    email_mark: Mapped[str | None] = mapped_column(index=True, info={"personal": "e-mail"})
    password_hash: Mapped[str] = mapped_column(default="", info={"personal": "secret"})
    birth_year: Mapped[int | None] = mapped_column(info={"personal": "age"})
    grade: Mapped[int | None] = mapped_column(info={"personal": "grade"})
    language: Mapped[str] = mapped_column(default="vi")
    site_admin: Mapped[bool] = mapped_column(default=False)
    demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    suspended_at: Mapped[datetime | None]
    suspended_until: Mapped[datetime | None]  # None while suspended: for good, by two people
    erased_at: Mapped[datetime | None]  # nothing but the number is left of this person

    sign_in: "SignIn | None" = None  # set by the sign-in loader for the present request

    @validates("phone", "email")
    def _mark(self, name: str, value: str | None) -> str | None:
        """Whoever sets one sets its mark, which it is found by."""
        setattr(self, f"{name}_mark", encryption.blind_index(value, name) if value else None)
        return value

    @validates("full_name", "called_name")
    def _words(self, which: str, value: str) -> str:
        called, full = (value, self.full_name) if which == "called_name" else (self.called_name, value)
        self.name_words = search_text(f"{called or ''} {full or ''}")
        return value

    def get_id(self) -> str:
        """Flask-Login's id is the token of this sign-in, so that ending one ends it everywhere."""
        return self.sign_in.token if self.sign_in and self.sign_in.token else ""

    # Two people are the same when they are the same row. The mixin compares get_id, which is empty for everybody
    # but the one who asks, so that any two others would be equal and "is she in this list" always true.
    __eq__ = object.__eq__
    __hash__ = object.__hash__

    @property
    def is_active(self) -> bool:
        return self.state != "suspended"

    @property
    def lacks_factor(self) -> bool:
        """Whether the present sign-in has shown no second factor, where the account does not skip it."""
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
    half: Mapped[bool] = mapped_column(default=False)  # the passphrase was right, the code is still to come: no rights
    second_factor_at: Mapped[datetime | None]  # when this sign-in showed the second factor
    stepped_up_at: Mapped[datetime | None]  # when it was last made sure that it is still the same person

    user: Mapped[User] = relationship()

    token: str = ""  # known only to the browser; here during the request that presents it


class SecondFactor(Model):
    """The secret that an authenticator app makes codes from, sealed; `pending` waits for its first right code."""

    __tablename__ = "second_factor"
    __table_args__ = (sa.CheckConstraint("(sealed IS NULL) = (confirmed_at IS NULL)", name="confirmed"),)

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    sealed: Mapped[bytes | None] = mapped_column(info={"personal": "secret"})
    confirmed_at: Mapped[datetime | None]
    last_step: Mapped[int] = mapped_column(default=0)  # the 30 seconds of the last code taken: none is taken twice
    pending: Mapped[bytes | None] = mapped_column(info={"personal": "secret"})
    pending_at: Mapped[datetime | None]


class RecoveryCode(Model):
    """One of ten codes on paper, for the day when the phone is lost; each works once."""

    __tablename__ = "recovery_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    code_hash: Mapped[str] = mapped_column(info={"personal": "secret"})
    used_at: Mapped[datetime | None]


class LiveSocket(Model):
    """An open socket, so that any process can cut it and anyone can see who is present."""

    __tablename__ = "live_socket"

    sid: Mapped[str] = mapped_column(primary_key=True)
    sign_in_id: Mapped[int] = mapped_column(sa.ForeignKey("sign_in.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    opened_at: Mapped[datetime] = mapped_column(default=clock.now)
    seen_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
    visible: Mapped[bool] = mapped_column(default=True)  # whether somebody looks at the page, as the page tells


class Guardian(Model):
    """A grown-up who answers for a minor; active once a second person of the unit has confirmed it."""

    __tablename__ = "guardian"
    __table_args__ = (sa.UniqueConstraint("child_id", "guardian_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    child_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    # A youth of 16–17 names somebody, who may have no account: then only a name and how the teacher can tell them.
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
    """A yes to one purpose, with the text that was read; a child's own yes is `kind = assent`."""

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
    """A yes that was taken back, or that ran out with the school year (`ended`, by nobody).

    What rested on it stopped at once; what was kept because of it is cleaned up at `clean_at`, unless it is lifted
    before. One by a guardian stands until that same guardian takes it back or says yes anew.
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
        """Whether nothing has been erased yet, and the time for second thoughts runs."""
        return may_take_back(self.lifted_at is None and self.why == "withdrawn", self.clean_at <= clock.now())


class ResetCode(Model):
    """A one-time code to choose a new passphrase, issued by a coordinator of one's unit."""

    __tablename__ = "reset_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    code_hash: Mapped[str] = mapped_column(info={"personal": "secret"})
    issued_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
