"""What became of a machine, as its donor hears it: a stage and a month, never a place below the ward, never a person.

Two states that would tell more than that (reserved, at a repairer's) read like the ones beside them.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from tutoring.devices.models import Device
from tutoring.kernel import clock

_STAGES = {
    "offered": "waits",
    "declined": "declined",
    "withdrawn": "withdrawn",
    "expected": "expected",
    "stored": "checked",
    "repair": "checked",
    "ready": "ready",
    "reserved": "ready",
    "lent": "used",
    "given": "used",
    "lost": "lost",
    "sent_back": "sent_back",
    "scrapped": "scrapped",
}


@dataclass(frozen=True)
class Story:
    """One machine: its stage, and since which month a family uses it."""

    stage: str
    since: date | None = None

    @property
    def month(self) -> str:
        return f"{self.since:%m/%Y}" if self.since else ""


def story_of(device: Device, was_out: bool) -> Story:
    """What became of this machine; `was_out` once it has been with a family before."""
    stage = _STAGES[device.state]
    if stage == "checked" and was_out:
        return Story("back")
    return Story(stage, clock.local(device.state_since).date().replace(day=1) if stage == "used" else None)


def gathered(devices: Iterable[Device], stories: Mapping[int, Story]) -> list[tuple[Story, int]]:
    """How many machines of a large offer have the same story."""
    return list(Counter(stories[device.id] for device in devices).items())
