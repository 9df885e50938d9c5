"""What help requests and meetings do when somebody's account is erased."""

from tutoring.accounts.events import AccountErased
from tutoring.kernel.events import on
from tutoring.pairing import commands


@on(AccountErased)
def erase_with_the_account(event: AccountErased) -> None:
    commands.forget_person(event.user_id)
