"""Rooms in which somebody rehearses, and walks through a scenario step by step."""

from collections.abc import Iterator
from typing import Any

from tests.factories import World, person
from tutoring.accounts.models import User
from tutoring.practice import scenarios
from tutoring.practice.runs import commands
from tutoring.practice.runs.models import PracticeRun
from tutoring.practice.shared_runs import commands as shared_runs_commands
from tutoring.rooms.moderation import commands as moderation_commands
from tutoring.rooms.sessions import commands as sessions_commands

NAME = "ban-sao-khai-sinh"
WALK = "anh-mo-phai-bo-sung"


def open_filing(world: World) -> int:
    """Minh learns to file a dossier with Khoa; Lan, his mother, and Cô Hằng sit in."""
    seats = [(world["minh"], "learner"), (world["khoa"], "helper"), (world["lan"], "guardian")]
    room_id = sessions_commands.open_room(
        world["lop6a"], seats, "dvc.nop-ho-so", lesson_slug=scenarios.scenario(NAME).lesson, minors=True, observed=True
    ).id
    moderation_commands.enter_as_observer(person(world["hang"]), room_id)
    return room_id


def open_group(world: World) -> int:
    """Minh and An learn together with Khoa."""
    seats = [(world["minh"], "learner"), (world["an"], "learner"), (world["khoa"], "helper")]
    lesson = scenarios.scenario(NAME).lesson
    return sessions_commands.open_room(
        world["lop6a"], seats, lesson_slug=lesson, minors=True, observed=True, kind="group"
    ).id


def begins(user: User, room_id: int) -> PracticeRun:
    return shared_runs_commands.begin_in_room(user, room_id, NAME)


def does(user_id: int, run_id: str, *events: dict[str, Any]) -> None:
    """These steps, one after the other, as a page sends them; fields go with the button that follows."""
    typed: dict[str, str] = {}
    for event in events:
        if "set" in event:
            typed[event["set"]] = event["value"]
            continue
        commands.play(user_id, run_id, seen(run_id), typed, event)
        typed = {}
    if typed:
        commands.play(user_id, run_id, seen(run_id), typed, None)


def seen(run_id: str) -> int:
    """How many events the run has."""
    return len(commands.db.session.get_one(PracticeRun, run_id).events)


def walk(name: str = WALK) -> Iterator[dict[str, Any]]:
    """A walk of the scenario."""
    for event in scenarios.scenario(NAME).events(name):
        yield {key: value for key, value in event.items() if value is not None}
