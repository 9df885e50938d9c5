"""Texts and files made to break the bank: each is told in words, soon, and takes nothing else with it."""

import re
from collections.abc import Callable
from itertools import product
from pathlib import Path

import pytest
import sqlalchemy as sa
import yaml
from flask import Flask
from flask.testing import FlaskClient

from tests.growth import growth
from tests.lessons.bank import CONTENT, copied
from tests.lessons.conftest import Loads
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.lessons.catalogue import queries as catalogue_queries
from tutoring.lessons.catalogue.loader import load_content
from tutoring.lessons.content import loader as folders
from tutoring.lessons.content import markdown
from tutoring.lessons.content.diff import differences
from tutoring.lessons.content.draft_check import Draft, check_text
from tutoring.lessons.content.step_editor import above, reviewed, takes_review, version
from tutoring.lessons.search.models import SearchSynonym
from tutoring.lessons.skills import queries as skills_queries

SLUG = "otp-khong-doc-cho-ai"
SIZE = 60_000


@pytest.fixture
def text() -> str:
    return (CONTENT / "lessons" / SLUG / "vi.md").read_text("utf-8")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of content/ that tests may spoil."""
    return copied(tmp_path / "content")


def checked(text: str) -> Draft:
    return check_text(CONTENT, SLUG, text, [], clock.today())


def codes(text: str) -> set[str]:
    return {fault.code for fault in checked(text).faults}


def with_head(text: str, key: str, value: str) -> str:
    made = re.sub(rf"\n{key}:.*", lambda _hit: f"\n{key}: {value}", text, count=1)
    assert made != text
    return made


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("title", "!!timestamp x", "yaml"),
        ("title", "!!bool x", "yaml"),
        ("title", '!!int ""', "yaml"),
        ("title", "!!python/object:os.system x", "yaml"),
        ("title", r'"Mã\0OTP"', "yaml"),
        ("title", r'"Mã \u202eOTP"', "yaml"),
        ("title", r'"Mã \ud800OTP"', "yaml" if yaml.__with_libyaml__ else "string-unicode"),
        ("as_of", "9999-12-31", "day"),
        ("review", '{by: "Cô Tâm", on: 9999-12-31, every_days: 180}', "day"),
        ("order", "1000", "less-than-equal"),
        ("order", "9" * 30, "less-than-equal"),
        ("order", "9" * 5000, "yaml"),
        ("version", "3000000000", "less-than-equal"),
    ],
)
def test_a_value_that_no_table_holds_is_a_fault_of_its_line(text: str, key: str, value: str, code: str) -> None:
    assert codes(with_head(text, key, value)) == {code}


@pytest.mark.parametrize("entity", ["&#x202e;", "&#8203;", "&shy;", "&#0;", "&#x2028;"])
def test_a_character_nobody_sees_is_found_however_it_is_written(text: str, entity: str) -> None:
    assert codes(f"{text}\n\nMột{entity} hai.\n") == {"odd-character"}


# Each of these once took more than twenty seconds for 60,000 characters, or would not end.
LONG: dict[str, Callable[[int], str]] = {
    "blanks after a number": lambda size: "1" + " " * size + "x",
    "commas": lambda size: "1," * (size // 2),
    "a title of blanks": lambda size: "## a" + " " * size + "b",
    "marks in a title": lambda size: "## a" + "{#" * (size // 2),
    "tags": lambda size: "<a" * (size // 2),
    "pointers": lambda size: "{fact:" * (size // 6),
    "pictures": lambda size: "![" * (size // 2),
    "brackets": lambda size: "[" * size,
    "backticks": lambda size: " ".join("`" * n for n in range(1, round((2 * size) ** 0.5))),
    "quotes": lambda size: ">" * size,
    "lists": lambda size: "- " * (size // 2),
    "lines": lambda size: "x\n" * (size // 2),
    "keys": lambda size: "```checkpoint\n" + "".join(f"a{n}: x\n" for n in range(size // 12)) + "```",
    "deep yaml": lambda size: "```checkpoint\n" + "[" * (size // 2) + "\n```",
}


@pytest.mark.parametrize("size", [16_000, pytest.param(60_000, marks=pytest.mark.full)])
@pytest.mark.parametrize("more", LONG.values(), ids=LONG.keys())
def test_eight_times_the_text_keeps_the_check_busy_about_eight_times_as_long(
    text: str, more: Callable[[int], str], size: int
) -> None:
    def check(size: int) -> Draft:
        return checked(f"{text}\n\n{more(size)}\n")

    assert growth(check, size // 8, size, within=16) < 16


PAIRS: dict[str, Callable[[int], tuple[str, str]]] = {
    "one line": lambda size: ("a b " * (size // 600), "a " * (size // 2)),
    "the other way round": lambda size: ("a b " * (size // 12), "b a " * (size // 12) + "c"),
    "blank lines": lambda size: ("a\n" * (size // 200), "\n" * size),
}


@pytest.mark.parametrize("made", PAIRS.values(), ids=PAIRS.keys())
def test_eight_times_the_text_keeps_the_comparison_busy_about_eight_times_as_long(
    made: Callable[[int], tuple[str, str]],
) -> None:
    less, more = made(SIZE // 8), made(SIZE)
    assert growth(lambda pair: differences(*pair), less, more, within=16) < 16
    assert {line.kind for line in differences(*more)} >= {"gone", "new"}


def test_money_and_titles_are_still_read_as_they_were(text: str) -> None:
    for amount in ("130 triệu đồng", "1.500.000đ", "15 000 đồng", "2,5 tỷ đồng", "300vnđ", "5  nghìn   ₫"):
        assert codes(f"{text}\n\nMất {amount} rồi.\n") == {"number"}, amount
    assert codes(f"{text}\n\nSáu số 000000, không có tiền.\n") == set()
    for title, step_id, part in (("Một bước", "mot", "con"), ("Gõ {#x} rồi chờ", "hai", None)):
        mark = f"{{#{step_id}{f' .{part}' if part else ''}}}"
        made = markdown.steps(f"## {title}  {mark} \n\nChữ.\n", 0)[0][0]
        assert (made.title, made.id, made.part) == (title, step_id, part)


# ---- who has read it -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written",
    [
        'review: {by: "Cô Hằng", on: 2026-01-01, every_days: 180} # đã đọc',
        '"review": {by: "Cô Hằng", on: 2026-01-01, every_days: 180}',
        'review: {by: "Cô Hằng",\n  on: 2026-01-01, every_days: 180}',
        'summary2: "x\n\nreview: {by: y}\n  "\nreview : {by: "Cô Hằng", on: 2026-01-01, every_days: 180}',
    ],
)
def test_nobody_writes_the_name_of_who_has_read_it(text: str, written: str) -> None:
    assert not takes_review(re.sub(r"\nreview:.*", lambda _hit: f"\n{written}", text, count=1))


@pytest.mark.parametrize("written", ["review: {every_days: 90}", 'review:\n  by: ""\n  every_days: 90'])
def test_the_name_of_who_has_read_it_is_written_in(text: str, written: str) -> None:
    made = re.sub(r"\nreview:.*", lambda _hit: f"\n{written}", text, count=1)
    assert takes_review(made)
    assert "\nreview: {by: \"Cô 'A' Hằng\", on: 2026-11-25, every_days: 90}\n" in reviewed(
        made, "Cô 'A' Hằng", clock.today().replace(2026, 11, 25)
    )


def test_only_the_head_says_a_version_or_a_review(text: str) -> None:
    body = "\n\nversion: 99\n\nreview: {by: x}\n"
    headless = text.replace("\nversion: ", "\n#version: ", 1).replace("\nreview: ", "\n#review: ", 1) + body
    assert version(headless) == 0
    assert above(headless, 4).endswith(body) and reviewed(headless, "Ai", clock.today()).endswith(body)


# ---- a folder with one spoilt file -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "spoil"),
    [
        ("vi.md", lambda text: text.replace("title: ", "title: !!bool ", 1)),
        pytest.param("en.md", lambda text: text.replace("title: ", "title: !!bool ", 1), marks=pytest.mark.full),
        ("quiz.yml", lambda text: text + "\nx: !!timestamp y\n"),
        ("media/tin-nhan-ma.svg", lambda text: re.sub('viewBox="[^"]*"', 'viewBox="0 0 1.2.3 4"', text)),
        pytest.param(
            "media/tin-nhan-ma.svg",
            lambda text: re.sub('viewBox="[^"]*"', f'viewBox="0 0 {"9" * 400} 4"', text),
            marks=pytest.mark.full,
        ),
    ],
)
def test_a_spoilt_file_takes_its_own_lesson_alone(copy: Path, file: str, spoil: Callable[[str], str]) -> None:
    path = copy / "lessons" / SLUG / file
    path.write_text(spoil(path.read_text("utf-8")), "utf-8")
    assert folders.load(copy).broken == {SLUG}


def test_what_nobody_thought_of_takes_its_own_lesson_alone(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = folders.read_lesson

    def fail(folder: Path, *rest: object) -> object:
        if folder.name == SLUG:
            raise RuntimeError
        return whole(folder, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(folders, "read_lesson", fail)
    bank = folders.load(copy)
    assert bank.broken == {SLUG} and [one.code for one in bank.faults] == ["unreadable"]


SPOILT = ["", "- a\n", "x: !!bool y\n"]
FILES = ["skills.yml", "paths/an-toan-so.yml", "synonyms.yml", "facts.yml"]
CORE = {*zip(FILES, SPOILT, strict=False), (FILES[3], SPOILT[0])}  # each file and each way of spoiling it


@pytest.mark.parametrize(
    ("file", "spoilt"),
    [pytest.param(*one, marks=() if one in CORE else pytest.mark.full) for one in product(FILES, SPOILT)],
)
def test_what_a_faulty_file_held_stays(
    app: Flask, client: FlaskClient, loads: Loads, copy: Path, file: str, spoilt: str
) -> None:
    with app.app_context():
        topics, paths = skills_queries.topics("vi"), [path.slug for path in catalogue_queries.paths("vi")]
        synonyms = db.session.scalar(sa.select(sa.func.count()).select_from(SearchSynonym))
        (copy / file).write_text(spoilt, "utf-8")
        load_content(copy)
        assert skills_queries.topics("vi") == topics
        assert [path.slug for path in catalogue_queries.paths("vi")] == paths
        assert db.session.scalar(sa.select(sa.func.count()).select_from(SearchSynonym)) == synonyms
    for address in ("/lessons", "/lessons/paths/an-toan-so", f"/lessons/{SLUG}", f"/lessons/{SLUG}/1"):
        assert client.get(address).status_code == 200


def test_two_paths_in_one_place_are_a_fault(copy: Path) -> None:
    here = sorted((copy / "paths").glob("*.yml"))[:2]
    order = re.search(r"^order: .*$", here[0].read_text("utf-8"), re.MULTILINE)
    assert order is not None
    here[1].write_text(re.sub(r"(?m)^order: .*$", order[0], here[1].read_text("utf-8")), "utf-8")
    assert [fault.code for fault in folders.load(copy).faults] == ["order"]
