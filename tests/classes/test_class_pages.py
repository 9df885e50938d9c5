"""The pages of class work and of letters: what a teacher, a pupil, a mother and everybody else see and can do."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.classes.test_class_work import LESSON, given, join
from tests.factories import World, person
from tests.parametrize import some
from tutoring.classes.letters.figures import monday_of
from tutoring.classes.letters.models import ClassLetter
from tutoring.classes.work import commands as work_commands
from tutoring.classes.work.models import ClassWork
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.lessons.catalogue.models import Lesson
from tutoring.lessons.progress import commands as progress_commands
from tutoring.lessons.progress.models import LessonProgress
from tutoring.notifications.models import Notice
from tutoring.notifications.rules.classes import remind_of_work_due_tomorrow

As = Callable[[str], FlaskClient]
NOTE = "Xem kỹ bước hai nhé."


def form(**other: object) -> dict[str, object]:
    due = (clock.today() + timedelta(days=7)).isoformat()
    return {"what": f"lesson:{LESSON}", "audience": "class", "due": due, "note": NOTE} | other


@pytest.fixture
def works(app: Flask, world: World) -> str:
    """The address of the works of the class; nothing is learned yet."""
    with app.app_context():
        db.session.execute(sa.delete(LessonProgress))
        db.session.commit()
    return f"/units/{world['lop4a']}/works"


def main(page: str) -> str:
    return page[page.index("<main") : page.index("</main>")]


def row_id(app: Flask) -> int:
    with app.app_context():
        return db.session.scalars(sa.select(ClassWork.id).order_by(ClassWork.id.desc())).first() or 0


def retire(app: Flask, at: datetime | None) -> None:
    with app.app_context():
        db.session.get_one(Lesson, LESSON).retired_at = at
        db.session.commit()


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of a page's form."""
    found = re.findall(r'<input[^>]*type="hidden"[^>]*>', main(page))
    pairs = [re.findall(r'(?:name|value)="([^"]*)"', one) for one in found]
    return {one[0]: one[1] for one in pairs if len(one) == 2}


def notices(app: Flask, world: World, name: str, word: str = "class-work:") -> list[tuple[str, str]]:
    with app.app_context():
        query = sa.select(Notice).where(Notice.user_id == world[name], Notice.key.startswith(word))
        return [(one.say % one.params, one.path) for one in db.session.scalars(query.order_by(Notice.id))]


def test_from_the_page_of_a_lesson_a_class_has_it_for_a_week_in_two_taps(
    as_: As, app: Flask, world: World, works: str
) -> None:
    teacher = as_("quang")
    lesson = teacher.get(f"/lessons/{LESSON}").text
    assert f"/works/new?what=lesson:{LESSON}" in lesson.replace("%3A", ":")
    assert "/works/new" not in as_("an").get(f"/lessons/{LESSON}").text
    assert works in teacher.get(f"/works/new?what=lesson:{LESSON}").text  # several classes: one tap more
    page = teacher.get(f"{works}/new?what=lesson:{LESSON}").text
    assert f'<option selected value="lesson:{LESSON}"' in page
    due = re.search(r'<input[^>]*name="due"[^>]*>', page)
    assert due is not None
    day = due[0].split('value="')[1][:10]
    sent = teacher.post(f"{works}/new", data={"what": f"lesson:{LESSON}", "audience": "class", "due": day, "note": ""})
    assert sent.status_code == 302
    with app.app_context():
        row = db.session.get_one(ClassWork, row_id(app))
        assert (row.audience, row.due) == ("class", clock.today() + timedelta(days=7))


def test_a_pupil_has_it_first_with_one_filled_button_that_leads_straight_to_it(
    as_: As, app: Flask, world: World, works: str
) -> None:
    as_("hang").post(f"{works}/new", data=form())
    start = main(as_("an").get("/").text)
    assert start.index('id="works"') < start.index('id="now"')
    assert re.findall(r'class="btn" href="([^"]+)"', start) == [f"/lessons/{LESSON}/steps/1"] or (
        re.findall(r'class="btn" href="([^"]+)"', start)[0].startswith(f"/lessons/{LESSON}/")
    )
    assert NOTE in start
    with app.app_context():
        progress_commands.finish_lesson(world["an"], LESSON)
    assert 'id="works"' not in as_("an").get("/").text
    assert "Đã xong" in main(as_("an").get("/works").text)


def test_a_mother_sees_it_on_her_start_page_and_in_the_week_of_her_child(as_: As, world: World, works: str) -> None:
    as_("hang").post(f"{works}/new", data=form())
    mother = as_("lan")
    assert NOTE not in main(mother.get("/").text)
    assert 'id="child-works"' in mother.get("/").text
    assert NOTE in main(mother.get(f"/children/{world['an']}/week").text)
    assert "Xem bài của con" in mother.get("/works").text
    as_("hang").post(f"{works}/new", data=form(audience="guardians"))
    assert 'id="works"' in mother.get("/").text
    assert 'id="works"' in as_("an").get("/").text


@pytest.mark.parametrize("name", ["minh", "khoa", "bay", "muoi"])
def test_nothing_of_a_class_is_shown_outside_it(as_: As, world: World, works: str, name: str) -> None:
    as_("hang").post(f"{works}/new", data=form())
    for address in ("/", "/works"):
        assert NOTE not in as_(name).get(address).text


def test_what_is_withdrawn_or_has_left_the_catalogue_is_not_shown(
    as_: As, app: Flask, world: World, works: str
) -> None:
    as_("hang").post(f"{works}/new", data=form())
    row = row_id(app)
    as_("hang").post(f"/works/{row}/withdraw")
    assert NOTE not in as_("an").get("/works").text
    assert "Giao lại" in as_("hang").get(works).text
    as_("hang").post(f"/works/{row}/restore")
    assert NOTE in as_("an").get("/works").text
    retire(app, clock.now())
    try:
        assert NOTE not in as_("an").get("/works").text
        assert "không còn trong danh mục" in as_("hang").get(works).text
        assert "không còn trong danh mục" in as_("hang").get("/").text
    finally:
        retire(app, None)


def test_what_was_typed_stays_when_it_is_refused_and_while_looking_for_a_pupil(
    as_: As, app: Flask, world: World, works: str
) -> None:
    with app.app_context():
        join(world, "khoa")
        names = {name: person(world[name]).full_name for name in ("an", "khoa")}
    asked = form(audience="pupils", pupils=[str(world["an"])], note="Gọi 0912 345 678 nhé")
    refused = as_("hang").post(f"{works}/new", data=asked)
    assert refused.status_code == 422 or refused.status_code == 400
    assert "Gọi 0912 345 678 nhé" in refused.text
    looked = as_("hang").post(f"{works}/new", data=asked | {"find": "1", "words": names["khoa"]})
    assert looked.status_code == 200
    assert names["khoa"] in main(looked.text)
    assert re.search(rf'value="{world["an"]}" checked', looked.text)
    assert row_id(app) == 0
    as_("hang").post(f"{works}/new", data=asked | {"note": "", "pupils": [str(world["an"])]})
    assert row_id(app) > 0
    assert "Bài được giao" in as_("an").get("/").text
    assert 'id="works"' not in as_("khoa").get("/").text


def test_the_later_editor_sees_both_versions(as_: As, app: Flask, world: World, works: str) -> None:
    as_("hang").post(f"{works}/new", data=form())
    address = f"/works/{row_id(app)}/edit"
    values = hidden(as_("quang").get(address).text)
    as_("hang").post(address, data=values | form(note="Xem bước ba."))
    late = as_("quang").post(address, data=values | form(note="Xem bước bốn."))
    assert "Xem bước ba." in late.text
    assert "Xem bước bốn." in late.text
    with app.app_context():
        assert db.session.get_one(ClassWork, row_id(app)).note == "Xem bước ba."


def test_sums_point_at_no_single_pupil(as_: As, world: World, works: str) -> None:
    as_("hang").post(f"{works}/new", data=form())
    assert "đã xong." not in main(as_("hang").get(works).text)


# ---- notices -----------------------------------------------------------------------------------------------------


def test_pupil_and_mother_are_told_once_and_the_notice_goes_with_the_work(
    as_: As, app: Flask, world: World, works: str
) -> None:
    as_("hang").post(f"{works}/new", data=form())
    assert [(say.endswith("giao 1 bài mới."), path) for say, path in notices(app, world, "an")] == [(True, "/works")]
    assert [path for _say, path in notices(app, world, "lan")] == ["/works"]
    assert notices(app, world, "minh") == notices(app, world, "hang") == []
    as_("hang").post(f"/works/{row_id(app)}/withdraw")
    assert notices(app, world, "an") == notices(app, world, "lan") == []


@pytest.mark.parametrize("done", [False, True])
def test_only_who_has_not_done_it_is_reminded_the_day_before_and_once(
    app: Flask, world: World, works: str, done: bool
) -> None:
    with app.app_context():
        row = work_commands.set_work(
            person(world["hang"]), world["lop4a"], given(due=clock.today() + timedelta(days=1))
        )
        remind = command(remind_of_work_due_tomorrow)
        remind({})
        assert notices(app, world, "an", "class-work-due") == []  # it was set today
        db.session.get_one(ClassWork, row.id).set_at = clock.now() - timedelta(days=2)
        db.session.commit()
        if done:
            progress_commands.finish_lesson(world["an"], LESSON)
        remind({})
        remind({})
    for name in ("an", "lan"):
        assert len(notices(app, world, name, "class-work-due")) == (0 if done else 1)
    assert notices(app, world, "hang", "class-work-due") == []


# ---- the letter --------------------------------------------------------------------------------------------------


def test_a_letter_is_drafted_from_sums_written_sent_and_taken_back(
    as_: As, app: Flask, world: World, works: str
) -> None:
    with app.app_context():
        progress_commands.finish_lesson(world["an"], LESSON)
        name = person(world["an"]).called_name
    as_("hang").post(f"{works}/new", data=form())
    address = f"/units/{world['lop4a']}/letters/{monday_of(clock.today()).isoformat()}"
    draft = main(as_("hang").get(address).text)
    assert "vài bạn" in draft
    written = re.sub(r'type="hidden" name="\w+" value="[^"]*"', "", draft)  # signed values hold any letters
    assert name not in written.replace("Bắt", "")
    teacher = as_("hang")
    saved = teacher.post(address, data={"text": "Chào cả lớp.\n\nTuần sau gặp nhé.", "draft": "1"})
    letter = saved.headers["Location"]
    assert as_("an").get(letter).status_code == as_("lan").get(letter).status_code == 404
    values = hidden(teacher.get(address).text)
    teacher.post(address, data=values | {"text": "Chào cả lớp.", "publish": "1"})
    for reader in ("an", "lan", "quang"):
        assert "Chào cả lớp." in as_(reader).get(letter).text
    for stranger in ("minh", "khoa", "muoi", "mai", "bay", "admin1"):
        assert as_(stranger).get(letter).status_code == 404
    assert [path for _say, path in notices(app, world, "lan", "class-letter")] == [letter]
    assert as_("lan").post(f"{letter}/take-back").status_code in (403, 404)
    teacher.post(f"{letter}/take-back")
    assert as_("an").get(letter).status_code == 404
    assert notices(app, world, "lan", "class-letter") == []


def test_a_draft_on_an_old_page_does_not_change_the_letter_that_pupils_read(
    as_: As, app: Flask, world: World, works: str
) -> None:
    address = f"/units/{world['lop4a']}/letters/{monday_of(clock.today()).isoformat()}"
    letter = as_("hang").post(address, data={"text": "Chào cả lớp.", "draft": "1"}).headers["Location"]
    old = hidden(as_("quang").get(address).text)
    values = hidden(as_("hang").get(address).text)
    assert as_("hang").post(address, data=values | {"text": "Chào cả lớp.", "publish": "1"}).status_code == 302
    late = as_("quang").post(address, data=old | {"text": "Nháp chưa xong", "draft": "1"})
    assert late.status_code != 302 and "Nháp chưa xong" in late.text
    assert "Nháp chưa xong" not in as_("an").get(letter).text and "Chào cả lớp." in as_("an").get(letter).text


@pytest.mark.parametrize("text", ["", "Gọi cô số 0912 345 678", "Đừng kể với ba mẹ, đây là bí mật của cô trò mình"])
def test_a_letter_is_judged_as_every_text_that_minors_read(as_: As, app: Flask, world: World, text: str) -> None:
    address = f"/units/{world['lop4a']}/letters/{monday_of(clock.today()).isoformat()}"
    sent = as_("hang").post(address, data={"text": text, "publish": "1"})
    assert sent.status_code in (400, 422)
    assert text in sent.text
    with app.app_context():
        assert db.session.scalar(sa.select(ClassLetter.id)) is None


# ---- cost --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "address"),
    some(("an", "/"), ("hang", ""), rest=(("an", "/works"), ("lan", "/works"))),
)
def test_the_statements_of_a_page_do_not_grow_with_pupils_and_works(
    as_: As, app: Flask, world: World, works: str, queries: list[str], name: str, address: str
) -> None:
    def fill(targets: list[str]) -> None:
        with app.app_context():
            for target in targets:
                work_commands.set_work(person(world["hang"]), world["lop4a"], given(target=target))

    reader, page = as_(name), address or works
    fill([LESSON])
    reader.get(page)
    queries.clear()
    assert reader.get(page).status_code == 200
    few = len(queries)
    with app.app_context():
        for other in ("khoa", "minh"):
            join(world, other)
        slugs = list(
            db.session.scalars(sa.select(Lesson.slug).where(Lesson.slug != LESSON, Lesson.path_slug != "can-bo-so"))
        )
    fill(slugs[:12])
    queries.clear()
    assert reader.get(page).status_code == 200
    assert len(queries) <= few
