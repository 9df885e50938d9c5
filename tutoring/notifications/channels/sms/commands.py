"""A number is confirmed by a code that went there; what goes out is counted before it does."""

import hmac
import secrets
from datetime import timedelta

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.kernel import clock, encryption, jobs, rate_limits
from tutoring.kernel.commands import command
from tutoring.kernel.db import db, insert_if_absent, is_sqlite
from tutoring.kernel.errors import Conflict, Forbidden, InvalidInput
from tutoring.kernel.text import N_
from tutoring.notifications.channels.sms.models import TextNumber, TextSent
from tutoring.policy.notifications import may_get_texts

CODE_JOB = "notifications.sms_code"
CODE_LIFE = timedelta(minutes=10)
_LOCK = 7_466_001  # PostgreSQL's, for counting

_GROWN_UP = N_("Tin nhắn điện thoại chỉ dành cho người lớn. Thông báo vẫn có ở trang Thông báo.")
_NO_NUMBER = N_(
    "Chỉ tài khoản đăng ký bằng số điện thoại mới nhận được tin nhắn. Bạn dùng thư hoặc thông báo trên máy."
)
_WRONG = N_("Mã này không đúng hoặc đã quá 10 phút. Hãy xem lại tin nhắn, hoặc xin mã mới.")


class Ceiling(Exception):
    """So many short messages went out today that no more do: a mistake costs no fortune."""


def code_of(user_id: int, number_mark: str, nonce: str) -> str:
    """Six digits that stand nowhere: whoever has the database but not the key cannot make them."""
    return f"{int(encryption.blind_index(f'{user_id}:{number_mark}:{nonce}', 'sms-code'), 16) % 1_000_000:06d}"


def ask_code(user: User) -> None:
    """Send a code to the number of one's account."""
    if not may_get_texts(user.is_minor):
        raise Forbidden(_GROWN_UP)
    if not user.phone_mark:
        raise Conflict(_NO_NUMBER)
    rate_limits.hit("sms_code", user.id)
    rate_limits.hit("sms_code", user.phone_mark)  # whoever shares it
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
    """The code came back: this person holds the number."""
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
    """No more short messages; whoever wants them again confirms the number anew."""
    db.session.execute(sa.delete(TextNumber).where(TextNumber.user_id == user.id))


@command
def forget_texts_of(user_id: int) -> None:
    """The account is erased."""
    for model in (TextNumber, TextSent):
        db.session.execute(sa.delete(model).where(model.user_id == user_id))


@command
def count_text(user_id: int, key: str, most_of_person: int, most_of_all: int) -> None:
    """Before one goes out: it counts for this day, a repeat under its key only once. Raises Ceiling, and counts
    nothing, where it would be one too many."""
    today = clock.today()
    # One at a time: two that counted side by side would both be the last.
    if not is_sqlite():
        db.session.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    if not insert_if_absent(TextSent, user_id=user_id, key=key, day=today, at=clock.now()):
        return
    of_day = sa.select(sa.func.count()).select_from(TextSent).where(TextSent.day == today)
    if (db.session.scalar(of_day) or 0) > most_of_all:
        raise Ceiling("site")
    if (db.session.scalar(of_day.where(TextSent.user_id == user_id)) or 0) > most_of_person:
        raise Ceiling("person")
