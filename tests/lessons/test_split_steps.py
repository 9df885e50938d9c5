"""Steps that an update split from others: the file names the origin, and progress is carried over once."""

from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Page

from tests.factories import World
from tests.lessons import bank as banks
from tests.lessons.conftest import Loads
from tests.lessons.test_content import Tree
from tests.lessons.test_content import tree as tree
from tests.lessons.test_device import As, merge
from tests.practice.random_runs import browser_page as browser_page
from tutoring.kernel.db import db
from tutoring.lessons.content import LessonContent, Step
from tutoring.lessons.content.published_texts import PublishedLesson, export
from tutoring.lessons.content.step_editor import cut, digest
from tutoring.lessons.progress import commands as progress_commands
from tutoring.lessons.progress import queries as progress_queries
from tutoring.lessons.progress.models import StepDone

SLUG = "vao-lop"


def split_bank(version: int = 2) -> LessonContent:
    """The small bank after an update: "mo" now begins with the step "cham", which was split from it."""
    lay, mo, cho = banks.three_steps()
    cham = replace(banks.step("cham", 2, "Chạm đường dẫn", "Chạm một lần."), origin="mo")
    return with_steps(lay, cham, replace(mo, position=3), replace(cho, position=4), version=version)


def with_steps(*steps: Step, version: int) -> LessonContent:
    bank = banks.small()
    lesson = banks.lesson(SLUG, *steps, version=version, title="Vào lớp bằng đường dẫn")
    return replace(bank, lessons=(lesson, bank.lessons[1]))


def walk(user_id: int, *numbers: int) -> None:
    """The user opens these steps, one after the other."""
    for number in numbers:
        progress_commands.reach_step(user_id, SLUG, number)


def done(user_id: int) -> set[str]:
    return progress_queries.steps_done(user_id, SLUG)


# ---- the file --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mark", ["{#bam from=mo-nhom}", "{#bam .con from=mo-nhom}", "{#bam from=mo-nhom .con}"])
def test_a_step_names_the_step_that_it_was_split_from(tree: Tree, mark: str) -> None:
    tree.change("{#bam}", mark)
    tree.change("media:", 'teach_back: ["Một.", "Hai.", "Ba."]\nmedia:')
    bank = tree.load()
    assert bank.faults == ()
    assert [(one.id, one.origin, one.part) for one in bank.lessons[0].steps] == [
        ("mo-nhom", "", ""),
        ("bam", "mo-nhom", "con" if ".con" in mark else ""),
    ]


def test_a_translation_stays_current_and_needs_no_origin(tree: Tree) -> None:
    tree.translate()
    tree.change("{#bam}", "{#bam from=mo-nhom}")
    bank = tree.load()
    assert bank.faults == ()
    assert all("en" in one.texts for one in bank.lessons[0].steps)


@pytest.mark.parametrize(
    ("first", "second", "says"),
    [
        ("{#mo-nhom}", "{#bam from=khong-co}", "không có bước “khong-co”"),
        ("{#mo-nhom}", "{#bam from=}", "không có bước “”"),
        ("{#mo-nhom}", "{#bam from=bam}", "chính nó"),
        ("{#mo-nhom from=bam}", "{#bam from=mo-nhom}", "cũng tách ra từ bước khác"),
    ],
)
def test_an_origin_that_cannot_be_is_a_fault(tree: Tree, first: str, second: str, says: str) -> None:
    tree.change("{#mo-nhom}", first)
    tree.change("{#bam}", second)
    found = [one for one in tree.load().faults if one.code == "origin"]
    assert found and says in found[0].say
    line = (tree.lesson / "vi.md").read_text("utf-8").split("\n")[found[-1].line - 1]
    assert line.startswith("## ") and "from=" in line


def test_a_lesson_may_have_sixteen_steps(tree: Tree) -> None:
    text = (tree.lesson / "vi.md").read_text("utf-8")
    more = "".join(f"\n## Bước {n} {{#buoc-{n} from=bam}}\n\nChờ.\n" for n in range(15))
    tree.write(text + more)
    assert tree.only_fault().code == "step-count"
    tree.write(text + more.replace("\n## Bước 14 {#buoc-14 from=bam}\n\nChờ.\n", ""))
    assert tree.load().faults == ()


def test_the_origin_is_in_what_is_exported_and_in_the_text_of_one_step(tree: Tree, tmp_path: Path) -> None:
    tree.change("{#bam}", "{#bam from=mo-nhom}")
    text = (tree.lesson / "vi.md").read_text("utf-8")
    excerpt = cut(text, "bam")
    assert excerpt is not None and excerpt.text.startswith("## Bấm đường dẫn {#bam from=mo-nhom}\n")
    (tree.lesson / "vi.md").unlink()
    assert export(tree.root, {"thu": PublishedLesson(text, "")}) == {"thu": "written"}
    assert digest((tree.lesson / "vi.md").read_text("utf-8")) == digest(text)


# ---- progress in the account -----------------------------------------------------------------------------


def test_who_had_done_the_old_step_has_done_the_new_one(app: Flask, world: World, small: Loads) -> None:
    minh, lan = world["minh"], world["lan"]
    with app.app_context():
        walk(minh, 1, 2, 3)
        walk(lan, 1, 2)
    small(split_bank())
    with app.app_context():
        assert done(minh) == {"lay", "mo", "cham"} and done(lan) == {"lay"}
        rows = db.session.scalars(sa.select(StepDone).where(StepDone.user_id == minh)).all()
        at = {row.step_id: row.at for row in rows}
        assert at["cham"] == at["mo"]


def test_who_was_at_the_old_step_goes_on_with_the_first_of_its_parts(app: Flask, world: World, small: Loads) -> None:
    minh, lan = world["minh"], world["lan"]
    with app.app_context():
        walk(minh, 1, 2)
        walk(lan, 1, 2, 3, 2)
    small(split_bank())
    with app.app_context():
        resume = {one: progress_queries.resume(one, "vi") for one in (minh, lan)}
        assert {one: here and here.number for one, here in resume.items()} == {minh: 2, lan: 3}


def test_a_lesson_that_was_complete_stays_complete(app: Flask, world: World, small: Loads) -> None:
    minh = world["minh"]
    with app.app_context():
        for number in (1, 2, 3):
            progress_commands.tick_step(minh, SLUG, number)
        progress_commands.finish_lesson(minh, SLUG)
    small(split_bank())
    with app.app_context():
        row = progress_queries.progress_in(minh, SLUG)
        assert row is not None and row.state == "finished" and row.step_id == "cho"
        assert done(minh) == {"lay", "cham", "mo", "cho"}


def test_it_is_carried_over_at_the_first_load_only(app: Flask, world: World, small: Loads) -> None:
    minh = world["minh"]
    with app.app_context():
        walk(minh, 1, 2, 3)
    small(split_bank())
    with app.app_context():
        db.session.execute(sa.delete(StepDone).where(StepDone.step_id == "cham"))
        db.session.commit()
    assert small(split_bank(version=3)) == (1, 0)
    with app.app_context():
        assert done(minh) == {"lay", "mo"}


def test_a_step_that_comes_back_is_carried_over_without_a_clash(app: Flask, world: World, small: Loads) -> None:
    minh = world["minh"]
    with app.app_context():
        walk(minh, 1, 2, 3)
    for bank in (split_bank(), with_steps(*banks.three_steps(), version=3), split_bank(version=4)):
        small(bank)
    with app.app_context():
        assert done(minh) == {"lay", "mo", "cham"}


# ---- progress on a device --------------------------------------------------------------------------------

WALKED = {"lesson": SLUG, "version": 1, "step": "cho", "done": ["lay", "mo"]}


def test_progress_that_a_device_stored_before_the_split_holds_the_new_step(
    app: Flask, as_: As, world: World, small: Loads
) -> None:
    small(split_bank())
    merge(as_("minh"), [WALKED])
    merge(as_("lan"), [{**WALKED, "version": 2}])
    with app.app_context():
        assert done(world["minh"]) == {"lay", "mo", "cham"}
        assert done(world["lan"]) == {"lay", "mo"}


def test_a_lesson_that_was_loaded_with_its_split_steps_expands_nothing(
    app: Flask, as_: As, world: World, loads: Loads
) -> None:
    loads(replace(split_bank(), lessons=()))
    with app.app_context():
        db.session.execute(sa.text("DELETE FROM lesson_step"))
        db.session.execute(sa.text("DELETE FROM lesson WHERE slug = :slug"), {"slug": SLUG})
        db.session.commit()
    loads(split_bank())
    merge(as_("minh"), [WALKED])
    with app.app_context():
        assert done(world["minh"]) == {"lay", "mo"}


def test_pages_say_which_steps_were_split_and_since_when(client: FlaskClient, small: Loads) -> None:
    assert "data-since" not in client.get(f"/lessons/{SLUG}").text
    small(split_bank())
    for address in (f"/lessons/{SLUG}", f"/lessons/{SLUG}/1"):
        assert client.get(address).text.count('data-step="cham" data-from="mo" data-since="2"') == 1
    small(split_bank(version=5))
    assert 'data-since="2"' in client.get(f"/lessons/{SLUG}").text


REACH = """async ([before, step, version]) => {
  localStorage.clear();
  if (before) localStorage.setItem("lessons:", JSON.stringify({ walked: { l: before }, answers: [] }));
  const { reach, read, addSplit } = await import("/lessons/offline/device-progress.js");
  const steps = [{ step: "a" }, { step: "b1", from: "b", since: "2" }, { step: "b" }, { step: "c" }].map(
    (dataset) => ({ dataset }),
  );
  const shown = structuredClone(before);
  addSplit(shown, steps);
  reach({ lesson: "l", version, step }, steps);
  const { done } = read().walked.l;
  return [shown.done.sort(), done.sort()];
}"""


@pytest.mark.parametrize(
    ("before", "shown", "kept"),
    [
        ({"version": 1, "step": "b", "done": ["a", "b"]}, ["a", "b", "b1"], ["a", "b", "b1"]),
        ({"version": 2, "step": "b", "done": ["a", "b"]}, ["a", "b"], ["a", "b"]),
        ({"version": 1, "step": "b", "done": ["a"]}, ["a"], ["a", "b"]),
    ],
)
def test_a_browser_counts_a_split_step_as_done_with_its_origin(
    browser_page: Page, before: dict[str, object], shown: list[str], kept: list[str]
) -> None:
    stored = {"lesson": "l", "finished": False, **before}
    assert browser_page.evaluate(REACH, [stored, "c", 3]) == [shown, kept]
