"""Erases lesson data when the profile consent has ended and when an account is erased."""

from tutoring.accounts.events import AccountErased, DataErasureDue
from tutoring.kernel.events import on
from tutoring.lessons import erasure as lessons_erasure


@on(DataErasureDue)
def erase_progress_after_consent_withdrawal(event: DataErasureDue) -> None:
    if event.purpose == "profile":
        lessons_erasure.forget_progress(event.subject_id)


@on(AccountErased)
def erase_user_data(event: AccountErased) -> None:
    lessons_erasure.forget_learner(event.user_id)
