"""What offers and the store do when others announce something."""

from tutoring.accounts.events import AccountErased
from tutoring.devices import lender_days  # noqa: F401  # its daily work is known from here
from tutoring.devices.erasing import forget_person
from tutoring.devices.offer_queries import kept_names
from tutoring.devices.offering import withdraw_all
from tutoring.kernel.events import on
from tutoring.rooms import commands as rooms


@on(AccountErased)
def erase_with_the_account(event: AccountErased) -> None:
    withdraw_all(event.user_id)
    forget_person(event.user_id)


rooms.keep_named(kept_names)
