"""Tracks of a test's own, training sessions, and people who learn and come, for tests."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from tests.factories import World, person
from tutoring.accounts.registration import create_user
from tutoring.community import commands as community
from tutoring.community.join_codes.commands import use_code
from tutoring.community.models import Membership
from tutoring.kernel import clock, jobs
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.lessons.progress import commands as progress_commands
from tutoring.lessons.quizzes import commands as quizzes_commands
from tutoring.notifications.models import Notice
from tutoring.training import commands as training_commands
from tutoring.training.commands import Plan
from tutoring.training.models import TrainingSeat, TrainingSession
from tutoring.training.progress_queries import get_readiness_of_people, syllabus
from tutoring.training.readiness import Readiness
from tutoring.training.tracks import track

TEACH, OTP, SCAMS, READ = "huong-dan-khong-lam-thay", "otp-khong-doc-cho-ai", "nhan-biet-lua-dao", "doc-mot-thu-tuc"
TRACKS = f"""schema: 1
tracks:
  - id: khu-pho
    title: {{vi: "Người của khu phố", en: "Neighbourhood members"}}
    summary: {{vi: "Trực ở khu phố.", en: "On duty."}}
    roles: [lead]
    lessons: [{TEACH}, {OTP}]
    witnessed: [{TEACH}]
    renew_months: 12
  - id: quay
    title: {{vi: "Người ở quầy"}}
    summary: {{vi: "Ở quầy."}}
    roles: []
    lessons: [{READ}]
    witnessed: [{READ}]
    renew_months: 6
  - id: cong-chuc
    title: {{vi: "Công chức"}}
    summary: {{vi: "Ở phường."}}
    roles: [officer, coordinator]
    lessons: [{SCAMS}]
    renew_months: 12
"""


def in_days(days: int, hour: int = 8) -> datetime:
    return datetime.combine(clock.today() + timedelta(days=days), time(hour), clock.LOCAL)


def plan(world: World, **more: Any) -> Plan:
    wanted: dict[str, Any] = {
        "track": "khu-pho", "title": "Hướng dẫn bà con", "words": "", "place": "Phòng họp 2", "at": in_days(3),
        "minutes": 120, "seats": 30, "leader_id": world["mai"],
    }  # fmt: skip
    return Plan(**(wanted | more))


def announced(world: World, name: str = "mai", unit: str = "phuong", **more: Any) -> int:
    return training_commands.announce_session(person(world[name]), world[unit], plan(world, **more)).id


def put_on(world: World, name: str, track_id: str = "khu-pho", unit: str = "kp3") -> int:
    """Somebody is put on a track by mai; returns the number of it."""
    member = db.session.scalars(
        sa.select(Membership.id).where(Membership.user_id == world[name], Membership.unit_id == world[unit])
    ).one()
    training_commands.assign(person(world["mai"]), world["phuong"], track_id, [member])
    return member


@command
def leads(world: World, count: int, unit: str = "kp3") -> list[int]:
    """More leads of a neighbourhood."""
    made = []
    for n in range(count):
        grown = create_user(f"Trưởng nhóm {n}", "bốn từ dễ nhớ", handle=f"{unit}.truong.{n}")
        code = community.create_code(person(world["admin1"]), world[unit], "lead")
        if code.confirmed_at is None:
            community.confirm_code(person(world["admin2"]), code.id)
        member = use_code(grown, code.code)
        if member.state == "waiting":
            community.confirm_member(person(world["admin2"]), member.id)
        made.append(grown.id)
    return made


def learns(user_id: int, *slugs: str, quiz: bool = True) -> None:
    """Goes through lessons, and passes their quizzes."""
    for slug in slugs:
        progress_commands.finish_lesson(user_id, slug)
        if quiz:
            row = quizzes_commands.begin_quiz(user_id, slug)
            answers = {q["id"]: [one["id"] for one in q["options"] if one["correct"]] for q in row.questions}
            assert quizzes_commands.hand_in(user_id, row.id, answers).passed


def marks(
    world: World, session_id: int, came: Iterable[int], seen: Iterable[tuple[int, str]] = (), by: str = "mai"
) -> None:
    training_commands.mark(person(world[by]), session_id, list(came), set(seen))


def held_today(world: World, *came: int, track_id: str = "khu-pho", seen: Iterable[tuple[int, str]] = ()) -> int:
    """A session that begins in an hour, and is marked when it has."""
    session_id = announced(world, track=track_id, at=clock.now() + timedelta(hours=1), minutes=60)
    with clock.travel(clock.now() + timedelta(minutes=90)):
        marks(world, session_id, came, seen)
    return session_id


def stands(user_id: int, track_id: str = "khu-pho") -> Readiness:
    db.session.rollback()
    return get_readiness_of_people(syllabus(track(track_id), "vi"), [user_id])[user_id]


def missing(user_id: int, track_id: str = "khu-pho") -> list[tuple[str, str]]:
    return [(one.kind, one.slug) for one in stands(user_id, track_id).missing]


def seats(session_id: int) -> dict[int, str]:
    db.session.rollback()
    rows = db.session.scalars(
        sa.select(TrainingSeat).where(TrainingSeat.session_id == session_id).order_by(TrainingSeat.id)
    )
    return {row.user_id: row.state for row in rows}


def row_of(session_id: int) -> TrainingSession:
    db.session.rollback()
    return db.session.get_one(TrainingSession, session_id)


def work() -> None:
    while jobs.run_due():
        pass
    db.session.rollback()


def told(user_id: int, key: str = "training", unread: bool = False) -> list[str]:
    """What somebody was told of training, oldest first."""
    query = sa.select(Notice).where(Notice.user_id == user_id, Notice.key.startswith(key))
    if unread:
        query = query.where(Notice.read_at.is_(None))
    db.session.rollback()
    return [one.say % one.params if one.params else one.say for one in db.session.scalars(query.order_by(Notice.id))]


def morning(day: date, hour: int = 7) -> datetime:
    return datetime.combine(day, time(hour, 5), clock.LOCAL)


@contextmanager
def on(day: date) -> Iterator[None]:
    """The morning's work of that day has been done: training's, for that of others takes a second each morning."""
    with clock.travel(morning(day)):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(
                jobs, "_daily", {kind: at for kind, at in jobs._daily.items() if kind.startswith("training.")}
            )
            jobs.enqueue_daily_jobs()
        work()
        yield
