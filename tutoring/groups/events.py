"""Events on the pages of neighbourhoods and wards."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PostNotified:
    """The members of a unit are notified of an announcement."""

    post_id: int
    unit_id: int
    by_id: int


@dataclass(frozen=True)
class PostWithdrawn:
    post_id: int


@dataclass(frozen=True)
class TaskGiven:
    """A user is assigned a task, or (`asked`) is asked to take it on."""

    task_id: int
    user_id: int
    by_id: int
    asked: bool


@dataclass(frozen=True)
class TaskAnswered:
    """The asked user accepted or declined, or the assignee returned the task."""

    task_id: int
    user_id: int
    yes: bool


@dataclass(frozen=True)
class TaskLeft:
    """The user no longer has this task: it is over, was reassigned, or the user has left."""

    task_id: int
    user_id: int


@dataclass(frozen=True)
class TaskDone:
    task_id: int
    by_id: int
