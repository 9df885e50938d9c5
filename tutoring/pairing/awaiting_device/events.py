"""What happens to requests that the neighbourhood's desk keeps because there is no device or no internet."""

from dataclasses import dataclass


@dataclass(frozen=True)
class HelpAwaitingDevice:
    """Asked, and kept at the desk; `lack` is device, internet or both."""

    request_id: int
    learner_id: int
    lack: str


@dataclass(frozen=True)
class HelpUnparked:
    """It goes into the queue; `kind` of the need that was met, "" when its own side said so."""

    request_id: int
    learner_id: int
    asked_by_id: int
    kind: str


@dataclass(frozen=True)
class StillParked:
    """It stays at the desk: something of what is lacking has come (`came`), or a need ended without anything."""

    request_id: int
    learner_id: int
    asked_by_id: int
    lack: str
    came: bool
    need_id: int


@dataclass(frozen=True)
class ParkedLong:
    """Nothing has changed for so many requests of a ward, or of a unit in none, for two weeks."""

    place_id: int
    count: int
