"""What ends a private feed: a suspension, and the end of an account."""

from tutoring.accounts.events import AccountErased
from tutoring.community.events import Suspended
from tutoring.kernel.events import on
from tutoring.notifications.calendar_feeds import end_feed


@on(Suspended)
def end_with_suspension(event: Suspended) -> None:
    end_feed(event.user_id)


@on(AccountErased)
def end_with_the_account(event: AccountErased) -> None:
    end_feed(event.user_id)
