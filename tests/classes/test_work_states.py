"""What counts as done of a work: progress in lessons, quizzes passed, rehearsals finished, help that was held."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from tests.factories import World
from tutoring.classes.work.models import ClassWork
from tutoring.classes.work.queries import pupils_of, recipients, works_of_unit
from tutoring.classes.work.states import WorkState, WorkStates
from tutoring.classes.work.targets import catalogue_of
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.lessons.catalogue.models import Lesson
from tutoring.lessons.progress import commands as progress_commands
from tutoring.lessons.progress.models import LessonProgress
from tutoring.lessons.quizzes.models import QuizTry
from tutoring.pairing.models import HelpRequest
from tutoring.practice import scenarios
from tutoring.practice.runs.models import PracticeRun
from tutoring.rooms.models import Room, Seat

LESSON = "bat-may-lam-quen"


@pytest.fixture(autouse=True)
def nothing_is_learned(inside: World) -> None:
    db.session.execute(sa.delete(LessonProgress))
    db.session.commit()


def work(world: World, kind: str, target: str, audience: str = "class", **given: Any) -> ClassWork:
    due = clock.today() + timedelta(days=7)
    row = ClassWork(unit_id=world["lop4a"], kind=kind, target=target, audience=audience, due=due, **given)
    db.session.add(row)
    db.session.commit()
    return row


def state(world: World, row: ClassWork, who: str = "minh") -> WorkState:
    db.session.commit()
    states = WorkStates([row], [world[who]], catalogue_of([row], "vi"))
    found = states.of(row, world[who])
    assert states.count_done(row, [world[who], 999_999]) == found.done  # the sum of a class says the same
    return found


def test_a_lesson_is_new_then_going_then_done(inside: World) -> None:
    row, minh = work(inside, "lesson", LESSON), inside["minh"]
    assert state(inside, row).state == "new"
    progress_commands.reach_step(minh, LESSON, 1)
    progress_commands.advance_step(minh, LESSON, 1)
    found = state(inside, row)
    assert (found.state, found.step, found.steps) == ("going", 2, db.session.get_one(Lesson, LESSON).step_count)
    progress_commands.finish_lesson(minh, LESSON)
    assert state(inside, row).done
    assert state(inside, row, "an").state == "new"


def test_a_lesson_done_before_it_was_set_counts(inside: World) -> None:
    progress_commands.finish_lesson(inside["minh"], LESSON)
    assert state(inside, work(inside, "lesson", LESSON)).done


def test_a_path_is_done_with_its_last_lesson(inside: World) -> None:
    path = db.session.get_one(Lesson, LESSON).path_slug
    row = work(inside, "path", path)
    slugs = catalogue_of([row], "vi").lessons_of(path)
    assert len(slugs) > 1
    for nth, slug in enumerate(slugs):
        found = state(inside, row)
        assert (found.state, found.step, found.steps) == ("going" if nth else "new", nth, len(slugs))
        assert found.next_slug == slug
        progress_commands.finish_lesson(inside["minh"], slug)
    assert state(inside, row).done


def test_a_quiz_is_done_when_it_was_passed(inside: World) -> None:
    row, minh, now = work(inside, "quiz", LESSON), inside["minh"], clock.now()
    shared = {"user_id": minh, "lesson_slug": LESSON, "version": 1, "questions": [], "closed_at": now}
    db.session.add(QuizTry(**shared, passed=False))
    assert state(inside, row).state == "going"
    db.session.add(QuizTry(**shared, passed=True))
    assert state(inside, row).done


@pytest.mark.parametrize("in_part", [False, True])
def test_a_rehearsal_is_done_at_its_last_screen_when_it_was_begun_at_the_first(inside: World, in_part: bool) -> None:
    name = next(iter(scenarios.scenarios()))
    row, now = work(inside, "rehearsal", name), clock.now()
    run = PracticeRun(
        id="r1", user_id=inside["minh"], scenario=name, version=1, digest="", mode="together", screen="a",
        in_part=in_part,
    )  # fmt: skip
    db.session.add(run)
    assert state(inside, row).state == "going"
    run.result, run.ended_at = {}, now
    assert state(inside, row).done is not in_part


@pytest.mark.parametrize(
    ("changed", "done"),
    [
        ({}, True),
        ({"opened_at": clock.now() - timedelta(days=3)}, False),  # before the work was set
        ({"closed_at": None, "close_reason": ""}, False),
        ({"kind": "desk", "title": "Nói chuyện"}, False),  # a talk about danger is never counted
    ],
)  # fmt: skip
def test_help_is_done_once_a_session_was_held_since(inside: World, changed: dict[str, Any], done: bool) -> None:
    row = work(inside, "help", "", set_at=clock.now() - timedelta(days=1))
    values = {"kind": "pair", "closed_at": clock.now(), "close_reason": "ended"} | changed
    room = Room(unit_id=inside["lop4a"], topic="", minors=True, observed=True, **values)
    db.session.add(room)
    db.session.flush()
    seat = Seat(room_id=room.id, user_id=inside["minh"], role="learner", joined_at=clock.now())
    helper = Seat(room_id=room.id, user_id=inside["khoa"], role="helper")
    db.session.add_all([seat, helper])
    assert not state(inside, row).done  # the helper did not come
    helper.joined_at = clock.now()
    assert state(inside, row).done is done


def test_help_is_going_on_while_it_is_asked_for(inside: World) -> None:
    row = work(inside, "help", "")
    assert state(inside, row).state == "new"
    asked = HelpRequest(
        learner_id=inside["minh"], asked_by_id=inside["minh"], unit_id=inside["lop4a"], topic="dien-thoai", minor=True
    )  # fmt: skip
    db.session.add(asked)
    assert state(inside, row).state == "going"


def test_who_gets_a_work(inside: World) -> None:
    whole, adults = work(inside, "lesson", LESSON), work(inside, "lesson", LESSON, "guardians")
    pupils = [one.id for one in pupils_of(inside["lop4a"])]
    found = recipients(works_of_unit(inside["lop4a"]), pupils, inside["lop4a"])
    assert inside["an"] in found[whole.id] == frozenset(pupils)
    assert inside["lan"] in found[adults.id]
    assert found[adults.id].isdisjoint(pupils)
