"""Rules of the question that a child answers at the end of a session, for its teachers alone.

Functions take facts and query no database (docs/rooms-safety.md).
"""

from datetime import timedelta

from tutoring.policy.rooms.participation import RoomFacts, may_give_feedback, may_read_room

FELT = ("well", "fine", "uneasy")
UNEASY = "uneasy"
ANSWER_WITHIN = timedelta(days=14)  # after the end; later, memory is unreliable
TOLD_FOR = timedelta(minutes=5)  # how long the page says what happens next; later readers of the device see nothing


def ends_as_child(facts: RoomFacts, is_minor: bool) -> bool:
    """A minor who learns is asked nothing about the lesson at the end; adults and helpers answer that."""
    return is_minor and facts.role == "learner"


def is_asked(facts: RoomFacts, is_minor: bool) -> bool:
    """A child who learns in a session is asked how it felt. A talk with staff is no session."""
    session = facts.minors and not facts.talk and may_give_feedback(facts)
    return session and ends_as_child(facts, is_minor)


def may_see_answers(facts: RoomFacts, is_near: bool) -> bool:
    """Observers of the room read the answers.

    Who takes part does not, nor does a relative of someone who takes part (`is_near`).
    """
    return facts.role == "observer" and may_read_room(facts) and not is_near
