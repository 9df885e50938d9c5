"""What follows a decision, and an act that was taken back, for those who had to wait for it or were counted by it."""

from tutoring.accounts.events import CleanUpDue
from tutoring.kernel.events import on
from tutoring.moderation.commands.appealing import close_needless
from tutoring.moderation.commands.appealing import forget_words as forget_words_of_appeals
from tutoring.moderation.commands.opening import tell_of_readings
from tutoring.moderation.commands.uncounting import uncount
from tutoring.moderation.events import ActUndone, CaseDecided


@on(CaseDecided)
def who_had_to_wait_hears_of_readings(event: CaseDecided) -> None:
    tell_of_readings()


@on(ActUndone)
def what_was_taken_back_counts_no_more(event: ActUndone) -> None:
    uncount(event.act_id)
    close_needless(event.act_id)


@on(CleanUpDue)
def words_of_appeals_are_erased(event: CleanUpDue) -> None:
    if event.purpose == "chat":
        forget_words_of_appeals(event.subject_id)
