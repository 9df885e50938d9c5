"""Busy months, written as rows by chance; and their figures counted once more, another way.

The count here looks at each figure by itself: which rows are of the month, whose they are, whether that person was a
member of this unit or of one below it at that moment. It is slow, and shares nothing with what it checks but the names
of measures.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import sqlalchemy as sa

from tests.insights import random_devices
from tutoring.accounts.models import User
from tutoring.community.models import Membership, Unit
from tutoring.insights.monthly_statistics.measures import STEPS
from tutoring.kernel.clock import LOCAL
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.lessons.progress.models import LessonProgress, StepDone
from tutoring.notebook.models import FirstDossier
from tutoring.pairing.models import HelpRequest
from tutoring.practice.runs.models import PracticeRun
from tutoring.rooms.models import Room
from tutoring.rooms.volunteer_minutes.models import HelpSession

LESSONS = ("vao-lop", "otp")
TOPICS = ("thu.vao-lop", "an.ma-otp")
SKILLS = ("nhap-lieu", "nop-ho-so")
ROOM = 7_000
Cells = dict[tuple[int | None, str, str], tuple[int, int]]  # (unit, measure, key): count, people


@command
def fill(chance: Random, first: date, months: int = 2, people: int = 110) -> dict[str, int]:
    """A city with two wards, a school of two classes, neighbourhoods and a partner; people who come and go, and what
    they did from this day on. Returns ids of units by code."""
    units = _units()
    begun = datetime(first.year, first.month, first.day, tzinfo=LOCAL).astimezone(UTC)
    span = months * 30
    users = [User(full_name=f"N{n}", called_name=f"N{n}", username=f"busy{n}") for n in range(people)]
    db.session.add_all(users)
    db.session.flush()
    ids = [user.id for user in users]
    for who in ids:
        _belong(chance, who, units, begun)

    def moment() -> datetime:
        return begun + timedelta(minutes=chance.randrange(span * 24 * 60))

    db.session.add(Room(id=ROOM, unit_id=units["b-school"], topic=TOPICS[0], minors=False, observed=False))
    db.session.flush()
    for who in ids:
        _ask(chance, who, units, moment)
        _learn(chance, who, moment)
        _rehearse(chance, who, moment)
        if chance.random() < 0.3:
            db.session.add(FirstDossier(owner_id=who, said_on=moment().astimezone(LOCAL).date()))
    _help(chance, ids, units, moment)
    random_devices.fill(chance, ids, units, moment)
    db.session.flush()
    return units


def _units() -> dict[str, int]:
    found: dict[str, int] = {}
    tree = (("b-city", "city", None), ("b-w1", "ward", "b-city"), ("b-w2", "ward", "b-city"),
            ("b-n1", "neighbourhood", "b-w1"), ("b-n2", "neighbourhood", "b-w1"), ("b-school", "school", "b-w1"),
            ("b-c1", "class", "b-school"), ("b-c2", "class", "b-school"), ("b-partner", "partner", None))  # fmt: skip
    for code, kind, above in tree:
        unit = Unit(code=code, kind=kind, name=code, parent_id=found[above] if above else None)
        db.session.add(unit)
        db.session.flush()
        found[code] = unit.id
    return found


def _belong(chance: Random, who: int, units: dict[str, int], begun: datetime) -> None:
    places = chance.choice((["b-c1"], ["b-c1"], ["b-c2"], ["b-n1"], ["b-n1"], ["b-n2"], ["b-school"], ["b-w2"], [],
                            ["b-c1", "b-n1"], ["b-n1", "b-w2"], ["b-partner", "b-c2"]))  # fmt: skip
    for code in places:
        role = chance.choice(("learner", "learner", "parent", "teacher", "helper"))
        came = begun + timedelta(days=chance.choice((-40, -40, 3, 20)))
        ended = came + timedelta(days=chance.randrange(1, 60)) if chance.random() < 0.25 else None
        db.session.add(Membership(
            user_id=who, unit_id=units[code], role=role, created_at=came - timedelta(days=2),
            state="ended" if ended else chance.choice(("active", "active", "active", "waiting")),
            confirmed_at=chance.choice((came, None)), ended_at=ended,
        ))  # fmt: skip
    if places and chance.random() < 0.1:  # in another role too
        db.session.add(Membership(user_id=who, unit_id=units[places[0]], role="officer", created_at=begun))


def _ask(chance: Random, who: int, units: dict[str, int], moment: Any) -> None:
    for _ in range(chance.choice((0, 0, 1, 1, 2, 5))):
        state = chance.choice(("ended", "ended", "ended", "cancelled", "cancelled"))
        db.session.add(HelpRequest(
            learner_id=who, asked_by_id=who, unit_id=units["b-school"], topic=chance.choice(TOPICS), minor=False,
            wish=chance.choice(("now", "now", "now", "weekly")), state=state, outcome="x", created_at=moment(),
            waited_seconds=chance.randrange(5000), helped_seconds=chance.choice((0, 0, 600)),
        ))  # fmt: skip
    if chance.random() < 0.3:  # without a device: kept at the desk still, given up there, or helped there face to face
        at, state = moment(), chance.choice(("waiting", "cancelled", "ended"))
        db.session.add(HelpRequest(
            learner_id=who, asked_by_id=who, unit_id=units["b-school"], topic=chance.choice(TOPICS), minor=False,
            state=state, created_at=at, lack="device", parked_at=at if state == "waiting" else None,
            outcome={"waiting": "", "cancelled": "cancelled", "ended": "helped_there"}[state],
        ))  # fmt: skip


def _learn(chance: Random, who: int, moment: Any) -> None:
    for slug in chance.sample(LESSONS, chance.choice((0, 1, 1, 2))):
        ended = moment() if chance.random() < 0.8 else None
        db.session.add(LessonProgress(
            user_id=who, lesson_slug=slug, version=1, step_id="a", state="finished" if ended else "started",
            finished_at=ended,
        ))  # fmt: skip
        if chance.random() < 0.7:
            db.session.add(StepDone(user_id=who, lesson_slug=slug, step_id="a", at=moment()))


def _rehearse(chance: Random, who: int, moment: Any) -> None:
    for number in range(chance.choice((0, 0, 1, 3))):
        result = {"skills": [[skill, 1, chance.choice((0, 0, 2, 3))] for skill in SKILLS], "traps": 0, "fallen": 0,
                  "goals": 1, "reached": 1}  # fmt: skip
        db.session.add(PracticeRun(
            id=f"{who}-{number}", user_id=who, scenario="s", version=1, digest="d", mode="alone", screen="z",
            ended_at=moment(), passed=chance.random() < 0.6, result=chance.choice((result, result, result, None)),
        ))  # fmt: skip


def _help(chance: Random, ids: list[int], units: dict[str, int], moment: Any) -> None:
    for _ in range(len(ids)):
        helper, learner = chance.sample(ids, 2)
        at, struck = moment(), chance.random() < 0.1
        known = sa.select(HelpSession.id).where(HelpSession.helper_id == helper, HelpSession.learner_id == learner)
        if db.session.scalar(known) is None:
            db.session.add(HelpSession(
                room_id=ROOM, helper_id=helper, learner_id=learner, unit_id=units["b-school"], ended_at=at,
                topic=chance.choice(TOPICS), day=at.astimezone(LOCAL).date(), minutes=chance.choice((0, 3, 20, 45)),
                struck_at=at if struck else None, struck_reason="x" if struck else "",
            ))  # fmt: skip


# ---- counted once more ------------------------------------------------------------------------------------------


Line = tuple[str, str, int, datetime | date, int]  # measure, key, whose, when, how much


def direct(month: date) -> Cells:
    """The figures of a month, each counted by itself."""
    found: dict[tuple[int | None, str, str], list[tuple[int, int]]] = defaultdict(list)
    everything = list(_all_lines())
    lines = [line for line in everything if month <= _day(line[3]) < _next(month)]
    members = list(db.session.scalars(sa.select(Membership).order_by(Membership.id)))
    for unit, inside in _below().items():
        here = [one for one in members if one.unit_id in inside and one.state != "waiting"]
        mine = [line for line in lines if unit is None or _belonged(here, line[2], line[3], line[0] == "helping")]
        for measure, key, who, _, amount in mine:
            if measure != "step":
                found[unit, measure, key].append((who, amount))
        found[unit, "received", ""] = random_devices.received(month, None if unit is None else inside)
        reached = {line[2] for line in mine if line[0] in _REACH}
        found[unit, "reached", ""] = [(who, 1) for who in reached]
        found[unit, "new", ""] = [(who, 1) for who in reached if _first(everything, who, _REACH) >= month]
        for number, step in enumerate(STEPS):
            some = _journey(everything, month, number)
            found[unit, "funnel", step] = [
                (who, 1) for who, begun in some if unit is None or _belonged(here, who, begun, any_role=False)
            ]
    return {where: (sum(n for _, n in some), len({who for who, _ in some})) for where, some in found.items() if some}


_REACH = ("asked", "together", "finished", "practised", "step")


def _next(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)


def _below() -> dict[int | None, set[int]]:
    parents = {unit.id: unit.parent_id for unit in db.session.scalars(sa.select(Unit).order_by(Unit.id))}
    found: dict[int | None, set[int]] = {None: set(), **{unit: set() for unit in parents}}
    for unit in parents:
        above: int | None = unit
        while above is not None:
            found[above].add(unit)
            above = parents[above]
    return found


def _belonged(here: list[Membership], who: int, at: datetime | date, any_role: bool) -> bool:
    for one in here:
        if one.user_id != who or not (any_role or one.role in ("learner", "parent")):
            continue
        since, until = one.confirmed_at or one.created_at, one.ended_at
        if isinstance(at, datetime):
            held = since <= at and (until is None or until > at)
        else:
            held = _day(since) <= at and (until is None or _day(until) >= at)
        if held:
            return True
    return False


def _day(at: datetime | date) -> date:
    return at.astimezone(LOCAL).date() if isinstance(at, datetime) else at


def _all_lines() -> Iterator[Line]:
    for ask in db.session.scalars(sa.select(HelpRequest).order_by(HelpRequest.id)):
        here = ask.created_at.astimezone(LOCAL)
        when = f"{here.weekday()}-{here.hour}"
        for key in ("", f"t:{ask.topic}", f"s:{when}", f"x:{ask.topic}:{when}"):
            yield "asked", key, ask.learner_id, ask.created_at, 1
            helped = ask.helped_seconds > 0 or ask.state in ("ended", "helping")
            if helped and ask.wish == "now" and ask.outcome != "helped_there":
                yield "waits", key, ask.learner_id, ask.created_at, 1
            elif not helped and ask.state == "cancelled":
                yield "unmet", key, ask.learner_id, ask.created_at, 1
    for one in db.session.scalars(sa.select(HelpSession).order_by(HelpSession.id)):
        if one.struck_at is None and one.minutes:
            yield "together", "", one.learner_id, one.ended_at, one.minutes
            yield "together", f"t:{one.topic}", one.learner_id, one.ended_at, one.minutes
            yield "sessions", "", one.learner_id, one.ended_at, 1
            yield "helping", "", one.helper_id, one.ended_at, one.minutes
    for row in db.session.scalars(sa.select(LessonProgress).order_by(LessonProgress.id)):
        if row.finished_at is not None:
            yield "finished", "", row.user_id, row.finished_at, 1
            yield "finished", f"l:{row.lesson_slug}", row.user_id, row.finished_at, 1
    for step in db.session.scalars(sa.select(StepDone).order_by(StepDone.user_id, StepDone.lesson_slug)):
        yield "step", "", step.user_id, step.at, 1
    for run in db.session.scalars(sa.select(PracticeRun).order_by(PracticeRun.id)):
        if run.result is None or run.ended_at is None:
            continue
        keys = ["", *(["passed"] if run.passed else [])]
        keys += [f"k:{skill}:{'well' if slips <= 2 else 'again'}" for skill, _, slips in run.result["skills"]]
        for key in keys:
            yield "practised", key, run.user_id, run.ended_at, 1
    for said in db.session.scalars(sa.select(FirstDossier).order_by(FirstDossier.owner_id)):
        yield "filed", "", said.owner_id, said.said_on, 1
    yield from random_devices.lines()


def _first(everything: list[Line], who: int, measures: tuple[str, ...]) -> date:
    return min((_day(line[3]) for line in everything if line[2] == who and line[0] in measures), default=date.max)


def _journey(everything: list[Line], month: date, number: int) -> list[tuple[int, date]]:
    """Who had done so many steps by the end of the month, with the day of the first one."""
    needs = (("finished",), ("together",), ("practised",), ("filed",))[: number + 1]
    year_ago = month
    for _ in range(11):
        year_ago = (year_ago - timedelta(days=1)).replace(day=1)
    found = []
    for who in sorted({line[2] for line in everything}):
        begun = _first(everything, who, ("finished",))
        if year_ago <= begun < _next(month) and all(_first(everything, who, one) < _next(month) for one in needs):
            found.append((who, begun))
    return found
