"""What handovers and loans do when others announce something."""

from tutoring.accounts.events import AccountErased
from tutoring.devices import loan_keeping  # noqa: F401  (its nightly work)
from tutoring.devices.events import NeedEnded, NeedPutBack
from tutoring.devices.handover_moves import cancel_for
from tutoring.kernel.events import on


@on(NeedPutBack)
def nobody_comes_for_what_was_put_back(event: NeedPutBack) -> None:
    cancel_for("need_id", event.need_id)


@on(NeedEnded)
def nobody_comes_for_what_has_ended(event: NeedEnded) -> None:
    cancel_for("need_id", event.need_id)


@on(AccountErased)
def nobody_is_to_come_who_left(event: AccountErased) -> None:
    """What is lent stays lent: the signed paper holds, and staff see that the account is closed."""
    cancel_for("receiver_id", event.user_id)
