"""Reactions of published answers to changed lessons, ended consents and erased accounts."""

from tutoring.accounts.events import AccountErased, ConsentRestored, ConsentWithdrawn, DataErasureDue
from tutoring.kernel.commands import after_commit
from tutoring.kernel.events import on
from tutoring.lessons.events import LessonLoaded
from tutoring.policy.accounts import HELP_PURPOSES
from tutoring.published_answers import erasure
from tutoring.published_answers.events import ShownAnswersChanged
from tutoring.web import visitor_cache


@on(LessonLoaded)
def hide_answers_of_changed_steps(event: LessonLoaded) -> None:
    erasure.hide_changed(event.lesson_slug)


@on(ShownAnswersChanged)
def renew_pages_of_visitors(event: ShownAnswersChanged) -> None:
    """Other processes make their pages anew within ten seconds."""
    after_commit(visitor_cache.forget)


@on(ConsentWithdrawn)
def hide_after_withdrawal(event: ConsentWithdrawn) -> None:
    if event.purpose in HELP_PURPOSES:
        erasure.hold_answers(event.subject_id)


@on(ConsentRestored)
def show_after_undo(event: ConsentRestored) -> None:
    if event.purpose in HELP_PURPOSES:
        erasure.hold_answers(event.subject_id)


@on(DataErasureDue)
def erase_after_withdrawal(event: DataErasureDue) -> None:
    if event.purpose in HELP_PURPOSES:
        erasure.end_answers(event.subject_id)


@on(AccountErased)
def erase_with_the_account(event: AccountErased) -> None:
    erasure.forget_person(event.user_id)
