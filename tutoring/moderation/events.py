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
class CaseTaken:
    """Somebody has taken a case from another person, who reads why."""

    case_id: int
    from_id: int
    by_id: int
    reason: str


@dataclass(frozen=True)
class ActionTaken:
    act_id: int


@dataclass(frozen=True)
class ActionReverted:
    """An act of the desk was undone; the act says why: reversed, overturned, expired."""

    act_id: int


@dataclass(frozen=True)
class CaseDueSoon:
    """A grave case that nobody has decided yet, some hours before it has to be."""

    case_id: int


@dataclass(frozen=True)
class WelfareOpened:
    """Somebody wrote something that a person has to look at within a quarter of an hour; no alarm goes out."""

    case_id: int


@dataclass(frozen=True)
class WelfareAlarm:
    """An alarm goes out once more, to those on duty and to others, until somebody has done something."""

    case_id: int
    round: int
    on_duty: tuple[int, ...]
    others: tuple[int, ...]


@dataclass(frozen=True)
class AlarmsStoodStill:
    """An alarm should have gone out so many minutes ago, and could not."""

    case_id: int
    minutes: int


@dataclass(frozen=True)
class WelfareAnswered:
    """Somebody has done something for the one in danger: the alarm is over."""

    case_id: int


@dataclass(frozen=True)
class WelfareCalmed:
    """It was no danger; `delivered`: what waited in a room is sent."""

    case_id: int
    delivered: bool


@dataclass(frozen=True)
class WelfareEnded:
    case_id: int
