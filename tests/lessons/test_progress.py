"""How far a person is: kept across versions, never taken back, the same from two devices."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.factories import World
from tests.lessons import bank as banks
from tests.lessons.conftest import Loads
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.database.sql import insert_if_absent
from tutoring.kernel.db import db
from tutoring.kernel.errors import InvalidInput, NotFound
from tutoring.kernel.events import on
from tutoring.lessons.catalogue import queries as catalogue_queries
from tutoring.lessons.events import LessonFinished
from tutoring.lessons.progress import commands as progress_commands
from tutoring.lessons.progress import queries as progress_queries
from tutoring.lessons.progress.models import Attempt, LessonProgress

told: list[LessonFinished] = []


@on(LessonFinished)
def _told(event: LessonFinished) -> None:
    told.append(event)


def number_of(user_id: int, slug: str = "vao-lop") -> int:
    return progress_queries.resume_number(
        user_id, catalogue_queries.lesson(slug), progress_queries.progress_in(user_id, slug)
    )


def test_a_lesson_goes_on_where_it_was_left(app: Flask, world: World, small: Loads) -> None:
    minh = world["minh"]
    with app.app_context():
        assert progress_queries.resume(minh, "vi") is None
        progress_commands.reach_step(minh, "vao-lop", 2)
        resume = progress_queries.resume(minh, "vi")
        assert resume is not None and (resume.slug, resume.number, resume.steps) == ("vao-lop", 2, 3)


def test_going_back_takes_nothing_away(app: Flask, world: World, small: Loads) -> None:
    minh = world["minh"]
    with app.app_context():
        progress_commands.reach_step(minh, "vao-lop", 3)
        row = progress_commands.reach_step(minh, "vao-lop", 1)
        assert (row.furthest, number_of(minh)) == (3, 1)


def test_going_on_counts_the_step_that_was_left(app: Flask, world: World, small: Loads) -> None:
    minh = world["minh"]
    with app.app_context():
        assert progress_commands.advance_step(minh, "vao-lop", 1)
        assert progress_commands.advance_step(minh, "vao-lop", 2)
        assert progress_queries.steps_done(minh, "vao-lop") == {"lay", "mo"}
        assert not progress_commands.advance_step(minh, "vao-lop", 3)
        assert progress_queries.steps_done(minh, "vao-lop") == {"lay", "mo", "cho"}


def test_finishing_twice_is_told_once(app: Flask, world: World, small: Loads) -> None:
    minh = world["minh"]
    told.clear()
    with app.app_context():
        progress_commands.finish_lesson(minh, "vao-lop")
        progress_commands.finish_lesson(minh, "vao-lop")
        row = progress_commands.reach_step(minh, "vao-lop", 1)
        assert row.state == "finished"
        assert progress_queries.resume(minh, "vi") is None
    assert told == [LessonFinished(minh, "vao-lop")]


def test_there_is_no_step_beyond_the_last(app: Flask, world: World, small: Loads) -> None:
    with app.app_context():
        for number in (0, 4):
            with pytest.raises(NotFound):
                progress_commands.reach_step(world["minh"], "vao-lop", number)
        with pytest.raises(NotFound):
            progress_commands.reach_step(world["minh"], "khong-co", 1)


def test_a_new_version_goes_on_at_the_same_step_wherever_it_stands_now(app: Flask, world: World, small: Loads) -> None:
    minh = world["minh"]
    with app.app_context():
        progress_commands.reach_step(minh, "vao-lop", 2)
    first, second, third = banks.three_steps()
    new = banks.step("may", 1, "Chuẩn bị máy", "Mở máy.")
    moved = (new, replace(first, position=2), replace(second, position=3), replace(third, position=4))
    small(banks.bank(banks.lesson("vao-lop", *moved, version=2)))
    with app.app_context():
        assert number_of(minh) == 3


def test_a_new_version_without_that_step_goes_on_at_the_first_one_not_done(
    app: Flask, world: World, small: Loads
) -> None:
    minh = world["minh"]
    with app.app_context():
        progress_commands.advance_step(minh, "vao-lop", 1)
    first, _, third = banks.three_steps()
    fresh = banks.step("ma-phong", 2, "Nhập mã phòng", "Gõ mã.")
    small(banks.bank(banks.lesson("vao-lop", first, fresh, third, version=2)))
    with app.app_context():
        assert number_of(minh) == 2
        progress = progress_queries.progress_in(minh, "vao-lop")
        assert progress is not None and progress.version == 1


def test_a_finished_lesson_stays_finished_in_a_new_version(app: Flask, world: World, small: Loads) -> None:
    minh = world["minh"]
    with app.app_context():
        progress_commands.finish_lesson(minh, "vao-lop")
    small(banks.bank(banks.lesson("vao-lop", *banks.three_steps(), version=2)))
    with app.app_context():
        progress = progress_queries.progress_in(minh, "vao-lop")
        assert progress is not None and (progress.state, progress.finished_version) == ("finished", 1)


def test_a_page_left_open_is_no_hour_of_learning(app: Flask, world: World, small: Loads) -> None:
    minh = world["minh"]
    with app.app_context():
        progress_commands.reach_step(minh, "vao-lop", 1)
        with clock.travel(clock.now() + timedelta(seconds=40)):
            assert progress_commands.reach_step(minh, "vao-lop", 2).seconds in (39, 40, 41)
        with clock.travel(clock.now() + timedelta(hours=3)):
            assert progress_commands.reach_step(minh, "vao-lop", 3).seconds <= 341


def test_two_devices_at_once_make_one_progress(app: Flask, world: World, small: Loads) -> None:
    def go(number: int) -> int:
        with app.app_context():
            return progress_commands.reach_step(world["minh"], "vao-lop", number).furthest

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(go, [1, 2, 3, 1, 2, 3, 2, 1]))
    with app.app_context():
        progress = progress_queries.progress_in(world["minh"], "vao-lop")
        assert progress is not None and progress.furthest == 3


# ---- attempts --------------------------------------------------------------------------------------------


def attempts(user_id: int) -> list[Attempt]:
    return list(db.session.scalars(sa.select(Attempt).where(Attempt.user_id == user_id).order_by(Attempt.id)))


def test_an_answer_sent_twice_counts_once(app: Flask, world: World, small: Loads) -> None:
    minh, once = world["minh"], str(uuid.uuid4())
    with app.app_context():
        for _ in range(2):
            verdict = progress_commands.record_attempt(minh, once, "vao-lop", 2, "c1", ["b"], hints_used=9)
            assert (verdict.correct, verdict.says, verdict.back_to) == (False, ["Người lạ thì không bấm."], "lay")
        (kept,) = attempts(minh)
        assert (kept.answer, kept.correct, kept.hints_used, kept.step_id) == ("b", False, 2, "mo")


def test_nobody_can_take_another_ones_answer_over(app: Flask, world: World, small: Loads) -> None:
    once = str(uuid.uuid4())
    with app.app_context():
        progress_commands.record_attempt(world["minh"], once, "vao-lop", 2, "c1", ["a"])
        progress_commands.record_attempt(world["an"], once, "vao-lop", 2, "c1", ["b"])
        assert [row.answer for row in attempts(world["minh"])] == ["a"]
        assert attempts(world["an"]) == []


@pytest.mark.parametrize("answer", [[], [""], ["khong-co"]])
def test_an_empty_answer_is_refused_and_not_kept(app: Flask, world: World, small: Loads, answer: list[str]) -> None:
    with app.app_context():
        with pytest.raises(InvalidInput):
            progress_commands.record_attempt(world["minh"], str(uuid.uuid4()), "vao-lop", 2, "c1", answer)
        assert attempts(world["minh"]) == []


def test_an_answer_needs_a_proper_id_and_a_question_that_is_there(app: Flask, world: World, small: Loads) -> None:
    with app.app_context():
        with pytest.raises(InvalidInput):
            progress_commands.record_attempt(world["minh"], "1; drop", "vao-lop", 2, "c1", ["a"])
        with pytest.raises(NotFound):
            progress_commands.record_attempt(world["minh"], str(uuid.uuid4()), "vao-lop", 1, "c1", ["a"])


def test_a_row_inserted_once_says_whether_it_was_new(app: Flask, world: World, small: Loads) -> None:
    values = {"user_id": world["minh"], "lesson_slug": "vao-lop", "version": 1, "step_id": "lay"}

    @command
    def twice() -> tuple[bool, bool]:
        return insert_if_absent(LessonProgress, **values), insert_if_absent(LessonProgress, **values)

    with app.app_context():
        assert twice() == (True, False)
