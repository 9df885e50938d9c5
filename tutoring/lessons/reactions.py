"""What lessons do when the yes to keeping somebody's profile has ended."""

from tutoring.accounts.events import CleanUpDue
from tutoring.kernel.events import on
from tutoring.lessons import commands


@on(CleanUpDue)
def erase_after_withdrawal(event: CleanUpDue) -> None:
    if event.purpose == "profile":
        commands.forget_progress(event.subject_id)
