"""The two font files: small, and with every letter that pages are written in."""

import json
import re
import unicodedata
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from tutoring.config import ROOT

PACKAGE = json.loads((ROOT / "package.json").read_text("utf-8"))
FONTS = [ROOT / "static" / "vendor" / name for name in PACKAGE["fonts"].values()]
WRITTEN = [
    *(ROOT / "content" / "lessons").rglob("*.md"),
    *(ROOT / "content").rglob("*.yml"),
    *(ROOT / "translations").rglob("*.po"),
    *(ROOT / "templates").rglob("*.html"),
]


def letters_of(text: str) -> set[str]:
    """Letters, figures, punctuation and signs of money; of arrows and the like the device has its own."""
    return {
        sign for sign in text if unicodedata.category(sign) in ("Sc", "Zs") or unicodedata.category(sign)[0] in "LMNP"
    }


def letters_in(font: Path) -> set[str]:
    return {chr(code) for code in TTFont(font).getBestCmap()}


def test_the_style_sheet_asks_for_these_two_files_alone() -> None:
    css = (ROOT / "static" / "css" / "tokens.css").read_text("utf-8")
    assert re.findall(r"url\(/static/vendor/([^)]+)\)", css) == [font.name for font in FONTS]
    assert css.count("font-display: optional") == len(FONTS) == 2


@pytest.mark.parametrize("font", FONTS, ids=lambda path: path.name)
def test_every_letter_of_lessons_templates_and_translations_is_in_a_font(font: Path) -> None:
    there = letters_in(font)
    assert len(WRITTEN) > 20
    for path in WRITTEN:
        assert letters_of(path.read_text("utf-8")) <= there, path


@pytest.mark.parametrize("font", FONTS, ids=lambda path: path.name)
def test_every_vietnamese_letter_is_in_a_font_whether_it_is_used_yet_or_not(font: Path) -> None:
    vowels = [
        unicodedata.normalize("NFC", v + mark)
        for v in "aăâeêioôơuưy"
        for mark in ("", *"\u0300\u0301\u0303\u0309\u0323")
    ]
    lower = {*"abcdđefghijklmnopqrstuvwxyz0123456789 “”‘’…–—•×₫›·", *vowels}
    assert all(len(sign) == 1 for sign in lower)
    assert lower | {sign.upper() for sign in lower} <= letters_in(font)


@pytest.mark.parametrize("font", FONTS, ids=lambda path: path.name)
def test_a_font_is_small_and_keeps_its_licence_and_the_bold_one_kerning(font: Path) -> None:
    assert font.stat().st_size < 11_000
    made = TTFont(font)
    features = {record.FeatureTag for record in made["GPOS"].table.FeatureList.FeatureRecord}
    assert features == ({"kern"} if "700" in font.name else set())
    assert "SIL Open Font License" in made["name"].getDebugName(13)
