"""What people do with accounts: sign in, change their own data; the rest stands in the modules named below."""

from collections.abc import Collection

from tutoring.accounts import passwords, tries
from tutoring.accounts.consents import agree, take_back, withdraw
from tutoring.accounts.families import check_needed, create_child, issue_card, record_assent
from tutoring.accounts.models import User
from tutoring.accounts.naming import update_profile
from tutoring.accounts.people import create_user, set_password
from tutoring.accounts.queries import find_by_name_typed, typed_mark
from tutoring.accounts.resets import ask_reset_mail, create_reset_code, use_reset_code
from tutoring.accounts.sessions import SUSPENDED, check_card
from tutoring.accounts.year_end import say_yes_anew
from tutoring.kernel import limits, logs
from tutoring.kernel.commands import command
from tutoring.kernel.errors import Invalid, NotAllowed
from tutoring.kernel.text import N_, nfc

__all__ = [
    "agree",
    "ask_reset_mail",
    "authenticate",
    "change_password",
    "check_needed",
    "create_child",
    "create_reset_code",
    "create_user",
    "issue_card",
    "record_assent",
    "say_yes_anew",
    "set_password",
    "take_back",
    "update_profile",
    "use_reset_code",
    "withdraw",
]


def authenticate(typed: str, password: str, address: str, marks: Collection[str] = ()) -> User:
    """Who signs in; throttled per account and place (`tries`), and per address far above that. Raises Invalid in the
    same words for every failure."""
    typed = nfc(typed)
    # Only failures count against an address: a whole school signs in from one.
    limits.check("sign_in_address", address)
    candidates = [user for user in find_by_name_typed(typed) if user.password_hash]
    # Counted by who is meant, so that user name, number and e-mail are not three rows of tries for one account.
    account = ",".join(str(user.id) for user in candidates) or typed_mark(typed)
    origin, known = tries.from_here(candidates, address, marks)
    tries.begin(account, origin, known, [user.id for user in candidates])
    if not candidates:
        passwords.verify("", password)
    matching = [user for user in candidates if passwords.verify(user.password_hash, password)]
    if len(matching) > 1:
        raise Invalid(
            N_("Nhiều người dùng chung số này và mật khẩu này. Hãy đăng nhập bằng tên đăng nhập trên thẻ của mình."),
            field="handle",
        )
    if not matching:
        logs.event("sign_in_failed", candidates[0].id if len(candidates) == 1 else None)
        tries.failed(account, known)
        limits.hit("sign_in_address", address)
        raise Invalid(N_("Tên hoặc mật khẩu chưa đúng. Hãy thử lại; nếu quên, bấm “Quên mật khẩu”."), field="password")
    if len(candidates) == 1:
        # Not under a shared number: whoever enters it as an own one could so try the others' passwords for ever.
        tries.right(account, origin)
    user = matching[0]
    if user.state == "suspended":
        raise NotAllowed(SUSPENDED)
    check_card(user)
    return user


@command
def change_password(user: User, old: str, new: str) -> None:
    """Choose a new password; every other sign-in ends."""
    tries.begin(user.id, tries.own(user), True)
    if not passwords.verify(user.password_hash, old):
        raise Invalid(N_("Mật khẩu hiện tại chưa đúng."), field="old")
    tries.right(user.id, tries.own(user))
    set_password(user, new, but=user.sign_in.id if user.sign_in else None)
