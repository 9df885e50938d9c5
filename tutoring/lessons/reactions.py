"""What lessons do when the yes to keeping somebody's profile has ended, and when an account is erased."""

from tutoring.accounts.events import AccountErased, CleanUpDue
from tutoring.kernel.events import on
from tutoring.lessons import commands


@on(CleanUpDue)
def erase_after_withdrawal(event: CleanUpDue) -> None:
    if event.purpose == "profile":
        commands.forget_progress(event.subject_id)


@on(AccountErased)
def erase_with_the_account(event: AccountErased) -> None:
    commands.forget_learner(event.user_id)
