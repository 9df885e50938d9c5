"""Confirms phone numbers by code, and counts messages before they are sent."""

import hmac
import secrets
from datetime import timedelta

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.kernel import clock, encryption, jobs, rate_limits
from tutoring.kernel.commands import command
from tutoring.kernel.database.sql import insert_if_absent
from tutoring.kernel.db import db, is_sqlite
from tutoring.kernel.errors import Conflict, Forbidden, InvalidInput
from tutoring.kernel.text import N_
from tutoring.notifications.channels.sms.models import TextNumber, TextSent
from tutoring.policy.notifications import may_get_texts

CODE_JOB = "notifications.sms_code"
CODE_LIFE = timedelta(minutes=10)
_LOCK = 7_466_001  # of the PostgreSQL advisory lock for counting

_GROWN_UP = N_("Tin nhắn điện thoại chỉ dành cho người lớn. Thông báo vẫn có ở trang Thông báo.")
_NO_NUMBER = N_(
    "Chỉ tài khoản đăng ký bằng số điện thoại mới nhận được tin nhắn. Bạn dùng thư hoặc thông báo trên máy."
)
_WRONG = N_("Mã này không đúng hoặc đã quá 10 phút. Hãy xem lại tin nhắn, hoặc xin mã mới.")


class Ceiling(Exception):
    """The daily limit of short messages is reached; it bounds the cost of a mistake."""


def code_of(user_id: int, number_mark: str, nonce: str) -> str:
    """Derives the six digits of a code.

    They are not stored: the database alone cannot yield them.
    """
    return f"{int(encryption.blind_index(f'{user_id}:{number_mark}:{nonce}', 'sms-code'), 16) % 1_000_000:06d}"


def ask_code(user: User) -> None:
    """Sends a code to the phone number of the user's account."""
    if not may_get_texts(user.is_minor):
        raise Forbidden(_GROWN_UP)
    if not user.phone_mark:
        raise Conflict(_NO_NUMBER)
    rate_limits.hit("sms_code", user.id)
    rate_limits.hit("sms_code", user.phone_mark)  # also limits several accounts that share the number
    _put_down_code(user)


@command
def _put_down_code(user: User) -> None:
    row = db.session.get(TextNumber, user.id)
    mark = user.phone_mark or ""
    if row is None:
        row = TextNumber(user_id=user.id, number_mark=mark)
        db.session.add(row)
    if row.number_mark != mark:
        row.number_mark, row.confirmed_at = mark, None
    row.nonce, row.asked_at = secrets.token_hex(8), clock.now()
    jobs.enqueue(CODE_JOB, f"{CODE_JOB}:{user.id}:{row.nonce}", row.asked_at, user_id=user.id, nonce=row.nonce)


def confirm_number(user: User, typed: str) -> None:
    """Confirms the number by the code; raises InvalidInput for a wrong or expired one."""
    rate_limits.hit("sms_guess", user.id)
    _confirm(user, "".join(sign for sign in typed if sign.isdecimal()))


@command
def _confirm(user: User, digits: str) -> None:
    if not may_get_texts(user.is_minor):
        raise Forbidden(_GROWN_UP)
    row = db.session.get(TextNumber, user.id)
    if row is None or not row.nonce or row.number_mark != user.phone_mark or row.asked_at + CODE_LIFE < clock.now():
        raise InvalidInput(_WRONG, field="code")
    if not hmac.compare_digest(code_of(user.id, row.number_mark, row.nonce), digits):
        raise InvalidInput(_WRONG, field="code")
    row.confirmed_at, row.nonce = clock.now(), ""


@command
def forget_number(user: User) -> None:
    """Stops short messages; to resume them, the user confirms the number again."""
    db.session.execute(sa.delete(TextNumber).where(TextNumber.user_id == user.id))


@command
def forget_texts_of(user_id: int) -> None:
    """Deletes the numbers and the message log of an erased user."""
    for model in (TextNumber, TextSent):
        db.session.execute(sa.delete(model).where(model.user_id == user_id))


@command
def count_text(user_id: int, key: str, most_of_person: int, most_of_all: int) -> None:
    """Counts one message for this day before it is sent; a repeat of its key counts once.

    Raises Ceiling above a limit, and then counts nothing.
    """
    today = clock.today()
    # The lock serializes counting: two concurrent transactions could both take the last slot.
    if not is_sqlite():
        db.session.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    if not insert_if_absent(TextSent, user_id=user_id, key=key, day=today, at=clock.now()):
        return
    of_day = sa.select(sa.func.count()).select_from(TextSent).where(TextSent.day == today)
    if (db.session.scalar(of_day) or 0) > most_of_all:
        raise Ceiling("site")
    if (db.session.scalar(of_day.where(TextSent.user_id == user_id)) or 0) > most_of_person:
        raise Ceiling("person")
