"""Reactions of data rights to an erased account: its requests stay as rows, without content."""

from tutoring.accounts.events import AccountErased
from tutoring.kernel.events import on
from tutoring.privacy.commands import forget_requests


@on(AccountErased)
def empty_requests_of_erased_user(event: AccountErased) -> None:
    forget_requests(event.user_id)
