"""The letterhead of a unit: who sets it, what is kept, and that papers say it."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.community.papers.word_text import text_of
from tests.factories import World, person
from tests.two_connections import run_both
from tutoring.community.papers.commands import set_letterhead
from tutoring.community.papers.models import LONGEST
from tutoring.community.papers.queries import letterhead

As = Callable[[str], FlaskClient]
TYPED = {
    "above": " UBND Thành phố  Minh Hoạ ", "office": "Uỷ ban nhân dân phường", "symbol": "UBND",
    "place": "Phường Minh Hoạ", "addressee": "Sở Một\r\n\r\nSở Hai", "signer": "TM. UBND\nCHỦ TỊCH", "recipients": "",
}  # fmt: skip


@pytest.mark.parametrize(
    ("place", "who"),
    [("phuong", {"mai", "admin1"}), ("kp3", {"mai", "muoi", "admin1"}), ("truong", {"quang", "mai", "admin1"})],
)
def test_who_signs_and_files_sets_it(world: World, as_: As, place: str, who: set[str]) -> None:
    path = f"/units/{world[place]}/letterhead"
    for name in ("minh", "lan", "khoa", "bay", "hang", "quang", "muoi", "mai", "admin1"):
        status = as_(name).get(path).status_code
        assert status == (200 if name in who else 404), name
        assert ('href="' + path + '"' in as_(name).get(f"/units/{world[place]}/settings").text) == (name in who), name


def test_it_is_kept_line_by_line_and_stands_on_the_papers(app: Flask, world: World, as_: As) -> None:
    mai, path = as_("mai"), f"/units/{world['phuong']}/letterhead"
    assert mai.post(path, data=TYPED).status_code == 302
    with app.app_context():
        row = letterhead(world["phuong"])
        assert (row.above, row.addressee, row.recipients) == ("UBND Thành phố Minh Hoạ", "Sở Một\nSở Hai", "")
        assert letterhead(world["kp3"]).office == ""
    assert "Uỷ ban nhân dân phường" in mai.get(path).text
    said = text_of(mai.get(f"/units/{world['phuong']}/figures.docx").data)
    for words in ("UBND THÀNH PHỐ MINH HOẠ", "/BC-UBND", "- Sở Hai.", "CHỦ TỊCH", "Phường Minh Hoạ, ngày"):
        assert words in said, words


@pytest.mark.parametrize("name", LONGEST)
def test_a_text_that_does_not_fit_is_refused_beside_its_field(world: World, as_: As, name: str) -> None:
    answer = as_("mai").post(f"/units/{world['phuong']}/letterhead", data={**TYPED, name: "x" * (LONGEST[name] + 1)})
    assert answer.status_code == 422 and "x" * LONGEST[name] in answer.text


def test_the_later_of_two_sees_both(world: World, as_: As) -> None:
    mai, path = as_("mai"), f"/units/{world['phuong']}/letterhead"
    stamp = mai.get(path).text.partition('name="seen_version" value="')[2].partition('"')[0]
    as_("admin1").post(path, data=TYPED)
    answer = mai.post(path, data={**TYPED, "office": "Tên khác", "seen_version": stamp})
    assert answer.status_code == 422 and "Uỷ ban nhân dân phường" in answer.text and "Tên khác" in answer.text


@pytest.mark.parametrize("backend", ["sqlite", "postgres"], indirect=True, scope="session")
def test_two_officers_who_save_for_the_first_time_at_once_both_save(app: Flask, world: World) -> None:
    ward = world["phuong"]

    def saves(name: str, values: dict[str, str]) -> None:
        set_letterhead(person(world[name]), ward, values)

    run_both(app, lambda: saves("mai", {"office": "Một"}), lambda: saves("admin1", {"office": "Hai"}))
    with app.app_context():
        assert letterhead(ward).office == "Hai"
