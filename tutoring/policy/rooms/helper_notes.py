"""Rules of a helper's private note on a learner: who keeps one, who reads it, and when it ends."""

from dataclasses import dataclass
from datetime import timedelta

from tutoring.policy.rooms.participation import TEACHING, RoomFacts, may_decide_held

MAX_NOTE_CHARS = 500
# A pair that has not met for so long has ended. A summer holiday of three months fits in.
ENDS_AFTER = timedelta(days=120)


@dataclass(frozen=True)
class PairFacts:
    """The facts about a helper and a learner."""

    met: bool = True  # a room of these two alone was opened within `ENDS_AFTER` and was not handed to another helper
    ended: bool = False  # they were separated, or their weekly meetings have ended since
    agreed: bool = True  # consents to help are in force for each of the two who is under 18
    is_self: bool = False


def may_keep_note(pair: PairFacts) -> bool:
    """A helper reads and writes the own note on a learner as long as the pair stands."""
    return pair.met and pair.agreed and not (pair.ended or pair.is_self)


def may_read_notes_on_duty(facts: RoomFacts, on_duty: bool) -> bool:
    """A teacher or coordinator of the room's unit reads the note while on duty; a participant never does."""
    teaches = not TEACHING.isdisjoint(facts.held)
    return on_duty and teaches and facts.kind == "pair" and may_decide_held(facts, is_author=False)
