"""Deletes start page data when an account is erased."""

from tutoring.accounts.events import AccountErased
from tutoring.home import commands
from tutoring.kernel.events import on


@on(AccountErased)
def delete_first_steps_of_erased_user(event: AccountErased) -> None:
    commands.forget_steps(event.user_id)
