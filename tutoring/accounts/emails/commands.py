"""The e-mail address of an account: given or changed once a letter that went there was opened, taken away at once.

An address that nobody has confirmed stands in no table but sealed, in the work that sends its letter, until it went.
Several people may share an address, as they may a phone number: that is so at sign-up, and nobody is told here either.
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

_CHILD = N_("E-mail chỉ dành cho tài khoản của người từ 16 tuổi.")
_NO_MAIL = N_("Trang này hiện chưa gửi được thư. Bạn thử lại sau.")
_SAME = N_("Đây đang là địa chỉ của bạn rồi.")
_OTHERS = N_("Đường dẫn này dành cho tài khoản khác. Hãy đăng xuất, đăng nhập đúng tài khoản, rồi mở lại thư.")
_OLD = N_("Đường dẫn này đã quá 24 giờ. Hãy xin thư mới.")
_USED = N_("Bạn đã xác nhận địa chỉ này rồi.")
_OVERTAKEN = N_("Địa chỉ của tài khoản đã đổi từ khi thư này được gửi. Hãy xin thư mới.")


@dataclass(frozen=True)
class Link:
    """What stands in a letter's link: whose account, which e-mail, the mark of the one it had then, until when."""

    user_id: int
    sealed: str
    before: str
    until: int

    @property
    def address(self) -> str:
        return unsealed(self.user_id, self.sealed)


def masked(address: str) -> str:
    """As it is shown: l…n@example.vn."""
    name, _, place = address.rpartition("@")
    return f"{name[:1]}…{name[-1:] if len(name) > 2 else ''}@{place}"


def _sealed(user_id: int, address: str) -> str:
    return base64.urlsafe_b64encode(encryption.encrypt(address, f"email-change:{user_id}")).decode()


def unsealed(user_id: int, sealed: str) -> str:
    """The address that a letter goes to, or that a link is about."""
    return encryption.decrypt(base64.urlsafe_b64decode(sealed), f"email-change:{user_id}")


def _refuse_children(user: User) -> None:
    if not may_have_email(user.kind):
        raise Forbidden(_CHILD)


def ask(user: User, typed: str) -> str:
    """Send a letter to this address, whoever else may have it; returns the address as it will be kept."""
    _refuse_children(user)
    if not mail.ready():
        raise Conflict(_NO_MAIL)
    address = email_of(typed, field="email")
    mark = encryption.blind_index(address, "email")
    if mark == user.email_mark:
        raise InvalidInput(_SAME, field="email")
    rate_limits.hit("email_ask", user.id)
    rate_limits.hit("email_ask_address", mark)  # whoever asks: nobody's letter box is filled from here
    _put_down_ask(user, address)
    return address


@command
def _put_down_ask(user: User, address: str) -> None:
    _forget(ASK_JOB, user.id)  # one that has not gone yet
    until = round((clock.now() + LINK_LIFE).timestamp())
    _put_down(ASK_JOB, user.id, address, before=user.email_mark or "", until=until)


def _put_down(kind: str, user_id: int, address: str, **more: object) -> None:
    letter = secrets.token_hex(8)
    key = f"{kind}:{user_id}:{letter}"
    sealed = _sealed(user_id, address)
    jobs.enqueue(kind, key, clock.now(), user_id=user_id, sealed=sealed, work=key, letter=f"email-{letter}", **more)


def check(user: User, link: Link) -> None:
    """Refuse a link that is not this person's, is too old, or has been used or overtaken."""
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
    """The letter arrived and was opened by whoever holds the account: the address is theirs."""
    row = _locked(user.id)
    check(row, link)
    _change(row, link.address)


@command
def drop(user: User) -> None:
    """The account has no address any more; letters no longer go out to it."""
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
    """A code that went to the address before opens nothing any more; one that staff gave stays."""
    mailed = ResetCode.user_id == user_id, ResetCode.issued_by_id.is_(None), ResetCode.used_at.is_(None)
    db.session.execute(sa.update(ResetCode).where(*mailed).values(used_at=clock.now()))


def _forget(kind: str, user_id: int) -> None:
    beginning = jobs.Job.key.startswith(f"{kind}:{user_id}:", autoescape=True)
    db.session.execute(sa.delete(jobs.Job).where(beginning, jobs.Job.done_at.is_(None)))


@command
def letter_gone(key: str) -> None:
    """It went: nothing of the address stays in the work that sent it."""
    db.session.execute(sa.update(jobs.Job).where(jobs.Job.key == key).values(payload={}))


def forget_letters(user_id: int) -> None:
    """Inside the running command: the account is erased, and letters that have not gone go nowhere."""
    for kind in (ASK_JOB, TOLD_JOB):
        _forget(kind, user_id)
