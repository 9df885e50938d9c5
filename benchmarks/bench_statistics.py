"""Figures of months at the size of a city: what counting a month costs at night, and what pages cost by day.

    python3 dev.py bench statistics [--events N] [--small N] [--people N] [--months N] [--share N] [--postgres]

A city of 168 wards, 5,000 neighbourhoods, 400 schools with 7,400 classes and 260,000 people; twelve months in which
10,000,000 things happened: of a hundred 78 steps of lessons, 8 lessons finished, 6 rehearsals, 4 requests and 4
sessions of help. `--share 10` makes everything a tenth (units too). First with 10,000 events, then with all of them, in
the same database: pages are to cost the same. Prints rows, seconds, the memory at its highest, milliseconds of pages.

A city of 2.6 million pupils is ten times that. What is counted at night grows with what happened in the month (ten
times the seconds, in one pass in which a few rows of each source are held) and with the cells in memory (units by
topics, hours, lessons: ten times as many classes, and the same 168 wards and 5,000 neighbourhoods). Pages read the rows
of one unit: how many these are follows from topics, hours and lessons, not from people, and stays the same.

At the end 5,000 more neighbourhoods come in by one file, checked and written as due work.
"""

import argparse
import gc
import random
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask_migrate import upgrade

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.backing_services import private_postgres
from tests.factories import client_of
from tutoring.accounts.models import User
from tutoring.app import create_app
from tutoring.community.bulk_import import commands as bulk_import_commands
from tutoring.community.bulk_import.models import UnitImport
from tutoring.community.models import Membership, Unit
from tutoring.config import ROOT, Settings
from tutoring.insights.models import Figure
from tutoring.insights.monthly_statistics import jobs as monthly_statistics_jobs
from tutoring.insights.monthly_statistics import months
from tutoring.insights.monthly_statistics import queries as monthly_statistics_queries
from tutoring.insights.monthly_statistics.measures import MEASURES
from tutoring.kernel import clock, jobs
from tutoring.kernel.db import db
from tutoring.lessons.catalogue.loader import load_content
from tutoring.lessons.catalogue.models import Lesson
from tutoring.lessons.progress.models import LessonProgress, StepDone
from tutoring.lessons.skills.queries import topics
from tutoring.pairing.models import HelpRequest
from tutoring.practice.runs.models import PracticeRun
from tutoring.rooms.models import Room
from tutoring.rooms.volunteer_minutes.models import HelpSession

WARDS, NEIGHBOURHOODS, SCHOOLS, CLASSES = 168, 5_000, 400, 7_400
GOAL = 200.0  # milliseconds of a page
AT_ONCE = 20_000
RUNS = 15
ADMIN = 1


class City:
    """Seeds a city, and ever more of what happened in it."""

    def __init__(self, share: int, people: int, last: date, how_many: int) -> None:
        self.chance = random.Random(7)
        self.wards, self.neighbourhoods, self.schools, self.classes = (
            max(1, some // share) for some in (WARDS, NEIGHBOURHOODS, SCHOOLS, CLASSES)
        )
        self.people, self.seeded = people // share, 0
        first = months.back(last, how_many - 1)
        self.since = months.begins(first).astimezone(UTC)
        self.seconds = int((months.begins(months.following(last)) - months.begins(first)).total_seconds())

    def build(self) -> None:
        place = {"form": "", "school_year": "", "youth_help_adults": True, "link_hosts": "", "duty_phone": ""}
        wards = range(2, 2 + self.wards)
        around = range(wards.stop, wards.stop + self.neighbourhoods)
        schools = range(around.stop, around.stop + self.schools)
        self.pupils_of = range(schools.stop, schools.stop + self.classes)
        kinds = ((wards, "ward", range(1, 2)), (around, "neighbourhood", wards), (schools, "school", wards),
                 (self.pupils_of, "class", schools))  # fmt: skip
        add = db.session.execute
        add(sa.insert(Unit), [{"id": 1, "code": "u1", "kind": "city", "name": "U1", "parent_id": None, **place}])
        for units, kind, above in kinds:
            add(sa.insert(Unit), [
                {"id": n, "code": f"u{n}", "kind": kind, "name": f"U{n}", "parent_id": above[n % len(above)], **place}
                for n in units
            ])  # fmt: skip
        self.residents_of, self.wards_of = around, wards
        since = self.since - timedelta(days=30)
        ids = range(1, self.people + 1)
        _insert(User, ({"id": n, "full_name": "N", "called_name": "N", "username": f"n{n}", "site_admin": n == ADMIN}
                       for n in ids))  # fmt: skip
        _insert(Membership, (
            {"user_id": n, "unit_id": self.chance.choice(self.residents_of if n % 5 == 0 else self.pupils_of),
             "role": "learner", "created_at": since, "confirmed_at": since} for n in ids
        ))  # fmt: skip
        self.lessons = list(db.session.scalars(sa.select(Lesson.slug).order_by(Lesson.slug)))
        self.topics = [skill for skill, _ in topics("vi")]
        add(sa.insert(Room), [{"id": 1, "unit_id": 1, "topic": self.topics[0], "minors": True, "observed": True}])
        db.session.commit()

    def until(self, events: int) -> None:
        """Let things happen until so many have."""
        more = events - self.seeded
        first = self.seeded
        _insert(StepDone, self._each(first, more * 78 // 100, self._step))
        _insert(LessonProgress, self._each(first, more * 8 // 100, self._finished))
        _insert(PracticeRun, self._each(first, more * 6 // 100, self._run))
        _insert(HelpRequest, self._each(first, more * 4 // 100, self._asked))
        _insert(HelpSession, self._each(first, more * 4 // 100, self._helped))
        self.seeded = events

    def _each(self, first: int, many: int, make: Callable[[int], dict[str, Any]]) -> Iterator[dict[str, Any]]:
        return (make(first + n) for n in range(many))

    def _who(self) -> int:
        return self.chance.randrange(self.people) + 1

    def _at(self) -> datetime:
        at = self.since + timedelta(seconds=self.chance.randrange(self.seconds))
        return at.replace(hour=(12, 13, 13, 14, at.hour)[self.chance.randrange(5)])  # most come in the evening

    def _step(self, n: int) -> dict[str, Any]:
        return {"user_id": n % self.people + 1, "lesson_slug": self.chance.choice(self.lessons),
                "step_id": f"s{n}", "at": self._at()}  # fmt: skip

    def _finished(self, n: int) -> dict[str, Any]:
        at = self._at()  # a slug of its own where one person has finished all there are: the pair is unique
        return {"user_id": n % self.people + 1, "lesson_slug": self.lessons[n // self.people % len(self.lessons)],
                "version": 1, "step_id": "s", "state": "finished", "started_at": at, "updated_at": at,
                "finished_at": at}  # fmt: skip

    def _run(self, n: int) -> dict[str, Any]:
        at = self._at()
        skills = [[one, 1, self.chance.choice((0, 0, 1, 4))] for one in self.chance.sample(self.topics, 3)]
        result = {"skills": skills, "traps": 0, "fallen": 0, "goals": 1, "reached": 1}
        return {"id": f"r{n}", "user_id": self._who(), "scenario": "x", "version": 1, "digest": "x", "mode": "alone",
                "screen": "x", "screen_at": at, "started_at": at, "updated_at": at, "ended_at": at, "result": result,
                "passed": n % 3 > 0, "events": []}  # fmt: skip

    def _asked(self, n: int) -> dict[str, Any]:
        who, at, lost = self._who(), self._at(), n % 7 == 0
        return {"learner_id": who, "asked_by_id": who, "unit_id": 1, "topic": self.chance.choice(self.topics),
                "minor": True, "state": "cancelled" if lost else "ended", "outcome": "x", "created_at": at,
                "queued_at": at, "waited_seconds": int(self.chance.expovariate(1 / 400))}  # fmt: skip

    def _helped(self, n: int) -> dict[str, Any]:
        at = self._at()
        helper, learner = n % self.people + 1, (n + 1 + n // self.people) % self.people + 1
        return {"room_id": 1, "helper_id": helper, "learner_id": learner, "unit_id": 1, "ended_at": at,
                "topic": self.chance.choice(self.topics), "day": clock.local(at).date(), "minutes": n % 60 + 1,
                "word": "", "struck_reason": ""}  # fmt: skip


def _insert(model: Any, rows: Iterator[dict[str, Any]]) -> None:
    """Without the ORM in between."""
    while some := list(islice(rows, AT_ONCE)):
        db.session.connection().execute(sa.insert(model.__table__), some)
        db.session.commit()


def count(last: date, how_many: int) -> None:
    """Every month as a night would count it."""
    for month in months.between(months.back(last, how_many - 1), last):
        gc.collect()
        begun, worked = time.perf_counter(), time.process_time()
        lines = monthly_statistics_jobs.rebuild(month)
        taken, worked = time.perf_counter() - begun, time.process_time() - worked
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"  {month:%Y-%m}: {taken:6.1f} s ({worked:.1f} s of a processor), {lines:,} figures; "
            f"memory so far at most {most:,.0f} MB",
            flush=True,
        )


def timed(ask: Callable[[], object]) -> float:
    """The median of the milliseconds of a question."""
    taken = []
    for _ in range(RUNS):
        begun = time.perf_counter()
        ask()
        taken.append((time.perf_counter() - begun) * 1e3)
        db.session.rollback()
    return statistics.median(taken)


def pages(app: Flask, city: City, last: date) -> dict[str, float]:
    """What is read of units, and pages of them where this tree has any."""
    some: dict[str, int | None] = {"site": None, "city": 1, "ward": city.wards_of[0],
                                   "neighbourhood": city.residents_of[0], "class": city.pupils_of[0]}  # fmt: skip
    found: dict[str, float] = {}
    for name, unit in some.items():
        found[f"figures of a {name}"] = timed(lambda unit=unit: monthly_statistics_queries.figures(unit, last))
        found[f"trend of a {name}"] = timed(lambda unit=unit: monthly_statistics_queries.trend(unit, MEASURES, last))
        found[f"what lies below a {name}"] = timed(
            lambda unit=unit: monthly_statistics_queries.below(unit, last, MEASURES)
        )
    known = app.view_functions
    addresses = {f"page of a {name}": f"/units/{unit}/figures" for name, unit in some.items() if unit} if (
        "insights.unit_figures" in known) else {}  # fmt: skip
    addresses |= {f"staff's page of a {name}": f"/units/{unit}" for name, unit in some.items() if unit}
    addresses |= {"page of the site": "/figures"} if "insights.site_figures" in known else {}
    client = client_of(app, ADMIN) if addresses else None
    for name, address in addresses.items():
        assert client is not None and client.get(address).status_code == 200, address
        found[name] = timed(lambda address=address: client.get(address))
    return found


def bring_in(many: int, city: City) -> None:
    """So many units by one file, and how long it took; raises AssertionError where not all of them came."""
    begun = time.perf_counter()
    lines = (f"moi-{n},khu phố,Khu phố mới {n},u{city.wards_of[n % city.wards]}" for n in range(many))
    text = "\n".join(("mã,loại,tên,mã cấp trên", *lines))
    made = bulk_import_commands.send_file(db.session.get_one(User, ADMIN), "units", "moi.csv", text.encode())
    jobs.run_due()
    checked = time.perf_counter()
    bulk_import_commands.write_import(db.session.get_one(User, ADMIN), made)
    jobs.run_due()
    db.session.rollback()
    row = db.session.get_one(UnitImport, made)
    assert row.state == "done" and row.done == many, (row.state, row.done)
    written = time.perf_counter() - checked
    print(f"{many:,} units by a file: checked in {checked - begun:.1f} s, written in {written:.1f} s")


def main() -> int:
    parse = argparse.ArgumentParser()
    parse.add_argument("--events", type=int, default=10_000_000)
    parse.add_argument("--small", type=int, default=10_000)
    parse.add_argument("--people", type=int, default=260_000)
    parse.add_argument("--months", type=int, default=12)
    parse.add_argument("--share", type=int, default=1)
    parse.add_argument("--postgres", action="store_true")
    told = parse.parse_args()
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        env = {"INSTANCE": folder, "ORIGINS": "http://localhost", "JOBS": "0"}
        if told.postgres:
            env["DATABASE_URL"] = stack.enter_context(private_postgres())
        app = create_app(Settings.from_environment(env))
        with app.app_context():
            upgrade(directory=str(ROOT / "migrations"))
            load_content(ROOT / "content")
            last = months.back(months.of_day(clock.today()), 1)
            city = City(told.share, told.people, last, told.months)
            city.build()
            took: list[dict[str, float]] = []
            for events in (told.small, told.events // told.share):
                begun = time.perf_counter()
                city.until(events)
                print(f"{events:,} events, {city.people:,} people ({time.perf_counter() - begun:.0f} s to seed)")
                count(last, told.months)
                took.append(pages(app, city, last))
            bring_in(NEIGHBOURHOODS // told.share, city)
            rows = db.session.scalar(sa.select(sa.func.count()).select_from(Figure))
            db.session.remove()
            db.engine.dispose()
    print(f"\n{rows:,} figures kept\n\n| milliseconds (median of {RUNS}) | few events | many events | times |")
    print("| --- | --- | --- | --- |")
    for name, many in took[1].items():
        print(f"| {name} | {took[0][name]:.1f} | {many:.1f} | {many / took[0][name]:.1f} |")
    return 0 if max(took[1].values()) < GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
