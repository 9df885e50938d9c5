"""A small bank with two paths, and twelve residents who use it."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from flask import Flask

from tests import database_reset
from tests.factories import World, person
from tests.lessons import bank as banks
from tests.lessons.conftest import Loads, loads, real_bank
from tutoring.accounts.models import User
from tutoring.accounts.registration import create_user
from tutoring.community import commands as community
from tutoring.community.join_codes.commands import use_code
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.lessons.content import Fault, LearningPath, LessonContent, LessonText, Review
from tutoring.lessons.proposals.models import LessonEditor

__all__ = ["loads", "real_bank"]

SEVERAL = {**banks.CHECKPOINT, "id": "c3", "kind": "multiple", "prompt": "Những điều nào đúng?"}
ALONE = {**banks.CHECKPOINT, "id": "c2", "prompt": "Đọc mã cho ai?"}
QUIZ = tuple(
    {"id": f"q{n}", "step": "mo", "kind": "single", "prompt": f"Câu {n}", "options": banks.CHECKPOINT["options"]}
    for n in (1, 2, 3)
)


def bank(more: int = 0) -> LessonContent:
    """Two paths of one lesson each, with a fault, a review that is due and a translation gone stale."""
    take, opened, wait = banks.three_steps()
    opened = replace(opened, texts={"vi": opened.texts["vi"]}, stale=frozenset({"en"}))
    vi = replace(wait.texts["vi"], blocks=(SEVERAL,))
    join = banks.lesson(
        "vao-lop", take, opened, replace(wait, texts={"vi": vi}), title="Vào lớp bằng đường dẫn", quiz=QUIZ,
        unverified=({"step": "mo", "what": "tên nút"}, {"step": None, "what": "ảnh"}),
        review=Review("", None, 180, clock.today() + dt.timedelta(days=3)),
    )  # fmt: skip
    code = banks.lesson(
        "otp", banks.step("la-gi", 1, "Mã OTP là gì", "Sáu số.", ALONE), banks.step("giu", 2, "Giữ kín mã", "Giữ kín."),
        title="Mã OTP", path="an", review=Review("Cô Hằng", None, 180, clock.today() + dt.timedelta(days=8)),
    )  # fmt: skip
    others = [banks.lesson(f"bai-{n}", *banks.three_steps(), order=10 + n) for n in range(more)]
    made = banks.bank(join, code, *others)
    second = LearningPath("an", 2, {"vi": LessonText("An toàn", "Giữ mình.")})
    return replace(made, paths=(*made.paths, second), faults=(Fault("lessons/hong/vi.md", 3, "x", "thiếu tên bài"),))


@pytest.fixture
def two_paths(app: Flask, loads: Loads) -> Loads:
    """The bank above is loaded; call it to load another."""
    banks.put_kept(app, f"two_paths_{clock.today():%Y%m%d}", bank)  # reviews are due on days from today on
    return loads


@pytest.fixture
def inside(app: Flask, world: World, two_paths: Loads) -> Iterator[World]:
    with app.app_context():
        yield world


_filled: dict[tuple[Flask, str], dict[str, int]] = {}


def filled(app: Flask, name: str, fill: Callable[[], dict[str, int]]) -> dict[str, int]:
    """What `fill` writes and returns; it runs once for each database, and its rows are put back for each later test."""
    kept = database_reset.of(app)
    db.session.remove()
    if (app, name) not in _filled:
        _filled[app, name] = fill()
        db.session.remove()
        kept.keep(name)
    else:
        kept.empty()
        kept.put_back(name)
    return _filled[app, name]


@pytest.fixture
def residents(app: Flask, inside: World) -> list[User]:
    """Twelve grown-ups of the neighbourhood."""
    made = filled(app, "residents", lambda: _residents(inside))
    return [person(made[name]) for name in sorted(made)]


def _residents(inside: World) -> dict[str, int]:
    code = community.create_code(person(inside["muoi"]), inside["kp3"], "learner", max_uses=20)
    made = {}
    for n in range(12):
        user = create_user(f"Cư Dân Số{n}", "bốn từ dễ nhớ", handle=f"cudan.{n}", birth_year=1980)
        member = use_code(user, code.code)
        if member.state == "waiting":
            community.confirm_member(person(inside["muoi"]), member.id)
        made[f"{n:02}"] = user.id
    return made


@command
def name_editor(user_id: int) -> None:
    db.session.add(LessonEditor(user_id=user_id))
