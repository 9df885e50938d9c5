"""The second factor: single-use codes of an authenticator app, and ten recovery codes."""

import hmac
import logging
import unicodedata
from datetime import timedelta

import pyotp
import sqlalchemy as sa

from tutoring.accounts import passphrases, password_hashes
from tutoring.accounts.events import RecoveryCodeUsed
from tutoring.accounts.models import RecoveryCode, SecondFactor, SignIn, User
from tutoring.accounts.sign_ins import attempts
from tutoring.accounts.sign_ins.lifecycle import end_all_sign_ins, renew
from tutoring.kernel import clock, encryption, rate_limits
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, InvalidInput
from tutoring.kernel.events import publish
from tutoring.kernel.site_identity import site_name
from tutoring.kernel.text import N_

log = logging.getLogger(__name__)

STEP = 30  # seconds; with SHA-1 and six digits the one format that every app supports
RECOVERY_CODES = 10
PENDING_LIFE = timedelta(hours=1)

# The same text for a wrong and a used code, so that an onlooker who copied a code learns nothing.
_WRONG = N_("Mã chưa đúng hoặc đã dùng rồi. Hãy chờ app hiện mã mới, rồi gõ lại 6 số.")
_WRONG_RECOVERY = N_("Mã dự phòng chưa đúng hoặc đã dùng rồi. Mỗi mã chỉ dùng một lần, hãy thử mã khác trên tờ giấy.")


def _place(user_id: int) -> str:
    return f"totp:{user_id}"


def find_factor(user_id: int) -> SecondFactor | None:
    """Returns a user's confirmed second factor, or None."""
    query = sa.select(SecondFactor).where(SecondFactor.user_id == user_id, SecondFactor.confirmed_at.is_not(None))
    return db.session.scalar(query)


def recovery_left(user_id: int) -> int:
    """Returns how many recovery codes are unused."""
    query = sa.select(sa.func.count()).where(RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None))
    return db.session.scalar(query) or 0


def provisioning(user: User, secret: str) -> str:
    """Returns the URI for the QR code that the app scans."""
    return pyotp.TOTP(secret).provisioning_uri(name=user.username, issuer_name=site_name())


def _secret(sealed: bytes | None, user_id: int) -> str | None:
    """Decrypts the secret; returns None if there is none or its encryption key is lost."""
    try:
        return encryption.decrypt(sealed, _place(user_id)) if sealed is not None else None
    except encryption.DecryptionError:
        log.warning("the second factor of user %s cannot be read: is FIELD_KEY another one?", user_id)
        return None


def _step_now() -> int:
    return int(clock.now().timestamp()) // STEP


def _digits(typed: str) -> str:
    """Normalizes an entered code: blanks, dashes, full-width digits."""
    return "".join(c for c in unicodedata.normalize("NFKC", typed) if not c.isspace() and c != "-")


def _matching_step(secret: str, typed: str) -> int | None:
    """Returns the time step of this code: current, previous or next, for clock drift."""
    code = _digits(typed)
    if len(code) != 6 or not (code.isascii() and code.isdigit()):
        return None
    made = pyotp.TOTP(secret)
    found = None
    for step in (_step_now() + shift for shift in (0, -1, 1)):
        if hmac.compare_digest(made.at(step * STEP), code):
            found = step
    return found


# ---- set-up ----------------------------------------------------------------------------------------------------------


@command
def begin(user: User) -> str:
    """Returns a new secret for the app; within an hour it stays the same."""
    row = db.session.get(SecondFactor, user.id, with_for_update=True)
    if row is None:
        row = SecondFactor(user_id=user.id)
        db.session.add(row)
    secret = _secret(row.pending, user.id)
    if secret is None or row.pending_at is None or row.pending_at < clock.now() - PENDING_LIFE:
        secret = pyotp.random_base32()
        row.pending, row.pending_at = encryption.encrypt(secret, _place(user.id)), clock.now()
    return secret


def confirm(user: User, typed: str) -> list[str]:
    """Confirms the factor with the first right code; from now on it is required.

    Returns ten recovery codes, which are shown only now. Every other sign-in of the user ends, because it never showed
    the factor. This one continues under a new token.
    """
    rate_limits.hit("second_factor", user.id)
    _pending_step(db.session.get(SecondFactor, user.id), typed)
    codes = _recovery_codes()
    _confirm(user, typed, list(codes.values()))
    rate_limits.forget("second_factor", user.id)
    return list(codes)


def _pending_step(row: SecondFactor | None, typed: str) -> int:
    fresh = row is not None and row.pending_at is not None and row.pending_at >= clock.now() - PENDING_LIFE
    secret = _secret(row.pending, row.user_id) if row is not None and fresh else None
    if secret is None:
        raise Conflict(N_("Hãy mở lại trang này rồi quét mã mới."))
    step = _matching_step(secret, typed)
    if step is None:
        raise InvalidInput(_WRONG, field="code")
    return step


@command
def _confirm(user: User, typed: str, hashes: list[str]) -> None:
    row = db.session.get(SecondFactor, user.id, with_for_update=True)
    step = _pending_step(row, typed)
    assert row is not None
    row.sealed, row.confirmed_at, row.last_step = row.pending, clock.now(), step
    row.pending = row.pending_at = None
    _keep_recovery_codes(user.id, hashes)
    end_all_sign_ins(user.id, user.sign_in.id if user.sign_in else None)
    if user.sign_in is not None:
        renew(user.sign_in, second_factor=True)


def _recovery_codes() -> dict[str, str]:
    """Generates ten codes with their hashes, before the transaction, because hashing is slow."""
    codes = (passphrases.new_code(10) for _ in range(RECOVERY_CODES))
    return {code: password_hashes.hash_passphrase(code) for code in codes}


def _keep_recovery_codes(user_id: int, hashes: list[str]) -> None:
    db.session.execute(sa.delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    db.session.add_all(RecoveryCode(user_id=user_id, code_hash=one) for one in hashes)


def renew_recovery_codes(user: User) -> list[str]:
    """Generates ten new recovery codes; the old ones stop working."""
    codes = _recovery_codes()
    _renew_recovery_codes(user.id, list(codes.values()))
    return list(codes)


@command
def _renew_recovery_codes(user_id: int, hashes: list[str]) -> None:
    if find_factor(user_id) is None:
        raise Conflict
    _keep_recovery_codes(user_id, hashes)


@command
def remove(user_id: int) -> None:
    """Removes the second factor and its recovery codes; every sign-in ends.

    The caller checks who may do that.
    """
    db.session.execute(sa.delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    db.session.execute(sa.delete(SecondFactor).where(SecondFactor.user_id == user_id))
    end_all_sign_ins(user_id)


# ---- use -------------------------------------------------------------------------------------------------------------


def take_code(user_id: int, typed: str) -> None:
    """Accepts a code of the app, once; raises InvalidInput for a wrong or used code.

    An account has five attempts in fifteen minutes. The code is used up in its own transaction, even if later steps
    fail.
    """
    rate_limits.hit("second_factor", user_id)
    _take_code(user_id, typed)
    rate_limits.forget("second_factor", user_id)


@command
def _take_code(user_id: int, typed: str) -> None:
    row = find_factor(user_id)
    secret = _secret(row.sealed, user_id) if row is not None else None
    step = _matching_step(secret, typed) if secret is not None else None
    if step is None:
        raise InvalidInput(_WRONG, field="code")
    # Two browsers may send one code at the same moment: the database lets one of them win.
    later = SecondFactor.user_id == user_id, SecondFactor.last_step < step
    taken = db.session.execute(sa.update(SecondFactor).where(*later).values(last_step=step))
    if taken.rowcount != 1:  # type: ignore[attr-defined]
        raise InvalidInput(_WRONG, field="code")


def take_recovery_code(user_id: int, typed: str) -> int:
    """Accepts a recovery code, once; returns how many are left. Raises InvalidInput.

    The user is notified.
    """
    rate_limits.hit("second_factor", user_id)
    plain = "".join(c for c in typed if c.isalnum())
    query = sa.select(RecoveryCode.id, RecoveryCode.code_hash)
    rows = db.session.execute(query.where(RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None))).all()
    found = next((row.id for row in rows if password_hashes.verify(row.code_hash, plain)), None)
    if found is None:
        raise InvalidInput(_WRONG_RECOVERY, field="code")
    left = _spend(user_id, found)
    rate_limits.forget("second_factor", user_id)
    return left


@command
def _spend(user_id: int, code_id: int) -> int:
    unused = RecoveryCode.id == code_id, RecoveryCode.used_at.is_(None)
    taken = db.session.execute(sa.update(RecoveryCode).where(*unused).values(used_at=clock.now()))
    if taken.rowcount != 1:  # type: ignore[attr-defined]
        raise InvalidInput(_WRONG_RECOVERY, field="code")
    left = recovery_left(user_id)
    publish(RecoveryCodeUsed(user_id, left))
    return left


# ---- step-up ---------------------------------------------------------------------------------------------------------


def confirm_it_is_you(user: User, typed: str) -> None:
    """Confirms the user's identity with an app code or the passphrase; issues a new token."""
    if find_factor(user.id) is not None:
        take_code(user.id, typed)
    else:
        attempts.begin(user.id, attempts.own(user), True)
        if not password_hashes.verify(user.password_hash, typed):
            raise InvalidInput(N_("Mật khẩu chưa đúng. Hãy thử lại."), field="code")
        attempts.right(user.id, attempts.own(user))
    _stepped_up(user)


@command
def _stepped_up(user: User) -> None:
    sign_in: SignIn | None = user.sign_in
    if sign_in is None or sign_in.ended_at is not None:
        raise Conflict
    renew(sign_in)
