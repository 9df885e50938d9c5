"""Access rules of published answers: short answers that a helper writes after a request was solved.

Both sides agree before a teacher reads, and a teacher reads before anyone else does. Functions take facts and query no
database (docs/published-answers.md).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from tutoring.policy.accounts import may_consent_alone
from tutoring.policy.lessons import EDITORS

MAX_PROBLEM_CHARS, MAX_ANSWER_CHARS = 120, 600
MIN_ANSWER_CHARS = 20
SHOWN = 3  # answers on a step
WRITE_WITHIN = timedelta(days=14)  # after the end of the request; later, memory is unreliable
ASKED_FOR = timedelta(days=30)  # so long both sides may agree; then the text is deleted
RETURNED_FOR = timedelta(days=30)  # so long the writer may mend a returned text
CHECKED_AGAIN = timedelta(days=180)  # a released answer is hidden then, until a teacher confirms it
UNCHECKED_FOR = timedelta(days=180)  # so long a hidden answer waits for that; then its text is deleted
MARKS_SHOWN_FROM = 10  # fewer marks are shown without their number
RELEASERS = EDITORS


@dataclass(frozen=True)
class SideFacts:
    """One side of an answer: the learner, or the writer.

    `under_16`: the guardian decides. `needs_own`: the person's own yes is needed too. `own` and `guardians` are what
    they said; the guardians' words hold no None.
    """

    under_16: bool
    needs_own: bool
    own: bool | None
    guardians: tuple[bool, ...] = ()

    @property
    def agrees(self) -> bool:
        """Whether this side has said all yeses that count, and no no. Silence is no yes."""
        if self.own is False or False in self.guardians:
            return False
        by_guardian = not self.under_16 or True in self.guardians
        return by_guardian and (not self.needs_own or self.own is True)


def needs_own_word(under_16: bool, old_enough: bool) -> bool:
    """The person's own word counts from 16 on alone, and from the age of assent on beside the guardian's."""
    return may_consent_alone(under_16) or old_enough


def may_write(helped: bool, solved: bool, on_a_step: bool, can_agree: bool, since_end: timedelta) -> bool:
    """The helper of a solved request from a step writes, for two weeks, if the learner's side can be asked at all."""
    return helped and solved and on_a_step and can_agree and since_end <= WRITE_WITHIN


def may_speak(is_subject: bool, is_guardian: bool, under_16: bool) -> bool:
    """Each side speaks for itself; for a child under 16 the confirmed guardian speaks too."""
    return is_subject or (is_guardian and not may_consent_alone(under_16))


def may_release(held: Collection[str], is_party: bool) -> bool:
    """Teachers and coordinators of the learner's unit read and decide; never one of both sides or of their families."""
    return not RELEASERS.isdisjoint(held) and not is_party


def may_endorse(held: Collection[str], is_party: bool) -> bool:
    """Teachers and coordinators anywhere say that an answer is right, except those who took part."""
    return not RELEASERS.isdisjoint(held) and not is_party


def may_mark(is_party: bool) -> bool:
    """Each signed-in reader says once that they had the same problem, except those who took part."""
    return not is_party


def writer_kind(is_minor: bool, held: Collection[str]) -> str:
    """Returns how readers see the writer: pupil, staff or adult. The name is never shown."""
    if is_minor:
        return "pupil"
    return "staff" if not RELEASERS.isdisjoint(held) else "adult"
