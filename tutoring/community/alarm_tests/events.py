"""What happens around test alarms."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class AlarmTestStarted:
    """A test alarm goes out; `before` is the one that it takes the place of."""

    test_id: int
    unit_id: int
    on_duty: tuple[int, ...]
    others: tuple[int, ...]
    before: int | None


@dataclass(frozen=True)
class AlarmTestAnswered:
    test_id: int
    user_id: int


@dataclass(frozen=True)
class UnitReady:
    """Enough people have answered: the unit takes in minors from now until that moment."""

    unit_id: int
    until: datetime


@dataclass(frozen=True)
class ReadinessEnded:
    """The unit takes in no new minor from now on."""

    unit_id: int
    at: datetime
