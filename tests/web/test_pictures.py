"""Pictures: own drawings, fetched ones, their addresses and their macros."""

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.parametrize import each_of
from tutoring.config import ROOT
from tutoring.web import assets

OWN = sorted((ROOT / "static" / "pictures").glob("*.svg"))
FETCHED = sorted((ROOT / "static" / "vendor" / "pictures").glob("*.svg"))
MOODS = {"chao", "hoi", "sac", "huyen", "nga", "nang"}


@each_of(OWN)
def test_own_drawings_are_small_and_only_drawings(drawing: Path) -> None:
    svg = drawing.read_text("utf-8")
    assert len(svg.encode()) < (6_000 if drawing.stem == "hai-nguoi-cung-hoc" else 2_000)
    assert re.match(r'<svg xmlns="http://www.w3.org/2000/svg" viewBox="[-\d. ]+">', svg)
    assert not re.search(r"<(script|style|image|foreignObject|text)|\son\w+=|https?://(?!www\.w3\.org/2000/svg)", svg)


def test_dau_has_six_moods_and_no_name_is_taken_twice() -> None:
    assert {drawing.stem.removeprefix("dau-") for drawing in OWN if drawing.stem.startswith("dau-")} == MOODS
    assert not {one.name for one in OWN} & {one.name for one in FETCHED}


@pytest.mark.parametrize("name", ["dau-chao", "laptop"])
def test_a_picture_is_kept_for_good_under_an_address_of_its_content(app: Flask, client: FlaskClient, name: str) -> None:
    with app.test_request_context():
        address = assets.picture_url(name)
    answer = client.get(address)
    assert answer.status_code == 200 and answer.mimetype == "image/svg+xml"
    assert re.search(r"\?v=[0-9a-f]{6}$", address) and "immutable" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("name", ["", "none-such", "../icon", "dau-chao.svg"])
def test_what_is_no_picture_has_no_address(app: Flask, name: str) -> None:
    with app.test_request_context():
        assert assets.picture_url(name) == ""


def test_a_person_keeps_a_hue() -> None:
    assert [assets.hue_of(number) for number in (1, 8, 9)] == ["plum", "sky", "plum"]
    assert len(set(assets.HUES)) == 8
    sheet = (ROOT / "static/css/pages/hues.css").read_text("utf-8")
    assert set(re.findall(r"\.hue-(\w+) ", sheet)) == set(assets.HUES)
