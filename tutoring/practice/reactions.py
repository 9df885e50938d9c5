"""Erases practice runs when the profile consent has ended and when an account is erased."""

from tutoring.accounts.events import AccountErased, DataErasureDue
from tutoring.kernel.events import on
from tutoring.practice.runs import commands


@on(DataErasureDue)
def erase_data_after_consent_withdrawal(event: DataErasureDue) -> None:
    if event.purpose == "profile":
        commands.delete_runs_of_user(event.subject_id)


@on(AccountErased)
def erase_user_data(event: AccountErased) -> None:
    commands.delete_runs_of_user(event.user_id)
