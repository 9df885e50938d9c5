"""What data rights keep of somebody whose account is erased: that something was asked for, and nothing of it."""

from tutoring.accounts.events import AccountErased
from tutoring.kernel.events import on
from tutoring.privacy.commands import forget_requests


@on(AccountErased)
def requests_are_emptied(event: AccountErased) -> None:
    forget_requests(event.user_id)
