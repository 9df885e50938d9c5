"""Events of units, memberships and join codes."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Joined:
    """A person joined a unit; `waiting` until a second approver confirms."""

    user_id: int
    unit_id: int
    role: str
    waiting: bool


@dataclass(frozen=True)
class CodeWaits:
    """A code that gives power waits for the second approver."""

    code_id: int
    unit_id: int
    by_id: int


@dataclass(frozen=True)
class CodeSettled:
    """A waiting code was confirmed or revoked."""

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
    """A person may not help any more, because the nomination was paused or barred."""

    user_id: int


@dataclass(frozen=True)
class FactorResetAsked:
    """A member of staff asked to remove a person's second factor."""

    user_id: int
    asked_by_id: int


@dataclass(frozen=True)
class FactorReset:
    """A second factor was removed, or kept if not `done`.

    `by_id` is None if it was done on the command line.
    """

    user_id: int
    by_id: int | None
    done: bool = True


@dataclass(frozen=True)
class HelperConfirmed:
    """A second approver confirmed a helper for a year; `renewed` if it was a renewal."""

    user_id: int
    unit_id: int
    renewed: bool = False


@dataclass(frozen=True)
class RenewalDue:
    """The confirmation of a helper ends at `until` unless a second approver renews it."""

    user_id: int
    unit_id: int
    until: datetime


@dataclass(frozen=True)
class ImportMoved:
    """The state of a bulk import changed."""

    import_id: int
    by_id: int


@dataclass(frozen=True)
class MinorsPaused:
    """Rooms and pairing with minors are paused here and below, or resumed (`on` is False)."""

    unit_ids: tuple[int, ...]
    on: bool
    why: str


@dataclass(frozen=True)
class UnitsMerged:
    """One unit, with its members and all below it, is now part of another of its kind."""

    from_id: int
    into_id: int


@dataclass(frozen=True)
class CardClaimedTwice:
    """Two people claimed the card of one staged pupil; both claims are frozen."""

    line_id: int
    unit_id: int


@dataclass(frozen=True)
class ClaimsSettled:
    """The claims on a staged pupil are no longer several."""

    line_id: int
    unit_id: int


@dataclass(frozen=True)
class ClaimRefused:
    """A teacher refused a claim; the claimant is notified without any name."""

    user_id: int
    claim_id: int
    reason: str


@dataclass(frozen=True)
class ClassesMoved:
    """The classes of a school are now others, for a new school year or on the way back.

    `pairs` are old and new units; what is open in the old one follows. `people` are members who went elsewhere: user,
    old unit, new unit. One whose new unit is the old one stays there, and so does what is theirs.
    """

    pairs: tuple[tuple[int, int], ...]
    people: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True)
class YearEnded:
    """A coordinator moved the classes of a school up, or undid it."""

    year_end_id: int
    school_id: int
    by_id: int
    undone: bool = False
