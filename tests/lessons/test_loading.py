"""Loading the bank: what changed is made anew, what is gone is retired, what people did stays."""

from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.factories import World
from tests.lessons import bank as banks
from tests.lessons.conftest import Loads
from tutoring.kernel.errors import NotFound
from tutoring.lessons.catalogue import queries as catalogue_queries
from tutoring.lessons.content import load
from tutoring.lessons.progress import commands as progress_commands
from tutoring.lessons.progress import queries as progress_queries
from tutoring.lessons.skills import queries as skills_queries


def test_loading_the_same_bank_twice_changes_nothing(loads: Loads) -> None:
    assert loads(banks.small())[0] == 2
    assert loads(banks.small()) == (0, 0)


def test_only_a_changed_lesson_is_made_anew(app: Flask, small: Loads) -> None:
    bank = banks.small()
    changed = banks.lesson("vao-lop", *banks.three_steps(), title="Vào lớp bằng mã phòng")
    assert small(replace(bank, lessons=(changed, bank.lessons[1]))) == (1, 0)
    with app.app_context():
        assert catalogue_queries.lesson("vao-lop").title("vi") == "Vào lớp bằng mã phòng"


def test_a_list_of_lessons_loads_no_facts_recordings_or_answers(app: Flask, small: Loads) -> None:
    with app.app_context():
        [one, _] = catalogue_queries.latest_lessons()
        assert {"facts", "recordings", "answers"} <= sa.inspect(one).unloaded


def test_a_lesson_that_vanished_is_retired_and_comes_back(app: Flask, small: Loads) -> None:
    bank = banks.small()
    assert small(replace(bank, lessons=bank.lessons[:1])) == (0, 1)
    with app.app_context():
        with pytest.raises(NotFound):
            catalogue_queries.lesson("otp")
        assert catalogue_queries.find_step("otp", 1, "vi") is None
    assert small(bank) == (1, 0)
    with app.app_context():
        assert catalogue_queries.lesson("otp").step_count == 2


def test_a_lesson_with_faults_keeps_its_last_good_version(app: Flask, small: Loads) -> None:
    bank = banks.small()
    small(replace(bank, lessons=bank.lessons[:1], broken=frozenset({"otp"})))
    with app.app_context():
        assert catalogue_queries.lesson("otp").step_count == 2


def test_progress_outlives_a_retired_lesson(app: Flask, world: World, small: Loads) -> None:
    bank, minh = banks.small(), world["minh"]
    with app.app_context():
        progress_commands.reach_step(minh, "otp", 2)
    small(replace(bank, lessons=bank.lessons[:1]))
    small(bank)
    with app.app_context():
        progress = progress_queries.progress_in(minh, "otp")
        assert progress is not None and progress.furthest == 2


def test_a_retired_skill_keeps_its_name_but_is_no_topic(app: Flask, small: Loads) -> None:
    bank = banks.small()
    small(replace(bank, skills=bank.skills[:1]))
    with app.app_context():
        assert [skill for skill, _ in skills_queries.topics("vi")] == ["thu.vao-lop"]
        kept = skills_queries.find_skill("thu.otp")
        assert kept is not None and kept.retired_at is not None


def test_topics_and_paths_speak_the_language_asked_for(app: Flask, small: Loads) -> None:
    with app.app_context():
        assert dict(skills_queries.topics("en"))["thu.vao-lop"] == "Join class"
        assert catalogue_queries.path("thu", "en").title == "Trial"
        assert [head.slug for head in catalogue_queries.paths("vi")[0].lessons] == ["vao-lop", "otp"]


def test_reading_an_empty_folder_needs_no_database(tmp_path: Path) -> None:
    assert {fault.code for fault in load(tmp_path).faults} == {"file-missing"}
