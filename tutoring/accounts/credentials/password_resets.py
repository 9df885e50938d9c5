"""Forgotten passwords: one-time codes from a coordinator or by email."""

import uuid
from datetime import timedelta

import sqlalchemy as sa

from tutoring.accounts import passphrases, password_hashes, password_rules
from tutoring.accounts.events import PasswordReset
from tutoring.accounts.models import ResetCode, User
from tutoring.accounts.queries import find_by_name_typed, typed_mark
from tutoring.accounts.registration import set_password
from tutoring.accounts.sign_ins import attempts
from tutoring.kernel import clock, jobs, rate_limits
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import InvalidInput
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_, nfc

RESET_LIFE = timedelta(hours=24)
RESET_TRIES = 5
MAIL_JOB = "accounts.reset_mail"

_WRONG = N_("Mã này không đúng hoặc đã hết hạn. Hãy xin mã mới.")


@command
def create_reset_code(user: User, issued_by: User | None) -> str:
    """Creates a one-time code for a new passphrase; earlier codes stop working.

    The caller checks who may issue one.
    """
    for row in db.session.scalars(
        sa.select(ResetCode).where(ResetCode.user_id == user.id, ResetCode.used_at.is_(None))
    ):
        row.used_at = clock.now()
    code = passphrases.new_code()
    db.session.add(
        ResetCode(
            user_id=user.id,
            code_hash=password_hashes.hash_passphrase(code),
            issued_by_id=issued_by.id if issued_by else None,
            expires_at=clock.now() + RESET_LIFE,
        )
    )
    return code


def ask_reset_mail(typed: str, address: str) -> None:
    """Requests a code by email.

    Known and unknown names take the same path, so that they cannot be told apart.
    """
    typed = nfc(typed)
    rate_limits.hit("reset_mail_address", address)
    people = [user.id for user in find_by_name_typed(typed) if user.email_mark and user.state != "suspended"]
    rate_limits.hit("reset_mail", ",".join(map(str, people)) or typed_mark(typed))
    _put_down_mail(people)


@command
def _put_down_mail(user_ids: list[int]) -> None:
    # The code itself is made when the mail is sent, so the database only ever stores its hash.
    jobs.enqueue(MAIL_JOB, f"{MAIL_JOB}:{uuid.uuid4().hex}", clock.now(), user_ids=user_ids)


@command
def _count_tries(reset_ids: list[int]) -> None:
    db.session.execute(sa.update(ResetCode).where(ResetCode.id.in_(reset_ids)).values(tries=ResetCode.tries + 1))


def use_reset_code(typed: str, code: str, new: str, address: str) -> User:
    """Sets a new password with a one-time code; five wrong attempts use up the code."""
    password_rules.check_rules(new)
    user = _apply_reset(_matching_code(typed, code, address), new)
    rate_limits.forget("sign_in_account", user.id, attempts.place(address))
    rate_limits.forget("sign_in_strangers", user.id)
    return user


def take_issued_code(typed: str, code: str, address: str) -> int:
    """Uses up a one-time code that staff issued, and leaves the password; returns whose it was.

    A code that came by mail does not count: it proves an address, which may have had another owner before.
    """
    return _take_code(_matching_code(typed, code, address, issued=True))


def _matching_code(typed: str, code: str, address: str, issued: bool = False) -> int:
    """Returns the id of the unused code that matches; counts the attempt, and raises InvalidInput."""
    rate_limits.hit("reset_address", address)  # each attempt costs a hash, also for unknown names
    rate_limits.hit("reset", address, typed_mark(nfc(typed)))
    people = [user.id for user in find_by_name_typed(nfc(typed))]
    rows = db.session.execute(
        sa.select(ResetCode.id, ResetCode.code_hash).where(
            ResetCode.user_id.in_(people),
            ResetCode.used_at.is_(None),
            ResetCode.expires_at > clock.now(),
            ResetCode.tries < RESET_TRIES,
            ResetCode.issued_by_id.is_not(None) if issued else sa.true(),
        )
    ).all()
    plain = "".join(c for c in code if c.isalnum())
    for row in rows:
        if password_hashes.verify(row.code_hash, plain):
            rate_limits.forget("reset", address, typed_mark(nfc(typed)))
            return int(row.id)
    if not rows:
        password_hashes.verify("", plain)  # takes as long for a name without a code as for one with it
    _count_tries([row.id for row in rows])
    raise InvalidInput(_WRONG, field="code")


@command
def _apply_reset(reset_id: int, new: str) -> User:
    row = _locked_code(reset_id)
    user = db.session.get_one(User, row.user_id)
    set_password(user, new)
    row.used_at = clock.now()
    publish(PasswordReset(user.id))
    return user


@command
def _take_code(reset_id: int) -> int:
    row = _locked_code(reset_id)
    row.used_at = clock.now()
    return row.user_id


def _locked_code(reset_id: int) -> ResetCode:
    row = db.session.scalar(
        sa.select(ResetCode)
        .where(ResetCode.id == reset_id, ResetCode.used_at.is_(None), ResetCode.tries < RESET_TRIES)
        .with_for_update()
    )
    if row is None:
        raise InvalidInput(_WRONG, field="code")
    return row
