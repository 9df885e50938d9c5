"""What classes cost: the overview of one class, the classes of a school side by side, the reading of a class list.

    python3 dev.py bench classes [--rounds 9]

1. The overview of 45 pupils × 20 works, as the teacher sees it: statements, and the processor time as a multiple of
   the plain page of `bench pages_cost`. Goals: at most 8 statements of its own, 3 × the plain page.
2. Thirty classes of 45 pupils side by side, as the coordinator sees them. Goal: at most 10 statements of its own.
3. A class list of 2,000 lines is read. Goal: under 10 s.

Statements of its own are those that a staff page of the same class without content does not make.
"""

import argparse
import statistics
import sys
import tempfile
import time
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.bench_growth import application
from benchmarks.bench_pages_cost import WARM, Call, caller, seconds
from benchmarks.peers import plain_page
from tests import moments
from tests.classes.overview_class import add_pupils, give_progress
from tests.factories import client_of
from tests.statements import asked
from tests.swapped import beside
from tutoring.accounts.models import User
from tutoring.classes.work.models import ClassWork
from tutoring.cli.demo import community as demo
from tutoring.community import commands as community
from tutoring.community.class_files import pupils
from tutoring.community.models import Unit
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.lessons.catalogue.models import Lesson, LessonPath
from tutoring.lessons.content.schema import STAFF_FROM

PUPILS, WORKS, CLASSES, LINES = 45, 20, 30, 2_000
MOST_STATEMENTS, MOST_OF_SCHOOL, MOST_TIMES, MOST_SECONDS = 8, 10, 3.0, 10.0


@command
def _set_works(unit_id: int, lessons: list[str], path: str) -> None:
    """Sets as many works as a class may have, of the kinds that the overview has columns for."""
    named = [("path", path), *(("lesson", slug) for slug in lessons)]
    for n, (kind, target) in enumerate(named[:WORKS]):
        due = clock.today() + timedelta(days=n)
        db.session.add(ClassWork(unit_id=unit_id, kind=kind, target=target, audience="class", due=due))


def place_of(app: Flask) -> tuple[int, int, str, dict[str, int]]:
    """A school with thirty classes; returns one class, the school, the path, and people by user name."""
    with app.app_context():
        demo.build()
        query = sa.select(Lesson.slug, Lesson.path_slug).join(Lesson.path)
        query = query.where(Lesson.retired_at.is_(None), LessonPath.position < STAFF_FROM).order_by(Lesson.slug)
        lessons = [(row[0], row[1]) for row in db.session.execute(query)]
        slugs, path = [slug for slug, _ in lessons[:WORKS]], lessons[0][1]
        people = {one.username: one.id for one in db.session.scalars(sa.select(User))}
        units = {one.code: one.id for one in db.session.scalars(sa.select(Unit))}
        school, first = units["demo-truong"], units["demo-lop6a"]
        admin = db.session.get_one(User, people["admin1"])
        for n in range(CLASSES - 3):
            community.create_unit(admin, f"lop-{n}", "class", f"Lớp 7.{n}", parent_id=school, grade=7)
        for unit_id in list(db.session.scalars(sa.select(Unit.id).where(Unit.parent_id == school))):
            give_progress(add_pupils(unit_id, PUPILS), slugs)
        _set_works(first, slugs, path)
        db.session.execute(sa.text("ANALYZE"))
        db.session.commit()
        db.session.remove()
    return first, school, path, people


def cookie_of(app: Flask, user_id: int) -> str:
    """The session cookie of a person."""
    cookie = client_of(app, user_id).get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert cookie is not None
    return f"{cookie.key}={cookie.value}"


def measured(app: Flask, plain: Call, call: Call, rounds: int) -> tuple[float, float, int, int]:
    """Returns how many times the plain page this page costs, its milliseconds, statements and bytes."""
    for _ in range(WARM):
        size = call()
        plain()
    with asked(app) as statements:
        call()
    turns = [(seconds(plain), seconds(call)) for _ in range(rounds)]
    mine, theirs = statistics.median(one for _, one in turns), statistics.median(one for one, _ in turns)
    return mine / theirs, mine * 1e3, len(statements), size


def class_list() -> bytes:
    """A class list of so many lines."""
    year = clock.today().year - 12
    lines = (f"{n},Nguyễn Thị Minh Hoạ {n},{n % 28 + 1:02}/03/{year}\n" for n in range(1, LINES + 1))
    return ("STT,Họ và tên,Ngày sinh\n" + "".join(lines)).encode()


def main() -> int:
    parse = argparse.ArgumentParser()
    parse.add_argument("--rounds", type=int, default=9)
    rounds = parse.parse_args().rounds
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        stack.enter_context(pytest.MonkeyPatch.context())
        moments.choose()
        moments.begin()
        app = application(folder, None)
        stack.enter_context(beside(app))
        unit_id, school_id, path, people = place_of(app)
        teacher, coordinator = cookie_of(app, people["hang"]), cookie_of(app, people["quang"])
        plain = caller(plain_page.make(f"sqlite:///{folder}/plain.sqlite3"), "/")
        pages = {
            "a staff page of the class": (f"/units/{unit_id}/practice", teacher, None, None),
            f"overview of {PUPILS} pupils × {WORKS} works": (
                f"/units/{unit_id}/overview?view=works", teacher, MOST_STATEMENTS, MOST_TIMES
            ),
            f"overview of {PUPILS} pupils × a path": (
                f"/units/{unit_id}/overview?path={path}", teacher, MOST_STATEMENTS, MOST_TIMES
            ),
            "the works of the class": (f"/units/{unit_id}/works", teacher, None, None),
            f"{CLASSES} classes side by side": (
                f"/units/{school_id}/classes-overview", coordinator, MOST_OF_SCHOOL, None
            ),
            "start page of the teacher of the school": ("/", teacher, None, None),
        }  # fmt: skip
        missed, base = 0, 0
        for name, (address, cookie, most, times) in pages.items():
            ratio, ms, asks, size = measured(app, plain, caller(app, address, cookie), rounds)
            base = base or asks
            print(
                f"{name}: {asks} statements, {ratio:.1f} × the plain page, {ms:.1f} ms, {size / 1e3:.0f} kB", flush=True
            )
            missed += most is not None and asks - base > most
            missed += times is not None and ratio > times
        with app.app_context():
            db.engine.dispose()
        data, began = class_list(), time.perf_counter()
        sheet, columns = pupils.read_file(data)
        rows = list(pupils.pupil_rows(sheet, columns, clock.today().year))
        took = time.perf_counter() - began
        print(f"a class list of {len(rows):,} lines: {took:.2f} s")
        missed += took > MOST_SECONDS
    return min(missed, 1)


if __name__ == "__main__":
    sys.exit(main())
