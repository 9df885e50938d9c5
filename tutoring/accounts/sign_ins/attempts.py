"""How often a password may be tried: for an account from one place, and from all unknown places together.

A stranger who tries wrong passwords shuts out nobody but the place they try from. A browser in which the account has
signed in before has a row of tries of its own, and so has a session that is open.
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
    """Where tries come from: an address, or of IPv6 the network, of which one line has all."""
    try:
        found = ipaddress.ip_address(address.split("%")[0])
    except ValueError:
        return address
    if found.version == 6:
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)


def mark(user: User) -> str:
    """What a browser keeps in which this account has signed in: until it has another password, and made by this site
    alone."""
    return encryption.blind_index(f"{user.id} {user.password_hash}", "known browser")[:32]


def from_here(candidates: Sequence[User], address: str, marks: Collection[str]) -> tuple[str, bool]:
    """The row of tries that a request belongs to, and whether its browser is known to all accounts that are meant: an
    account of one's own under somebody's number makes nobody known."""
    own = [mark(user) for user in candidates]
    if own and set(own) <= set(marks):
        return f"known {min(own)}", True
    return place(address), False


def begin(account: object, origin: str, known: bool, owners: Sequence[int] = ()) -> None:
    """Count a try before it is looked at; raises TooMany, with what else the person can do."""
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
    """It was wrong: from unknown places it counts for the account as a whole."""
    if not known:
        try:
            rate_limits.hit("sign_in_strangers", account)
        except RateLimited:
            pass  # the next one is refused before it is looked at


def right(account: object, origin: str) -> None:
    """It was right: what was wrong before from there is forgotten."""
    rate_limits.forget("sign_in_account", account, origin)


def own(user: User) -> str:
    """The row of tries of an open session, which no stranger can fill."""
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
