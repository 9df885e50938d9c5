"""What happened in rehearsals."""

from dataclasses import dataclass


@dataclass(frozen=True)
class RunMoved:
    """A run in a room is on another screen, or its screen shows something else; no value is told."""

    run_id: str
    user_id: int
    room_id: int
    screen: str


@dataclass(frozen=True)
class RunFinished:
    """A person went through a scenario to its last screen."""

    run_id: str
    user_id: int
    scenario: str
    mode: str
    passed: bool


@dataclass(frozen=True)
class RunShown:
    """A run is shown in this room from now on, or no longer."""

    run_id: str
    user_id: int
    room_id: int


@dataclass(frozen=True)
class ControlPointed:
    """Somebody in the room points at a control of a learner's run; `control` is empty when that is over."""

    run_id: str
    user_id: int
    room_id: int
    control: str
    by_id: int
