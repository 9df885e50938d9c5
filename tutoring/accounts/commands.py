"""What people do with accounts: sign in, change their own data; the rest stands in the modules named below."""

from tutoring.accounts import passwords
from tutoring.accounts.consents import agree, take_back, withdraw
from tutoring.accounts.families import check_needed, create_child, issue_card, record_assent
from tutoring.accounts.models import ADDRESS_FORMS, User
from tutoring.accounts.people import create_user, refuse_private_name, set_password
from tutoring.accounts.queries import find_by_name_typed, typed_mark
from tutoring.accounts.resets import ask_reset_mail, create_reset_code, use_reset_code
from tutoring.accounts.sessions import SUSPENDED, check_card
from tutoring.accounts.year_end import say_yes_anew
from tutoring.kernel import limits, logs
from tutoring.kernel.commands import command
from tutoring.kernel.errors import Invalid, NotAllowed
from tutoring.kernel.text import N_, called_name, nfc

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


def authenticate(typed: str, password: str, address: str) -> User:
    """Who signs in; throttled per account and per address. Raises Invalid in the same words for every failure."""
    typed = nfc(typed)
    # Only failures count against an address: a whole school signs in from one.
    limits.check("sign_in_address", address)
    candidates = [user for user in find_by_name_typed(typed) if user.password_hash]
    # Counted by who is meant, so that user name, number and e-mail are not three rows of tries for one account.
    account = ",".join(str(user.id) for user in candidates) or typed_mark(typed)
    limits.hit("sign_in_account", account)
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
        limits.hit("sign_in_address", address)
        raise Invalid(N_("Tên hoặc mật khẩu chưa đúng. Hãy thử lại; nếu quên, bấm “Quên mật khẩu”."), field="password")
    if len(candidates) == 1:
        # Not under a shared number: whoever enters it as an own one could so try the others' passwords for ever.
        limits.forget("sign_in_account", account)
    user = matching[0]
    if user.state == "suspended":
        raise NotAllowed(SUSPENDED)
    check_card(user)
    return user


@command
def update_profile(user: User, full_name: str, called: str, address_form: str) -> None:
    """Change one's name, the name to be called by and the form of address. Of a child only the latter two."""
    full_name, called = " ".join(nfc(full_name).split()), " ".join(nfc(called).split())
    if user.kind == "child":
        full_name = called
    if not 1 <= len(full_name.split()) <= 10 or len(full_name) > 80:
        raise Invalid(N_("Hãy ghi họ tên, từ 1 đến 10 từ."), field="full_name")
    if address_form not in ADDRESS_FORMS:
        raise Invalid(N_("Hãy chọn một cách xưng hô."), field="address_form")
    refuse_private_name(full_name, called)
    user.full_name, user.called_name, user.address_form = full_name, called or called_name(full_name), address_form


@command
def change_password(user: User, old: str, new: str) -> None:
    """Choose a new password; every other sign-in ends."""
    limits.hit("sign_in_account", user.id)
    if not passwords.verify(user.password_hash, old):
        raise Invalid(N_("Mật khẩu hiện tại chưa đúng."), field="old")
    limits.forget("sign_in_account", user.id)
    set_password(user, new, but=user.sign_in.id if user.sign_in else None)
