"""The email address of an account: set after confirmation by mail, removed at once.

An unconfirmed address is stored only encrypted, in the job that sends its mail, until the mail is sent. Several users
may share an address, like a phone number. Registration allows it, and no user is told about the others.
"""

import base64
import secrets
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from tutoring.accounts.events import EmailChanged
from tutoring.accounts.models import ResetCode, User
from tutoring.accounts.registration import email_of
from tutoring.kernel import audit, clock, encryption, jobs, mail, rate_limits
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Forbidden, InvalidInput
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_
from tutoring.policy.accounts import may_have_email

LINK_LIFE = timedelta(days=1)
ASK_JOB, TOLD_JOB = "accounts.email_ask", "accounts.email_told"

_CHILD = N_("Email chỉ dành cho tài khoản của người từ 16 tuổi.")
_NO_MAIL = N_("Trang này hiện chưa gửi được thư. Bạn thử lại sau.")
_SAME = N_("Đây đang là địa chỉ của bạn rồi.")
_OTHERS = N_("Đường dẫn này dành cho tài khoản khác. Hãy đăng xuất, đăng nhập đúng tài khoản, rồi mở lại thư.")
_OLD = N_("Đường dẫn này đã quá 24 giờ. Hãy xin thư mới.")
_USED = N_("Bạn đã xác nhận địa chỉ này rồi.")
_OVERTAKEN = N_("Địa chỉ của tài khoản đã đổi từ khi thư này được gửi. Hãy xin thư mới.")


@dataclass(frozen=True)
class Link:
    """The content of a confirmation link.

    It holds the account, the encrypted new address, the blind index of the address before, and the expiry.
    """

    user_id: int
    sealed: str
    before: str
    until: int

    @property
    def address(self) -> str:
        return unsealed(self.user_id, self.sealed)


def masked(address: str) -> str:
    """Masks an address for display: l…n@example.vn."""
    name, _, place = address.rpartition("@")
    return f"{name[:1]}…{name[-1:] if len(name) > 2 else ''}@{place}"


def _sealed(user_id: int, address: str) -> str:
    return base64.urlsafe_b64encode(encryption.encrypt(address, f"email-change:{user_id}")).decode()


def unsealed(user_id: int, sealed: str) -> str:
    """Decrypts the address that a mail goes to or that a link confirms."""
    return encryption.decrypt(base64.urlsafe_b64decode(sealed), f"email-change:{user_id}")


def _refuse_children(user: User) -> None:
    if not may_have_email(user.kind):
        raise Forbidden(_CHILD)


def ask(user: User, typed: str) -> str:
    """Sends a confirmation mail to this address; returns the address in its stored form.

    Other accounts may have the same address.
    """
    _refuse_children(user)
    if not mail.ready():
        raise Conflict(_NO_MAIL)
    address = email_of(typed, field="email")
    mark = encryption.blind_index(address, "email")
    if mark == user.email_mark:
        raise InvalidInput(_SAME, field="email")
    rate_limits.hit("email_ask", user.id)
    rate_limits.hit("email_ask_address", mark)  # for all users together: this site cannot be used to flood a mailbox
    _put_down_ask(user, address)
    return address


@command
def _put_down_ask(user: User, address: str) -> None:
    _forget(ASK_JOB, user.id)  # a mail that has not been sent yet
    until = round((clock.now() + LINK_LIFE).timestamp())
    _put_down(ASK_JOB, user.id, address, before=user.email_mark or "", until=until)


def _put_down(kind: str, user_id: int, address: str, **more: object) -> None:
    letter = secrets.token_hex(8)
    key = f"{kind}:{user_id}:{letter}"
    sealed = _sealed(user_id, address)
    jobs.enqueue(kind, key, clock.now(), user_id=user_id, sealed=sealed, work=key, letter=f"email-{letter}", **more)


def check(user: User, link: Link) -> None:
    """Rejects a link of another user, or one that has expired, was used or was overtaken."""
    _refuse_children(user)
    if link.user_id != user.id:
        raise Forbidden(_OTHERS)
    if (user.email_mark or "") != link.before:
        raise Conflict(
            _USED if user.email_mark == encryption.blind_index(link.address, "email") else _OVERTAKEN, code="used"
        )
    if clock.now().timestamp() > link.until:
        raise Conflict(_OLD, code="old")


@command
def confirm(user: User, link: Link) -> None:
    """Sets the address: the mail arrived and the account's owner opened its link."""
    row = _locked(user.id)
    check(row, link)
    _change(row, link.address)


@command
def drop(user: User) -> None:
    """Removes the address; no mail is sent to it any more."""
    _refuse_children(user)
    row = _locked(user.id)
    if row.email_mark:
        _change(row, None)


def _locked(user_id: int) -> User:
    return db.session.get_one(User, user_id, with_for_update={"key_share": True}, populate_existing=True)


def _change(user: User, address: str | None) -> None:
    how = "removed" if address is None else "changed" if user.email_mark else "added"
    if before := user.email:
        _put_down(TOLD_JOB, user.id, before, how=how)
    user.email = address
    _forget(ASK_JOB, user.id)
    _end_codes(user.id)
    audit.record(user.id, "change_email", f"user:{user.id}", how=how)
    publish(EmailChanged(user.id, how, clock.now()))


def _end_codes(user_id: int) -> None:
    """Ends reset codes that were mailed to the old address; codes issued by staff stay valid."""
    mailed = ResetCode.user_id == user_id, ResetCode.issued_by_id.is_(None), ResetCode.used_at.is_(None)
    db.session.execute(sa.update(ResetCode).where(*mailed).values(used_at=clock.now()))


def _forget(kind: str, user_id: int) -> None:
    beginning = jobs.Job.key.startswith(f"{kind}:{user_id}:", autoescape=True)
    db.session.execute(sa.delete(jobs.Job).where(beginning, jobs.Job.done_at.is_(None)))


@command
def letter_gone(key: str) -> None:
    """Clears the address from the job once its mail was sent."""
    db.session.execute(sa.update(jobs.Job).where(jobs.Job.key == key).values(payload={}))


def forget_letters(user_id: int) -> None:
    """Cancels unsent mails of an erased account, inside the running command."""
    for kind in (ASK_JOB, TOLD_JOB):
        _forget(kind, user_id)
