"""Reactions of data rights to an erased account: its requests stay as rows, without content."""

from tutoring.accounts.events import AccountErased
from tutoring.kernel.events import on
from tutoring.privacy.commands import forget_requests


@on(AccountErased)
def requests_are_emptied(event: AccountErased) -> None:
    forget_requests(event.user_id)
