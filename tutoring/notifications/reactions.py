"""Ends push, SMS and private feeds after sign-out, erasure or suspension."""

from tutoring.accounts.events import AccountErased, SignInEnded
from tutoring.community.events import Suspended
from tutoring.kernel.events import on
from tutoring.notifications.calendar.feeds import end_feed
from tutoring.notifications.channels.push.commands import forget_places_of, sign_in_ended
from tutoring.notifications.channels.sms.commands import forget_texts_of


@on(SignInEnded)
def delete_push_subscription_of_sign_in(event: SignInEnded) -> None:
    sign_in_ended(event.sign_in_id)


@on(AccountErased)
def delete_addresses_of_erased_user(event: AccountErased) -> None:
    forget_places_of(event.user_id)
    forget_texts_of(event.user_id)


@on(Suspended)
def end_feed_of_suspended_user(event: Suspended) -> None:
    end_feed(event.user_id)


@on(AccountErased)
def end_feed_of_erased_user(event: AccountErased) -> None:
    end_feed(event.user_id)
