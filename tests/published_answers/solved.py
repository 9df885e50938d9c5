"""A request of Minh from a step, which Khoa solved, and the answer that he wrote after it."""

from datetime import timedelta
from typing import Any

from tests.factories import World, person
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.lessons.catalogue.queries import lesson
from tutoring.pairing.models import HelpRequest
from tutoring.published_answers import commands as answers_commands
from tutoring.published_answers import queries, releases
from tutoring.published_answers.models import PublishedAnswer

LESSON, NUMBER = "vao-lop-bang-duong-dan", 2
STEP = f"/lessons/{LESSON}/{NUMBER}"
PROBLEM = "Bấm đường dẫn mà màn hình trắng mãi"
ANSWER = "Giữ ngón tay trên đường dẫn rồi chọn mở bằng trình duyệt.\nChờ chừng mười giây, đừng bấm nhiều lần."


@command
def solve(world: World, learner: str = "minh", helper: str = "khoa", unit: str = "lop6a", **values: Any) -> int:
    """Returns the id of a request that was solved an hour ago."""
    given = {"outcome": "yes", "lesson_slug": LESSON, "step_number": NUMBER, **values}
    asked = HelpRequest(
        learner_id=world[learner], asked_by_id=world[learner], unit_id=world[unit], topic="join-class",
        minor=person(world[learner]).is_minor, state="ended", helper_id=world[helper],
        ended_at=clock.now() - timedelta(hours=1), **given,
    )  # fmt: skip
    db.session.add(asked)
    db.session.flush()
    return asked.id


def write(world: World, answer: str = ANSWER, problem: str = PROBLEM) -> int:
    """Returns the id of Khoa's answer, to which nobody but him has said yes."""
    return answers_commands.write_answer(person(world["khoa"]), solve(world), problem, answer).id


def agree(world: World, answer_id: int, *names: str, yes: bool = True) -> PublishedAnswer:
    """These people say yes or no for Minh."""
    found = queries.find_answer(answer_id)
    for name in names:
        found = answers_commands.agree(person(world[name]), answer_id, world["minh"], "yes" if yes else "no")
    return found


def digest() -> str:
    """The digest of the step as it is now."""
    return queries.step_digest(LESSON, lesson(LESSON).step_id(NUMBER) or "")


def release(world: World) -> int:
    """Returns the id of an answer that is on its step."""
    answer_id = write(world)
    agree(world, answer_id, "minh", "lan")
    releases.decide(person(world["hang"]), answer_id, "release", digest())
    return answer_id
