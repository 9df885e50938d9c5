"""What was promised to each device, from the choices alone, and the pairing of that with what came there."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tests.simulation.evidence import SEEN_AS, Arrived, Evidence, Told, Verdict, by_letter
from tests.simulation.population import Someone
from tutoring.kernel.clock import LOCAL
from tutoring.notifications.preferences.topics import TOPICS

SLACK = 90.0  # seconds that a letter may be on its way when something changes
DAY = 86400.0
REST = 1800.0  # seconds of a step when nobody does anything any more
TRIED = 19 * 3600.0  # a letter is tried for twenty hours and a half at least


def in_quiet(one: Someone, at: float) -> bool:
    here = datetime.fromtimestamp(at, LOCAL)
    minute, (start, end) = here.hour * 60 + here.minute, one.quiet
    return start <= minute < end if start <= end else minute >= start or minute < end


def after_quiet(one: Someone, at: float) -> float:
    """The moment itself, or the first one that is not quiet, minute by minute."""
    moment = datetime.fromtimestamp(at, LOCAL)
    while in_quiet(one, moment.timestamp()):
        moment = moment.replace(second=0, microsecond=0) + timedelta(minutes=1)
    return moment.timestamp()


def wakes(one: Someone, topic: str) -> bool:
    """Whether this may reach somebody in the quiet hours: alarms of a duty reach anybody, the rest whoever asked."""
    about = TOPICS[topic]
    return about.through or (about.wakes and one.woken)


def may_go(one: Someone, told: Told, way: str) -> float:
    """The first moment at which it may be outside."""
    about = TOPICS[told.topic]
    at = told.at
    if wakes(one, told.topic):
        return at
    if way == "mail" and one.how != "once" and not about.urgent:
        here = datetime.fromtimestamp(at, LOCAL)
        slot = here.replace(hour=one.hour, minute=0, second=0, microsecond=0)
        while slot < here or (one.how == "weekly" and slot.weekday() != 6):
            slot += timedelta(days=1)
        at = slot.timestamp()
    return after_quiet(one, at)


def wished(one: Someone, topic: str, way: str, at: float) -> bool:
    return one.wants(topic, way) and at < one.off.get((TOPICS[topic].like or topic, way), float("inf"))


def places(one: Someone, way: str) -> list[tuple[str, float]]:
    """Where a way leads for somebody, and until when."""
    if way == "push":
        return [(phone.name, phone.ended or float("inf")) for phone in one.phones]
    there = one.mail if way == "mail" else one.number
    return [(way, float("inf"))] if there else []


@dataclass(frozen=True)
class Thing:
    """One of the things that a letter said, at its first arrival."""

    topic: str  # "" where a push says only how many
    at: float
    letter: str


@dataclass(frozen=True)
class Promise:
    """One notice to one place: it may go from `first` on, and surely has by `by` (never: infinity)."""

    told: Told
    first: float
    by: float

    def could_be(self, thing: Thing) -> bool:
        """Whether this thing may be about it: said at a moment at which it could go."""
        return (
            thing.topic in ("", SEEN_AS[self.told.topic])
            and self.first - SLACK <= thing.at <= min(self.told.read, self.told.until) + SLACK
        )

    def kept_by(self, thing: Thing) -> bool:
        return self.could_be(thing) and thing.at <= self.by + SLACK


def unpaired(ones: Sequence[Any], others: Sequence[Any], fit: Callable[[Any, Any], bool]) -> list[Any]:
    """Those of `ones` that stay alone when as many as can be get one of the `others` each (Kuhn's way)."""
    fitting = [[n for n, other in enumerate(others) if fit(one, other)] for one in ones]
    taken: dict[int, int] = {}

    def find(one: int, seen: set[int]) -> bool:
        for n in fitting[one]:
            if n not in seen:
                seen.add(n)
                if n not in taken or find(taken[n], seen):
                    taken[n] = one
                    return True
        return False

    return [ones[n] for n in range(len(ones)) if not find(n, set())]


def _things(arrived: list[Arrived]) -> dict[tuple[int, str], list[Thing]]:
    found: dict[tuple[int, str], list[Thing]] = defaultdict(list)
    for same in by_letter(arrived).values():
        first = min(same, key=lambda one: one.at)
        found[first.person, first.place] += [
            Thing(topic, first.at, first.key) for topic, count in first.about for _ in range(count)
        ]
    return found


def _promises(seen: Evidence, told: list[Told]) -> dict[tuple[int, str], list[Promise]]:
    """For each person and place all that may go there."""
    found: dict[tuple[int, str], list[Promise]] = defaultdict(list)
    for one in told:
        person = seen.life.people[one.person]
        for way in ("mail", "push", "sms"):
            if not person.wants(one.topic, way):
                continue
            first = may_go(person, one, way)
            for place, ends in places(person, way):
                off = person.off.get((TOPICS[one.topic].like or one.topic, way), float("inf"))
                if first < min(one.until, ends, off) + SLACK:
                    by = _sure_by(seen, person, one, way, place, first, ends)
                    found[person.id, place].append(Promise(one, first, by))
    return found


def pairs(seen: Evidence, arrived: list[Arrived], told: list[Told], verdict: Verdict) -> None:
    things, promises = _things(arrived), _promises(seen, told)
    for where in {*things, *promises}:
        here, all_of_it = things.get(where, []), promises.get(where, [])
        sure = [one for one in all_of_it if one.by < float("inf")]
        verdict.figures["promised for sure"] += len(sure)
        for one in unpaired(sure, here, Promise.kept_by):
            verdict.say("lost", f"{where}: {one.told.key}, told {said(one.told.at)}, due by {said(one.by)}")
        for thing in unpaired(here, all_of_it, lambda thing, one: one.could_be(thing)):
            verdict.say("too many", f"{where}: {thing.letter} at {said(thing.at)} says {thing.topic or 'something'}")


def said(at: float) -> str:
    return f"{datetime.fromtimestamp(at, LOCAL):%a %H:%M:%S}"


def _sure_by(
    seen: Evidence, person: Someone, one: Told, way: str, place: str, first: float, ends: float
) -> float:  # fmt: skip
    """When it has surely gone; infinity where something may have come in between (it was read, switched off, …)."""
    if _bad(seen, person, way, place):
        return float("inf")
    return _reachable_by(seen, person, one, way, place, first, ends)


def _reachable_by(
    seen: Evidence, person: Someone, one: Told, way: str, place: str, first: float, ends: float
) -> float:  # fmt: skip
    # What is not urgent waits two minutes, and the clock goes in steps; where a worker died, another comes to it a
    # minute later. So in the last two steps before quiet hours it may be too late for the evening.
    woken = wakes(person, one.topic)
    goes = max(first, seen.began)
    step = seen.step if goes < seen.rests - 2 * seen.step else max(seen.step, REST)
    goes = goes if woken else after_quiet(person, goes + 2 * step + 60)
    busy = (way == "mail" and person.id in seen.busy_mail) or place in seen.busy_phones
    by = goes + (1.5 * DAY if busy else step + 600)
    if busy and first < seen.mended - TRIED:
        return float("inf")  # tried to the last before they took letters again: given up, and that is shown
    # Where one device of several is gone or busy, the letter comes again to the others: under its key.
    sure = wished(person, one.topic, way, by) and by < min(one.read, one.until, ends, seen.ends)
    return by if sure else float("inf")


def _bad(seen: Evidence, person: Someone, way: str, place: str) -> bool:
    return (
        (way == "mail" and person.id in seen.bad_mail)
        or place in seen.bad_phones
        or (way == "sms" and person.id in seen.bad_numbers)
    )


def refused(seen: Evidence, told: list[Told]) -> set[tuple[int, str]]:
    """Whom something was surely tried to reach by a way that is refused for good, by the choices alone."""
    found = set()
    for one in told:
        person = seen.life.people[one.person]
        for way in ("mail", "push", "sms"):
            for place, ends in places(person, way):
                if _bad(seen, person, way, place):
                    first = may_go(person, one, way)
                    if _reachable_by(seen, person, one, way, place, first, ends) < float("inf"):
                        found.add((person.id, way))
    return found
