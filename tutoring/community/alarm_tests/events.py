"""Events of test alarms."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class AlarmTestStarted:
    """A test alarm starts; `before` is the test alarm it replaces."""

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
    """Enough people have answered: the unit admits minors from now until `until`."""

    unit_id: int
    until: datetime


@dataclass(frozen=True)
class ReadinessEnded:
    """The unit admits no new minors from now on."""

    unit_id: int
    at: datetime
