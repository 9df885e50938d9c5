"""Events of practice runs."""

from dataclasses import dataclass


@dataclass(frozen=True)
class RunMoved:
    """The screen of a run in a room changed. The event holds no value."""

    run_id: str
    user_id: int
    room_id: int
    screen: str


@dataclass(frozen=True)
class RunFinished:
    """A learner reached the last screen of a scenario."""

    run_id: str
    user_id: int
    scenario: str
    mode: str
    passed: bool


@dataclass(frozen=True)
class RunShown:
    """A run is now shown in this room, or no longer."""

    run_id: str
    user_id: int
    room_id: int


@dataclass(frozen=True)
class ControlPointed:
    """A user in the room points at a control of a learner's run; `control` is empty at the end."""

    run_id: str
    user_id: int
    room_id: int
    control: str
    by_id: int
