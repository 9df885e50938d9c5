"""What happens on the pages of neighbourhoods and wards."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PostTold:
    """The members of a unit are told that there is an announcement."""

    post_id: int
    unit_id: int
    by_id: int


@dataclass(frozen=True)
class PostTakenBack:
    post_id: int


@dataclass(frozen=True)
class TaskGiven:
    """Somebody has a task, or (`asked`) is asked to take it on."""

    task_id: int
    user_id: int
    by_id: int
    asked: bool


@dataclass(frozen=True)
class TaskAnswered:
    """Whoever was asked said yes or no, or gave back what they had."""

    task_id: int
    user_id: int
    yes: bool


@dataclass(frozen=True)
class TaskLeft:
    """A task asks nothing of this person any more: it is over, was given to somebody else, or they have left."""

    task_id: int
    user_id: int


@dataclass(frozen=True)
class TaskDone:
    task_id: int
    by_id: int
