"""Access rules of staff training: tracks of lessons, sessions with seats, and readiness.

Officers and coordinators of a ward run its training, those of the city run the city's. A user sees their own progress;
only those who run the training see the progress of others.
"""

from collections.abc import Collection

TRAINERS = frozenset({"officer", "coordinator"})
FEWEST_SEATS, MOST_SEATS = 2, 200
MOST_WAITING = 50


def may_run_training(held: Collection[str]) -> bool:
    """Officers and coordinators of the ward, of the city or above run the training.

    They publish and change sessions, put users on tracks, and see who is ready and who is due.
    """
    return not TRAINERS.isdisjoint(held)


def may_lead_training(held: Collection[str]) -> bool:
    """Staff of the ward may lead a session, down to the leads of its neighbourhoods."""
    return not (TRAINERS | {"lead"}).isdisjoint(held)


def may_see_session(belongs: bool, has_place: bool, leads: bool, held: Collection[str]) -> bool:
    """A session is visible to its audience, participants, leader and those who run the training."""
    return belongs or has_place or leads or may_run_training(held)


def may_mark(leads: bool, held: Collection[str]) -> bool:
    """The leader of a session and those who run the training record attendance."""
    return leads or may_run_training(held)


def may_say_seen(marks: bool, held: Collection[str], holds_skills: bool, is_self: bool) -> bool:
    """Whether the user may confirm that another user did a lesson at the session.

    The user records attendance, and runs the training or holds all skills of the lesson. No user confirms their own.
    """
    return marks and not is_self and (may_run_training(held) or holds_skills)


def may_take_off(own: bool, held: Collection[str]) -> bool:
    """The user and those who run the training end a track that was assigned by hand."""
    return own or may_run_training(held)
