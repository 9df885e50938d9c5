"""What ends with the consent to show progress, and with an account: the questions of teachers to a pupil."""

from tutoring.accounts.events import AccountErased, DataErasureDue
from tutoring.classes.overview.commands import delete_nudges
from tutoring.kernel.events import on
from tutoring.policy.class_overview import NEEDED


@on(DataErasureDue)
def erase_nudges_after_withdrawal(event: DataErasureDue) -> None:
    if event.purpose in NEEDED:
        delete_nudges(event.subject_id)


@on(AccountErased)
def erase_nudges_with_the_account(event: AccountErased) -> None:
    delete_nudges(event.user_id)
