"""Steps that an update split from others: the file names the origin, and progress is carried over once."""

import uuid
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Page

from tests.factories import World, person
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
from tutoring.pairing.models import HelpRequest
from tutoring.rooms import queries
from tutoring.rooms.models import Message, Room
from tutoring.rooms.sessions import commands as sessions_commands
from tutoring.rooms.shared_lesson import commands as shared_lesson_commands
from tutoring.rooms.shared_lesson.lesson_panel import lesson_pane

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
    assert export(tree.root, {("thu", "vi.md"): PublishedLesson(text, "")}) == {("thu", "vi.md"): "written"}
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


# ---- step numbers that other tables hold ----


def two_parts(version: int = 2) -> LessonContent:
    """The small bank after an update: "mo" is the last of three parts now, and "lay" has gone."""
    _lay, mo, cho = banks.three_steps()
    parts = [replace(banks.step(id, n, title, f"{title}."), origin="mo") for n, (id, title) in enumerate(TITLES, 1)]
    return with_steps(*parts, replace(mo, position=3), replace(cho, position=4), version=version)


TITLES = (("tim", "Tìm đường dẫn"), ("cham", "Chạm đường dẫn"))


def test_the_furthest_step_has_its_new_number(app: Flask, world: World, small: Loads) -> None:
    names = {"minh": (1, 2, 3), "lan": (1, 2), "bay": (1, 2, 3, 2), "khoa": (1,)}
    with app.app_context():
        for name, numbers in names.items():
            walk(world[name], *numbers)
    small(two_parts())
    with app.app_context():
        rows = {name: progress_queries.progress_in(world[name], SLUG) for name in names}
        assert {name: row and (row.step_id, row.furthest) for name, row in rows.items()} == {
            "minh": ("cho", 4), "lan": ("tim", 1), "bay": ("mo", 4), "khoa": ("lay", 1),
        }  # fmt: skip


def test_a_device_that_is_behind_does_not_move_the_account_back(
    app: Flask, as_: As, world: World, small: Loads
) -> None:
    lay, mo, cho = banks.three_steps()
    with app.app_context():
        walk(world["minh"], 1, 2, 3)
    more = [replace(banks.step(id, n, title, f"{title}."), origin="mo") for n, (id, title) in enumerate(TITLES, 2)]
    small(with_steps(lay, *more, replace(mo, position=4), replace(cho, position=5), version=2))
    merge(as_("minh"), [{"lesson": SLUG, "version": 2, "step": "mo", "done": ["lay"]}])
    with app.app_context():
        row = progress_queries.progress_in(world["minh"], SLUG)
        assert row and (row.step_id, row.furthest) == ("cho", 5)


@pytest.fixture
def at_mo(app: Flask, world: World, small: Loads) -> int:
    """A room at the second step, with cards of all three; requests of Minh and Bảy at the second and first."""
    with app.app_context():
        seats = [(world["minh"], "learner"), (world["khoa"], "helper")]
        room = sessions_commands.open_room(
            world["lop6a"], seats, "thu.vao-lop", lesson_slug=SLUG, step_number=2, minors=True, observed=True
        )
        db.session.execute(sa.delete(Message).where(Message.lesson_slug == SLUG))
        for number in (None, 1, 2, 3):
            db.session.add(Message(room_id=room.id, seq=90 + (number or 0), text="Bài học", author_id=None,
                                   kind="system", lesson_slug=SLUG, step_number=number))  # fmt: skip
        for name, number in (("minh", 2), ("bay", 1)):
            one = world[name]
            db.session.add(HelpRequest(learner_id=one, asked_by_id=one, unit_id=world["lop6a"], topic="thu.vao-lop",
                                       lesson_slug=SLUG, step_number=number, minor=True))  # fmt: skip
        db.session.commit()
        return room.id


def numbers_of(room_id: int) -> tuple[object, list[int | None], list[int | None]]:
    room = db.session.get_one(Room, room_id)
    cards = sa.select(Message.step_number).where(Message.lesson_slug == SLUG).order_by(Message.seq)
    requests = sa.select(HelpRequest.step_number).where(HelpRequest.lesson_slug == SLUG).order_by(HelpRequest.id)
    return (room.step_id, room.step_number), list(db.session.scalars(cards)), list(db.session.scalars(requests))


def test_rooms_cards_and_requests_follow_the_new_numbers(app: Flask, at_mo: int, small: Loads) -> None:
    with app.app_context():
        assert numbers_of(at_mo) == (("mo", 2), [None, 1, 2, 3], [2, 1])
    small(two_parts())
    with app.app_context():
        assert numbers_of(at_mo) == (("tim", 1), [None, None, 1, 4], [1, None])
    small(two_parts(version=3))
    with app.app_context():
        assert numbers_of(at_mo) == (("tim", 1), [None, None, 1, 4], [1, None])


def test_of_a_step_that_alone_has_gone_nothing_is_left(app: Flask, at_mo: int, small: Loads) -> None:
    lay, _mo, cho = banks.three_steps()
    small(with_steps(lay, banks.step("moi", 2, "Bước mới", "Chờ."), cho, version=2))
    with app.app_context():
        assert numbers_of(at_mo) == (("mo", 2), [None, 1, None, 3], [None, 1])


def test_a_room_shows_its_step_by_id_and_else_by_number(app: Flask, world: World, at_mo: int) -> None:
    for step_id, number, shown in (("cho", 1, 3), ("gone", 2, 2), (None, 2, 2), ("gone", 9, 1)):
        with app.app_context():
            room = db.session.get_one(Room, at_mo)
            room.step_id, room.step_number = step_id, number
            db.session.commit()
            with app.test_request_context():
                khoa = person(world["khoa"])
                pane = lesson_pane(khoa, room, queries.room_facts(room, khoa), "vi")
            assert pane is not None and pane.shared == shown


def test_to_move_to_the_step_of_the_old_number_moves_the_room(app: Flask, world: World, at_mo: int) -> None:
    with app.app_context():
        room = db.session.get_one(Room, at_mo)
        room.step_id = "cho"
        db.session.commit()
        shared_lesson_commands.follow(person(world["khoa"]), at_mo, 2)
        assert numbers_of(at_mo)[0] == ("mo", 2)


@pytest.mark.parametrize(
    ("step", "at"), [("mo", "cho"), ("", "mo"), ("gone", "mo")], ids=["moved", "without an id", "gone"]
)
def test_a_page_that_was_open_during_the_update_goes_on_from_its_own_step(
    app: Flask, as_: As, world: World, small: Loads, step: str, at: str
) -> None:
    page = as_("minh").get(f"/lessons/{SLUG}/2").text
    assert page.count('name="step" value="mo"') == 2 and "/2/here?step=mo" in page
    small(split_bank())
    as_("minh").post(f"/lessons/{SLUG}/2/next", data={"step": step})
    with app.app_context():
        row = progress_queries.progress_in(world["minh"], SLUG)
        assert row and row.step_id == at


def test_an_answer_and_a_visit_of_an_open_page_count_for_its_own_step(
    app: Flask, as_: As, world: World, small: Loads
) -> None:
    small(split_bank())
    sent = {"step": "mo", "checkpoint": "c1", "c1": "a", "attempt": str(uuid.uuid4())}
    answer = as_("minh").post(f"/lessons/{SLUG}/2/answer", data=sent)
    assert answer.location == f"/lessons/{SLUG}/3?c1=a#c1"
    assert as_("lan").post(f"/lessons/{SLUG}/2/here?step=mo").status_code == 204
    with app.app_context():
        row = progress_queries.progress_in(world["lan"], SLUG)
        assert row and row.step_id == "mo"


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


@pytest.mark.parametrize(
    ("step", "version", "done", "at"),
    [("mo", 1, ["lay"], "cham"), ("mo", 2, ["lay"], "mo"), ("mo", 1, ["lay", "mo"], "mo"), ("lay", 1, [], "lay")],
)
def test_a_device_that_was_at_the_old_step_goes_on_with_its_first_part(
    app: Flask, as_: As, world: World, small: Loads, step: str, version: int, done: list[str], at: str
) -> None:
    small(split_bank())
    merge(as_("minh"), [{"lesson": SLUG, "version": version, "step": step, "done": done}])
    with app.app_context():
        row = progress_queries.progress_in(world["minh"], SLUG)
        assert row and row.step_id == at


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


RESUME = """async (one) => {
  const { addSplit } = await import("/lessons/offline/device-progress.js");
  const parts = [{ step: "b1", from: "b", since: "2" }, { step: "b2", from: "b", since: "3" }];
  const last = [{ step: "c" }, { step: "c2", from: "c", since: "2" }];
  addSplit(one, [{ step: "a" }, ...parts, { step: "b" }, ...last].map((dataset) => ({ dataset })));
  return one.step;
}"""


@pytest.mark.parametrize(
    ("version", "step", "done", "at"),
    [
        (1, "b", ["a"], "b1"),
        (1, "b", ["a", "b"], "b"),
        (2, "b", ["a"], "b"),  # it had its first part when the device last saw the lesson
        (1, "c", [], "c"),
        (1, "a", [], "a"),
    ],
)
def test_a_browser_goes_on_with_the_first_part_of_its_step(
    browser_page: Page, version: int, step: str, done: list[str], at: str
) -> None:
    assert browser_page.evaluate(RESUME, {"version": version, "step": step, "done": done}) == at


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
        # who was at "b" and had not done it goes on with "b1", as in an account; this one is left and done
        ({"version": 1, "step": "b", "done": ["a"]}, ["a"], ["a", "b1"]),
        ({"version": 2, "step": "b", "done": ["a"]}, ["a"], ["a", "b"]),
    ],
)
def test_a_browser_counts_a_split_step_as_done_with_its_origin(
    browser_page: Page, before: dict[str, object], shown: list[str], kept: list[str]
) -> None:
    stored = {"lesson": "l", "finished": False, **before}
    assert browser_page.evaluate(REACH, [stored, "c", 3]) == [shown, kept]
