"""Events of appeals against moderation actions."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ActionAppealed:
    act_id: int


@dataclass(frozen=True)
class ActionAppealOverdue:
    """An appeal is overdue: `alarm` 1 goes to the coordinators, 2 also to the site admins."""

    act_id: int
    alarm: int


@dataclass(frozen=True)
class ActionAppealDecided:
    act_id: int
    overturned: bool
