"""A small lesson bank, built in memory, that tests can change at will."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask

from tests import computed, database_reset
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.lessons.catalogue.loader import load_catalogue
from tutoring.lessons.catalogue.models import ContentNote
from tutoring.lessons.content import (
    LearningPath,
    Lesson,
    LessonContent,
    LessonText,
    Review,
    Skill,
    Step,
    StepText,
    load,
)
from tutoring.web import visitor_cache

CHECKPOINT = {
    "type": "checkpoint",
    "id": "c1",
    "kind": "single",
    "prompt": "Đường dẫn nào an toàn?",
    "say": None,
    "options": [
        {"id": "a", "text": "Thầy cô gửi trong nhóm lớp", "correct": True, "say": None, "back_to": None},
        {"id": "b", "text": "Người lạ gửi", "correct": False, "say": "Người lạ thì không bấm.", "back_to": "lay"},
        {"id": "c", "text": "Quảng cáo", "correct": False, "say": "Quảng cáo không phải lớp học.", "back_to": None},
    ],
    "hints": ["Nghĩ xem ai dạy lớp này.", "Thầy cô dạy lớp này."],
}
STUCK = {
    "type": "stuck", "ask": "Em chưa vào được lớp.", "topic": "thu.vao-lop",
    "share": ["lesson", "step"], "never_share": ["otp"], "escalate_to": None,
}  # fmt: skip
MISTAKES = {
    "type": "mistakes",
    "items": [{"wrong": "Bấm đường dẫn lạ", "fix": "Hỏi lại thầy cô.", "danger": True, "see": None}],
}


def step(id: str, position: int, title: str, plain: str, *blocks: dict[str, Any], en: str = "") -> Step:
    """A step; with `en` it has an English text too."""
    texts = {"vi": StepText("vi", title, f"<p>{plain}</p>", blocks, plain)}
    if en:
        texts["en"] = StepText("en", en, f"<p>{en} in English.</p>", blocks, f"{en} in English.")
    return Step(id, position, texts, source_hash=f"{position:010x}")


def lesson(id: str, *steps: Step, order: int = 1, version: int = 1, title: str = "", **more: Any) -> Lesson:
    """A lesson of the path `thu`."""
    made = Lesson(
        id=id, version=version, path="thu", order=order, level=1, minutes=8, audience=("hoc-sinh",),
        devices=("dien-thoai",), requires=(), teaches=("thu.vao-lop",), aliases=("vao lop online",),
        authors=("Nhóm nội dung",), licence="CC-BY-4.0", as_of=None,
        sources=({"id": "s1", "title": "Hướng dẫn", "url": "https://example.gov.vn/", "publisher": None},),
        unverified=(), review=Review("", None, 180, None),
        texts={
            "vi": LessonText(title or f"Bài {id}", "Vào được lớp đúng giờ."), "en": LessonText(f"Lesson {id}", "Join."),
        },
        steps=steps, media=(), content_hash="",
    )  # fmt: skip
    made = replace(made, **more)
    return replace(made, content_hash=repr(made))


def three_steps() -> tuple[Step, ...]:
    """Get the link, open it, ring the bell: the second step asks a question."""
    return (
        step("lay", 1, "Lấy đường dẫn từ thầy cô", "Mở nhóm lớp. Tìm tin nhắn của thầy cô.", STUCK, en="Get the link"),
        step("mo", 2, "Mở đường dẫn", "Bấm vào đường dẫn rồi chờ.", MISTAKES, CHECKPOINT, STUCK, en="Open the link"),
        step("cho", 3, "Chờ thầy cô cho vào", "Thấy tên lớp ở đầu màn hình. Bật micro khi được gọi."),
    )


def pool(size: int, step: str = "mo") -> tuple[dict[str, Any], ...]:
    """Questions q1, q2, …: of odd ones "a" alone is right, of even ones "a" and "b" together."""
    return tuple(
        {
            "id": f"q{n}",
            "step": step,
            "kind": "single" if n % 2 else "multiple",
            "prompt": f"Tình huống {n}: làm gì?",
            "options": [
                {"id": "a", "text": f"Việc A{n}", "correct": True, "say": None},
                {"id": "b", "text": f"Việc B{n}", "correct": n % 2 == 0, "say": f"B{n} chưa an toàn."},
                {"id": "c", "text": f"Việc C{n}", "correct": False, "say": f"C{n} dễ bị lừa."},
            ],
        }
        for n in range(1, size + 1)
    )


def bank(*lessons: Lesson) -> LessonContent:
    """A bank with one path, two skills and these lessons."""
    return LessonContent(
        paths=(LearningPath("thu", 1, {"vi": LessonText("Học thử", "Để thử."), "en": LessonText("Trial", "To try.")}),),
        lessons=lessons,
        skills=(
            Skill("thu.vao-lop", 1, 2, {"vi": "Vào lớp", "en": "Join class"}),
            Skill("thu.otp", 2, 4, {"vi": "Giữ mã OTP", "en": "Keep codes"}),
        ),
        synonyms={"zoom": ("vào lớp", "phòng học"), "mic": ("micro",)},
        facts={},
        faults=(),
        warnings=(),
    )


def small() -> LessonContent:
    """A bank with one lesson of three steps and one of two."""
    second = lesson(
        "otp", step("la-gi", 1, "Mã OTP là gì", "Mã gồm sáu số."), step("giu", 2, "Giữ kín mã", "Không đọc cho ai."),
        order=2, title="Mã OTP: không đọc cho bất kỳ ai", aliases=(),
    )  # fmt: skip
    return bank(lesson("vao-lop", *three_steps(), title="Vào lớp bằng đường dẫn"), second)


CONTENT = Path(__file__).resolve().parents[2] / "content"


SOME = "an-toan-so"  # the path that a copy holds


@cache
def _of_other_paths() -> tuple[str, ...]:
    files = CONTENT.glob("lessons/*/vi.md")
    return tuple(file.parent.name for file in files if f"\npath: {SOME}\n" not in file.read_text("utf-8"))


def copied(to: Path) -> Path:
    """A copy of content/ that may be changed; of the lessons it has those of one path, so that it is read soon."""
    return Path(shutil.copytree(CONTENT, to, ignore=shutil.ignore_patterns(*_of_other_paths())))


_others: dict[
    Flask, LessonContent | None
] = {}  # applications that may hold another bank than the real one; which, if known


@cache
def real() -> LessonContent:
    """What stands in content/."""
    return computed.kept("lessons", lambda: load(CONTENT))


def put(app: Flask, bank: LessonContent) -> tuple[int, int]:
    """Load a bank into an application; `put_back` undoes it. Returns what load_bank does."""
    _others[app] = bank
    with app.app_context():
        counted = load_catalogue(bank)
    visitor_cache.forget()
    return counted


_kept: set[tuple[Flask, str]] = set()


def put_kept(app: Flask, name: str, make: Callable[[], LessonContent]) -> None:
    """Load a bank by this name, whatever stands there; once in this process, and then its rows are put back."""
    bank = make()
    if (app, name) in _kept:
        with app.app_context():
            db.session.remove()
        database_reset.of(app).put_back(name)
        with app.app_context():
            _note_faults(bank)
    else:
        _others.setdefault(app, None)
        put_back()
        with app.app_context():
            load_catalogue(bank)
        database_reset.of(app).keep(name, bank=True)
        _kept.add((app, name))
    _others[app] = bank
    visitor_cache.forget()


@command
def _note_faults(bank: LessonContent) -> None:
    """They stand beside the tables that are kept."""
    db.session.add_all(ContentNote(file=one.file, line=one.line, say=one.say, at=clock.now()) for one in bank.faults)


def may_change(app: Flask) -> None:
    """What follows may load anything into this application."""
    _others.setdefault(app, None)


def put_back() -> None:
    """The real bank stands everywhere again."""
    while _others:
        app, _bank = _others.popitem()
        with app.app_context():
            db.session.remove()
        database_reset.of(app).put_back("bank")
        visitor_cache.forget()


@contextmanager
def real_for_a_while(app: Flask) -> Iterator[None]:
    """The real bank stands in an application, and afterwards the one that stood there."""
    other = _others.get(app)
    put_back()
    yield
    if other is not None:
        put(app, other)
