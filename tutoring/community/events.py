"""What happens in units."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Joined:
    """Somebody has come into a unit; `waiting` until a second person confirms."""

    user_id: int
    unit_id: int
    role: str
    waiting: bool


@dataclass(frozen=True)
class CodeWaits:
    """A code that gives power waits for a second person's yes."""

    code_id: int
    unit_id: int
    by_id: int


@dataclass(frozen=True)
class CodeSettled:
    """It was confirmed or revoked."""

    code_id: int


@dataclass(frozen=True)
class MembershipConfirmed:
    user_id: int
    unit_id: int
    role: str


@dataclass(frozen=True)
class MembershipEnded:
    user_id: int
    unit_id: int
    role: str


@dataclass(frozen=True)
class ResetCodeIssued:
    user_id: int
    issued_by_id: int


@dataclass(frozen=True)
class Suspended:
    user_id: int
    by_id: int


@dataclass(frozen=True)
class HelperStopped:
    """Nobody vouches any more that this person may help: paused or barred."""

    user_id: int


@dataclass(frozen=True)
class FactorResetAsked:
    """Somebody of the staff asks that a person's second factor be taken off."""

    user_id: int
    asked_by_id: int


@dataclass(frozen=True)
class FactorReset:
    """A person's second factor was taken off, or (not `done`) stays; by nobody in particular on the command line."""

    user_id: int
    by_id: int | None
    done: bool = True


@dataclass(frozen=True)
class HelperConfirmed:
    """A second person has said yes to a helper, for a year; `renewed`: once more."""

    user_id: int
    unit_id: int
    renewed: bool = False


@dataclass(frozen=True)
class RenewalDue:
    """The word for a helper ends at this moment unless a second person renews it."""

    user_id: int
    unit_id: int
    until: datetime


@dataclass(frozen=True)
class ImportMoved:
    """A file of units came a step further."""

    import_id: int
    by_id: int


@dataclass(frozen=True)
class MinorsPaused:
    """Rooms and pairing with minors stop in these units and below, or go on again (`on` is False)."""

    unit_ids: tuple[int, ...]
    on: bool
    why: str


@dataclass(frozen=True)
class UnitsMerged:
    """From now on one unit, with its members and all below it, is part of another of its kind."""

    from_id: int
    into_id: int
