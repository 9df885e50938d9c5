"""Limits of password attempts: per account and origin, and per account for unknown origins.

An attacker with wrong passwords blocks only the origin of the attack. A browser in which the account has signed in
before has its own counter, and so has an open session.
"""

import ipaddress
from collections.abc import Collection, Sequence

from tutoring.accounts.events import PasswordTried
from tutoring.accounts.models import User
from tutoring.kernel import encryption, rate_limits
from tutoring.kernel.commands import command
from tutoring.kernel.errors import RateLimited
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_

_FROM_HERE = N_(
    "Tài khoản này đã bị thử sai nhiều lần từ nơi này. Hãy chờ rồi thử lại, hoặc bấm “Quên mật khẩu”. "
    "Trên máy bạn vẫn dùng thì vẫn đăng nhập được."
)
_FROM_ANYWHERE = N_(
    "Có người đang thử mật khẩu của tài khoản này nên máy lạ tạm thời không đăng nhập được. "
    "Hãy dùng máy bạn vẫn dùng, hoặc xin thầy cô, điều phối viên mã đặt lại mật khẩu."
)


def place(address: str) -> str:
    """Returns the origin of attempts: an IPv4 address, or an IPv6 network of one connection."""
    try:
        found = ipaddress.ip_address(address.split("%")[0])
    except ValueError:
        return address
    if found.version == 6:
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)


def mark(user: User) -> str:
    """Returns the cookie value of a browser in which this account has signed in.

    It is valid until the password changes, and only this site can make it.
    """
    return encryption.blind_index(f"{user.id} {user.password_hash}", "known browser")[:32]


def from_here(candidates: Sequence[User], address: str, marks: Collection[str]) -> tuple[str, bool]:
    """Returns the counter of a request, and whether all matching accounts know its browser.

    With several matching accounts all must know it: a user may add an own account with another user's number.
    """
    own = [mark(user) for user in candidates]
    if own and set(own) <= set(marks):
        return f"known {min(own)}", True
    return place(address), False


def begin(account: object, origin: str, known: bool, owners: Sequence[int] = ()) -> None:
    """Counts an attempt before it is checked; raises RateLimited with advice for the user."""
    try:
        rate_limits.hit("sign_in_account", account, origin)
    except RateLimited as refusal:
        raise RateLimited(_FROM_HERE, retry_after=refusal.retry_after) from None
    if known:
        return
    try:
        rate_limits.check("sign_in_strangers", account)
    except RateLimited as refusal:
        for owner in owners:
            _tell(owner)
        raise RateLimited(_FROM_ANYWHERE, retry_after=refusal.retry_after) from None


def failed(account: object, known: bool) -> None:
    """Counts a failure; from unknown origins it counts for the account as a whole."""
    if not known:
        try:
            rate_limits.hit("sign_in_strangers", account)
        except RateLimited:
            pass  # the next attempt is rejected before it is checked


def right(account: object, origin: str) -> None:
    """Clears the failures of this origin after a right password."""
    rate_limits.forget("sign_in_account", account, origin)


def own(user: User) -> str:
    """Returns the counter of an open session, which outsiders cannot exhaust."""
    return f"session {user.sign_in.id}" if user.sign_in else "session"


def _tell(user_id: int) -> None:
    try:
        rate_limits.hit("tries_told", user_id)
    except RateLimited:
        return
    _announce(user_id)


@command
def _announce(user_id: int) -> None:
    publish(PasswordTried(user_id))
