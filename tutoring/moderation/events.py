"""Events of reports and cases. No event names a reporter."""

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
    """A case is overdue: `alarm` 1 goes to the coordinators, 2 also to the site admins."""

    case_id: int
    alarm: int


@dataclass(frozen=True)
class CaseDecided:
    case_id: int


@dataclass(frozen=True)
class CaseClaimed:
    """A user has claimed a case, or released it."""

    case_id: int


@dataclass(frozen=True)
class CaseTakenOver:
    """A user has taken a case over from another user, who reads the reason."""

    case_id: int
    from_id: int
    by_id: int
    reason: str


@dataclass(frozen=True)
class ActionTaken:
    act_id: int


@dataclass(frozen=True)
class ActionReverted:
    """A moderation action was undone; its row says why: reversed, overturned, expired."""

    act_id: int


@dataclass(frozen=True)
class CaseDueSoon:
    """A grave case is undecided some hours before its deadline."""

    case_id: int


@dataclass(frozen=True)
class WelfareOpened:
    """A text needs a look by staff within a quarter of an hour; no alarm is sent."""

    case_id: int


@dataclass(frozen=True)
class WelfareAlarm:
    """An alarm is sent again, to staff on duty and to others, until an act is recorded."""

    case_id: int
    round: int
    on_duty: tuple[int, ...]
    others: tuple[int, ...]


@dataclass(frozen=True)
class AlarmDelayed:
    """An alarm was due so many minutes ago and could not be sent."""

    case_id: int
    minutes: int


@dataclass(frozen=True)
class WelfareAnswered:
    """An act for the user in danger is recorded: the alarm ends."""

    case_id: int


@dataclass(frozen=True)
class WelfareCalmed:
    """There was no danger; `delivered`: the message held in a room is sent."""

    case_id: int
    delivered: bool


@dataclass(frozen=True)
class WelfareEnded:
    case_id: int


@dataclass(frozen=True)
class TalkWanted:
    """The child of a welfare case waits in a talk for a member of the staff."""

    case_id: int


@dataclass(frozen=True)
class TalkOffered:
    """A member of the staff waits in a talk for the author of a welfare case."""

    case_id: int
    author_id: int
    room_id: int
    by_id: int
