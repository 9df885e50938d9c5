"""What loans alone announce beside `devices.events`."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class DonorDayNear:
    """The day by which a donor wants a lent machine back is near; the ward still has it, or a family does."""

    device_id: int
    unit_id: int
    lend_until: date


@dataclass(frozen=True)
class ThanksRefused:
    """Staff did not pass words on; whoever wrote them reads why."""

    thanks_id: int
    by_id: int
