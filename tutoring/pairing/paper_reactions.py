"""Papers end with what they rest on: the consent of a minor, and the minutes that they say."""

from tutoring.accounts.events import CleanUpDue, ConsentWithdrawn
from tutoring.accounts.queries import user
from tutoring.kernel.events import on
from tutoring.pairing import commands
from tutoring.rooms.events import MinutesChanged

_RESTS_ON = frozenset({"hours", "profile"})


@on(ConsentWithdrawn)
def papers_end_with_consent(event: ConsentWithdrawn) -> None:
    if event.purpose in _RESTS_ON and user(event.subject_id).is_minor:
        commands.end_papers_of(event.subject_id)


@on(CleanUpDue)
def papers_are_erased(event: CleanUpDue) -> None:
    if event.purpose in _RESTS_ON and user(event.subject_id).is_minor:
        commands.erase_papers(event.subject_id)


@on(MinutesChanged)
def papers_end_with_their_minutes(event: MinutesChanged) -> None:
    if event.what in ("nobody", "struck"):
        commands.check_papers_of(event.helper_id, event.day)
