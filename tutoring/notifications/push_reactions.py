"""Signed out, or erased: nothing goes to that device or number any more."""

from tutoring.accounts.events import AccountErased, SignInEnded
from tutoring.kernel.events import on
from tutoring.notifications.push_commands import forget_places_of, sign_in_ended
from tutoring.notifications.sms_commands import forget_texts_of


@on(SignInEnded)
def the_device_takes_no_more(event: SignInEnded) -> None:
    sign_in_ended(event.sign_in_id)


@on(AccountErased)
def nothing_goes_out_any_more(event: AccountErased) -> None:
    forget_places_of(event.user_id)
    forget_texts_of(event.user_id)
