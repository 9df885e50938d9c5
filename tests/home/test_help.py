"""Help pages: read from files, true to the product, light, and there for everybody."""

import re
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from tests.factories import World, client_of
from tests.home.page_labels import marks
from tests.swapped import swapped
from tutoring.cli import help_screenshot_scenes
from tutoring.cli.help_pages import CATALOGUE, CONTENT
from tutoring.home.help import label_check
from tutoring.home.help.loader import HelpContent, load
from tutoring.kernel.content_folder import ContentFolder
from tutoring.kernel.db import db

As = Callable[[str], FlaskClient]
LESSONS = {path.parent.name for path in CONTENT.glob("lessons/*/vi.md")}
SLUGS = sorted(path.parent.name for path in CONTENT.glob("help/*/vi.md"))


@cache
def read() -> HelpContent:
    """The pages as they stand in content/; read when the first test asks."""
    return load(CONTENT, LESSONS)


def test_the_real_pages_have_no_fault_and_no_long_sentence() -> None:
    assert not read().faults and not read().warnings
    assert {page.head.id for page in read().pages} == set(SLUGS)
    assert len(SLUGS) == len(read().pages) == 16 and len(read().tours) == 3


def test_each_role_has_a_page_of_its_own() -> None:
    roles = {role for page in read().pages for role in page.head.roles}
    assert roles == {"learner", "parent", "helper", "teacher", "lead", "officer", "coordinator", "site_admin"}


def test_every_quoted_word_of_the_product_stands_in_it_in_both_languages() -> None:
    quoted = [label for page in read().pages for text in page.texts.values() for label in text.labels]
    assert len(quoted) > 150
    assert list(label_check.strange(read().pages, read().tours, CATALOGUE)) == []


def test_a_word_that_the_product_does_not_have_is_found(tmp_path: Path) -> None:
    page = changed(tmp_path, "**“Em bị kẹt”**", "**“Em bí rồi”**")
    assert any("“Em bí rồi”" in one for one in label_check.strange(load(page).pages, (), CATALOGUE))


def test_every_link_of_a_page_leads_somewhere(app: Flask) -> None:
    adapter = app.url_map.bind("localhost")
    for page in read().pages:
        for text in page.texts.values():
            for link in text.links:
                try:
                    adapter.match(link.split("#")[0])
                except RequestRedirect:
                    continue
                except HTTPException:
                    pytest.fail(f"{page.head.id}: {link}")


def test_what_each_picture_shows_is_still_there(app: Flask, world: World) -> None:
    """Walks the pages and looks for what is marked, scene by scene; no browser, no comparing of dots."""
    names = {shot.who for page in read().pages for shot in page.head.pictures if shot.who}
    people = {name: client_of(app, world[name]) for name in names}
    seen = 0
    for scene, shots in help_screenshot_scenes.shots(list(read().pages)):
        with app.app_context():
            help_screenshot_scenes.play(scene)
            facts = help_screenshot_scenes.facts()
            db.session.remove()
        for page, shot in shots:
            client = people[shot.who] if shot.who else app.test_client()
            answer = client.get(shot.page.format(**facts))
            assert answer.status_code == 200, (page.head.id, shot.id)
            assert any(one.startswith(shot.mark) for one in marks(answer.text)), (page.head.id, shot.id, shot.mark)
            seen += 1
    assert seen >= 20


def test_pictures_are_light_and_of_a_known_size() -> None:
    pictures = [picture for page in read().pages for picture in page.pictures]
    assert len(pictures) >= 20 and sum(one.bytes for one in pictures) < 450_000
    assert all(one.width == 360 and 400 <= one.height <= 740 and one.bytes <= 25_000 for one in pictures)
    assert all(len(alt) >= 5 for one in pictures for alt in one.alt.values())


@pytest.mark.parametrize("slug", SLUGS)
def test_a_page_is_read_by_anybody_in_both_languages(client: FlaskClient, slug: str) -> None:
    page = client.get(f"/help/{slug}")
    assert page.status_code == 200 and "Set-Cookie" not in page.headers
    assert 'href="tel:111"' in page.text and page.text.count("<h1") == 1
    for image in re.findall(r"<img[^>]*>", page.text):
        assert all(f" {name}=" in image for name in ("alt", "width", "height", "loading")), image
    english = client.get(f"/help/{slug}?lang=en")
    title = next(one.texts["en"].title for one in read().pages if one.head.id == slug)
    assert english.status_code == 200 and title in english.text


def test_who_saves_data_gets_pictures_when_they_ask_for_them(client: FlaskClient) -> None:
    plain, saving = client.get("/help/hoc-sinh"), client.get("/help/hoc-sinh", headers={"Save-Data": "on"})
    assert "Save-Data" in plain.headers["Vary"] and "Xem hình" not in plain.text
    assert saving.text.count("<summary>Xem hình (") == saving.text.count("<img") == 3


def test_a_picture_is_kept_for_good_under_an_address_that_changes_with_it(client: FlaskClient) -> None:
    picture = read().pages[0].pictures[0]
    answer = client.get(picture.url)
    assert answer.status_code == 200 and answer.mimetype == "image/webp" and answer.data == picture.file.read_bytes()
    assert "immutable" in answer.headers["Cache-Control"]
    assert client.get(picture.url.split("?")[0]).headers["Cache-Control"] == "no-cache"
    for path in ("hoc-sinh/vi.md", "hoc-sinh/%2e%2e/tour.yml", "khong-co", "hoc-sinh/khong-co.webp"):
        assert client.get(f"/help/{path}").status_code == 404, path


def test_the_first_page_of_help_is_that_with_the_numbers_and_leads_to_all(client: FlaskClient, as_: As) -> None:
    page = client.get("/help").text
    assert page.index('href="tel:111"') < page.index("/help/hoc-sinh")
    assert all(f'href="/help/{slug}"' in page for slug in SLUGS)
    assert client.get("/giup-do").location == "/help" and client.get("/giup-do/lich").location == "/help/lich"
    own = as_("lan").get("/help").text
    assert own.index("/help/phu-huynh") < own.index("/help/hoc-sinh")


def test_calls_for_help_stand_there_when_the_help_pages_cannot_be_read(
    app: Flask, client: FlaskClient, tmp_path: Path
) -> None:
    with swapped(app, content_folder=ContentFolder(tmp_path)):
        page = client.get("/help")
    assert page.status_code == 200 and 'href="tel:111"' in page.text and "Cách dùng, theo việc của bạn" not in page.text


def changed(folder: Path, before: str, after: str) -> Path:
    """A copy of the page for pupils in which one thing is different."""
    shutil.copytree(CONTENT / "help" / "hoc-sinh", folder / "help" / "hoc-sinh")
    shutil.copy(CONTENT / "help" / "tour.yml", folder / "help" / "tour.yml")
    file = folder / "help" / "hoc-sinh" / "vi.md"
    text = file.read_text("utf-8").replace("help:quen-mat-khau", "/help")
    assert before in text
    file.write_text(text.replace(before, after, 1), "utf-8")
    english = folder / "help" / "hoc-sinh" / "en.md"
    english.write_text(english.read_text("utf-8").replace("help:quen-mat-khau", "/help"), "utf-8")
    return folder


@pytest.mark.parametrize(
    ("before", "after", "say"),
    [
        ("id: hoc-sinh", "id: hoc-sinh-khac", "phải trùng tên thư mục"),
        ("{#khi-bi-ket}", "{#het}", "phải kết thúc bằng phần"),
        ("](/help)", "](https://example.com)", "không dẫn tới"),
        ("picture:bi-ket", "picture:khong-co", "không có hình “khong-co”"),
        ("không cần vội", "click vào đây", "viết “bấm”"),
        ("không cần vội", "gọi 0912 345 678", "không ghi số tiền hay số điện thoại"),
        ("không cần vội", "không cần vội " * 9, "câu dài"),
        ("lang: vi", "lang: vi\ngreeting: x", "không có mục nào tên"),
        ("  - id: bi-ket", "  - id: mot-hinh-moi", "chưa có tệp mot-hinh-moi.webp"),
    ],
)
def test_what_is_wrong_in_a_page_is_said_with_its_line(tmp_path: Path, before: str, after: str, say: str) -> None:
    read = load(changed(tmp_path, before, after))
    assert any(say in fault.say and fault.line > 0 for fault in read.faults), read.faults
    assert read.pages == ()
