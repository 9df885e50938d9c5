"""Towns by chance: a tree of units, people in it, and what they did in a month, small numbers everywhere."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random

from tutoring.insights.monthly_statistics.cell_suppression import REST
from tutoring.insights.monthly_statistics.counter import crossed, slot
from tutoring.insights.monthly_statistics.measures import (
    ASKED,
    FUNNEL,
    LOST,
    MET,
    NEEDED,
    NEW,
    PRACTISED,
    REACHED,
    RECEIVED,
    RETURNED,
    SESSIONS,
    STEPS,
    TOGETHER,
    UNMET,
    USED,
    WAITS,
)
from tutoring.insights.monthly_statistics.tally import CellContent, Place, Tally
from tutoring.insights.monthly_statistics.unit_index import Places, Stay

AT = datetime(2026, 3, 4, 13, tzinfo=UTC)


@dataclass
class Town:
    places: Places
    tally: Tally = field(default_factory=Tally)

    def heaps(self) -> dict[Place, CellContent]:
        return dict(self.tally.heaps())


def town(chance: Random, units: int = 9, people: int = 90, apart: bool = True) -> Town:
    """With `apart` nobody belongs to two units that do not lie in one another."""
    parents: dict[int, int | None] = {1: None}
    for unit in range(2, units + 1):
        parents[unit] = chance.choice([None, *range(max(1, unit - 4), unit)])
    found = Town(Places(parents))
    weights = [chance.choice((0, 1, 1, 2, 8, 20)) + 0.01 for _ in parents]
    topics = [f"t:{n}" for n in range(chance.randint(1, 4))]
    heavy = [chance.choice((1, 1, 5, 20)) for _ in topics]
    for person in range(people):
        homes = chance.choices(list(parents), weights, k=1 if apart else chance.choice((1, 1, 2)))
        numbers = found.places.at([Stay(unit, AT, None) for unit in homes], AT)
        _does(found.tally, chance, numbers, person, topics, heavy)
        _gets(found.tally, chance, numbers, person)
    stores = chance.choices(list(parents), weights, k=2)
    for machine in range(chance.choice((3, 15, 60))):
        found.tally.add(found.places.over(chance.choice(stores)), RECEIVED, ("",), machine)
    return found


def _gets(tally: Tally, chance: Random, numbers: tuple[int, ...], person: int) -> None:
    """A family's devices and vouchers."""
    for kind, often in (("d:device", 0.4), ("d:internet", 0.15)):
        if chance.random() < often:
            tally.add(numbers, NEEDED, ("", kind), person)
        if chance.random() < often:
            tally.add(numbers, MET, ("", kind), person, chance.choice((1, 1, 1, 2)))
    for measure, often in ((USED, 0.1), (RETURNED, 0.2), (LOST, 0.05)):
        if chance.random() < often:
            tally.add(numbers, measure, ("",), person)


def _does(
    tally: Tally, chance: Random, numbers: tuple[int, ...], person: int, topics: list[str], heavy: list[int]
) -> None:
    def add(measure: str, *keys: str, amount: int = 1) -> None:
        tally.add(numbers, measure, keys, person, amount)

    if chance.random() < 0.1:
        return
    add(REACHED, "")
    add(NEW, "" if chance.random() < 0.4 else REST)
    for _ in range(chance.choice((0, 1, 1, 1, 2, 3))):
        topic, when = chance.choices(topics, heavy)[0], slot(AT.replace(hour=chance.choice((1, 1, 1, 5))))
        keys = "", topic, when, crossed(topic.removeprefix("t:"), when)
        add(ASKED, *keys)
        came = chance.choices((UNMET, WAITS, ""), (1, 4, 1))[0]
        add(came or UNMET, *(keys if came else (REST + key for key in keys)))
    for _ in range(chance.choice((0, 1, 2))):
        add(TOGETHER, "", *chance.choices(topics, heavy), amount=chance.choice((1, 5, 40)))
        add(SESSIONS, "")
    if chance.random() < 0.7:
        again = chance.random() < 0.3
        add(PRACTISED, "", REST + "passed" if again else "passed", f"k:a:{'again' if again else 'well'}",
            f"k:b:{chance.choice(('again', 'well', 'well', 'well'))}")  # fmt: skip
    for number, step in enumerate(STEPS):
        if number and chance.random() < 0.3:
            add(FUNNEL, REST + step)
            break
        add(FUNNEL, step)
