"""Access rules of shared practice runs in a room, and of a class overview.

Others see the screen of a run, never its input. Facts are those of a room (policy/rooms/participation.py): the users
who follow a lesson there also see a run there.
"""

from collections.abc import Collection

from tutoring.policy.rooms.participation import (
    RoomFacts,
    may_follow,
    may_post_message,
    may_see_progress,
    may_set_progress,
)


def may_show_run(facts: RoomFacts) -> bool:
    """A learner shows their own practice run to the room.

    It carries no text, so a muted learner may too.
    """
    return may_set_progress(facts)


def may_see_run(facts: RoomFacts, is_own: bool, is_guardian: bool) -> bool:
    """Users who see the learner's progress in a lesson also see the current screen of the run.

    Other learners never do. A locked or closed room shows no run.
    """
    return may_see_progress(facts, is_own, is_guardian) and not (facts.closed or facts.locked)


def may_point(facts: RoomFacts, is_guardian: bool) -> bool:
    """Users who move the shared step and see the run may point, unless they are muted."""
    sees = may_follow(facts) and may_see_run(facts, False, is_guardian)
    return sees and not (facts.muted or facts.resting)


def may_suggest(facts: RoomFacts) -> bool:
    """The helper or an observer proposes a practice run, while they may write.

    The proposal is a message in the room.
    """
    return may_post_message(facts) and facts.role in {"helper", "observer"}


def may_see_group(held: Collection[str]) -> bool:
    """Teachers of a class see where those of its learners are who agreed; the consent names no coordinator."""
    return "teacher" in held
