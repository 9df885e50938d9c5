"""Erases practice runs when the profile consent has ended and when an account is erased."""

from tutoring.accounts.events import AccountErased, DataErasureDue
from tutoring.kernel.events import on
from tutoring.practice.runs import commands


@on(DataErasureDue)
def erase_after_withdrawal(event: DataErasureDue) -> None:
    if event.purpose == "profile":
        commands.forget_rehearsals(event.subject_id)


@on(AccountErased)
def erase_with_the_account(event: AccountErased) -> None:
    commands.forget_rehearsals(event.user_id)
