"""What happens to reports and cases. No event says who reported."""

from dataclasses import dataclass


@dataclass(frozen=True)
class CaseOpened:
    case_id: int


@dataclass(frozen=True)
class CaseRaised:
    """A case has become more urgent."""

    case_id: int


@dataclass(frozen=True)
class CaseOverdue:
    """Nobody looked in time: `alarm` 1 is for the coordinators, 2 for the site admins too."""

    case_id: int
    alarm: int


@dataclass(frozen=True)
class CaseDecided:
    case_id: int


@dataclass(frozen=True)
class CaseClaimed:
    """Somebody has taken a case, or let it go."""

    case_id: int


@dataclass(frozen=True)
class ActDone:
    act_id: int


@dataclass(frozen=True)
class ActUndone:
    """An act of the desk was undone; the act says why: reversed, overturned, expired."""

    act_id: int


@dataclass(frozen=True)
class CaseDueSoon:
    """A grave case that nobody has decided yet, some hours before it has to be."""

    case_id: int
