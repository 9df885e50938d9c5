"""Account commands: signing in and changing the password; re-exports the other commands."""

from collections.abc import Collection

from tutoring.accounts import password_hashes
from tutoring.accounts.models import User
from tutoring.accounts.queries import find_by_name_typed, typed_mark
from tutoring.accounts.registration import (
    set_password,
)
from tutoring.accounts.sign_ins import attempts
from tutoring.accounts.sign_ins.lifecycle import SUSPENDED, check_card
from tutoring.accounts.sign_ins.local_network import check_connection
from tutoring.kernel import logs, rate_limits
from tutoring.kernel.commands import command
from tutoring.kernel.errors import Forbidden, InvalidInput
from tutoring.kernel.text import N_, nfc


def authenticate(typed: str, password: str, address: str, marks: Collection[str] = ()) -> User:
    """Returns the user who signs in; raises InvalidInput with the same text for every failure.

    Attempts are limited per account and origin (`attempts`), and far higher per address.
    """
    typed = nfc(typed)
    # Only failures count against an address: a whole school signs in from one.
    rate_limits.check("sign_in_address", address)
    candidates = [user for user in find_by_name_typed(typed) if user.password_hash]
    # Counted by account, so that user name, number and email are not three series of attempts for one account.
    account = ",".join(str(user.id) for user in candidates) or typed_mark(typed)
    origin, known = attempts.from_here(candidates, address, marks)
    attempts.begin(account, origin, known, [user.id for user in candidates])
    if not candidates:
        password_hashes.verify("", password)
    matching = [user for user in candidates if password_hashes.verify(user.password_hash, password)]
    if len(matching) > 1:
        raise InvalidInput(
            N_("Nhiều người dùng chung số này và mật khẩu này. Hãy đăng nhập bằng tên đăng nhập trên thẻ của mình."),
            field="handle",
        )
    if not matching:
        logs.event("sign_in_failed", candidates[0].id if len(candidates) == 1 else None)
        attempts.failed(account, known)
        rate_limits.hit("sign_in_address", address)
        raise InvalidInput(
            N_("Tên hoặc mật khẩu chưa đúng. Hãy thử lại; nếu quên, bấm “Quên mật khẩu”."), field="password"
        )
    if len(candidates) == 1:
        # Not for a shared number: a user who added it to an own account could reset the count and try the others'
        # passwords without limit.
        attempts.right(account, origin)
    user = matching[0]
    if user.state == "suspended":
        raise Forbidden(SUSPENDED)
    check_connection(user)
    check_card(user)
    return user


@command
def change_password(user: User, old: str, new: str) -> None:
    """Sets a new password; every other sign-in ends."""
    attempts.begin(user.id, attempts.own(user), True)
    if not password_hashes.verify(user.password_hash, old):
        raise InvalidInput(N_("Mật khẩu hiện tại chưa đúng."), field="old")
    attempts.right(user.id, attempts.own(user))
    set_password(user, new, but=user.sign_in.id if user.sign_in else None)
