"""Facts that lessons point to, edited in the browser over their file."""

import re
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.factories import World, person
from tests.lessons import bank as banks
from tutoring.kernel import overrides
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, InvalidInput, NotFound
from tutoring.lessons.catalogue import loader
from tutoring.lessons.catalogue.models import LessonStep
from tutoring.lessons.content.facts_export import export
from tutoring.lessons.content.loader import facts_of
from tutoring.lessons.content.schema import Fact
from tutoring.lessons.facts import queries as facts_queries
from tutoring.lessons.facts.commands import change_fact, read_fact, revert_fact_change
from tutoring.lessons.search.models import SearchDocument

KEY = "dau-so-bao-lua-dao"  # stands in two lessons at least, one of them in English too


@pytest.fixture
def folder(app: Flask, tmp_path: Path) -> Path:
    banks.may_change(app)
    return banks.copied(tmp_path / "content")


def fact(vi: str = "158 hoặc 5656", en: str = "158 or 5656", **more: object) -> Fact:
    said = {"source": "congan.gov.vn", "source_url": "", "as_of": date(2026, 11, 27), "verified_on": None} | more
    return read_fact(vi, en, **said)  # type: ignore[arg-type]


def shown(slug: str, lang: str) -> str:
    texts = db.session.scalars(sa.select(LessonStep.texts).where(LessonStep.lesson_slug == slug)).all()
    return "".join(text[lang]["title"] + text[lang]["html"] for text in texts if lang in text)


def test_a_changed_fact_stands_in_every_lesson_that_points_to_it_and_goes_back(
    app: Flask, world: World, folder: Path
) -> None:
    with app.app_context():
        admin = person(world["admin1"])
        assert "5656 hoặc 156" in shown("lo-bam-link-la", "vi")
        assert change_fact(admin, folder, KEY, fact(), "công an đổi đầu số")
        for slug in facts_queries.users_of(folder, {KEY})[KEY]:
            assert "158 hoặc 5656" in shown(slug, "vi") and "156" not in shown(slug, "vi")
        assert "158 or 5656" in shown("lo-bam-link-la", "en")
        assert "chưa kiểm tra lại, ghi theo ngày 27/11/2026" in shown("lo-bam-link-la", "vi")  # nobody said it was
        found = db.session.scalars(sa.select(SearchDocument.body).where(SearchDocument.lesson_slug == "lo-bam-link-la"))
        assert "158 hoặc 5656" in " ".join(found)  # the search finds what is read
        change = overrides.history(facts_queries.AREA, KEY)[0]
        assert (change.by_id, change.before, change.reason) == (admin.id, None, "công an đổi đầu số")
        assert revert_fact_change(admin, folder, change.id, "gõ nhầm")
        assert "5656 hoặc 156" in shown("lo-bam-link-la", "vi") and facts_queries.edited() == {}


def test_of_two_who_change_one_fact_the_second_is_told(app: Flask, world: World, folder: Path) -> None:
    with app.app_context():
        one, two = person(world["admin1"]), person(world["admin2"])
        change_fact(one, folder, KEY, fact("157"), "một", 0)
        with pytest.raises(Conflict):
            change_fact(two, folder, KEY, fact("159"), "hai", 0)
        assert facts_queries.edited()[KEY].value.vi == "157"


@pytest.mark.parametrize(
    "bad",
    [
        {"vi": ""}, {"source": " "}, {"vi": "{fact:khac}"}, {"source_url": "javascript:alert(1)"},
        {"as_of": date(2999, 1, 1)}, {"as_of": None}, {"verified_on": date(2026, 1, 1)}, {"vi": "x" * 301},
    ],
)  # fmt: skip
def test_a_fact_that_says_too_little_or_what_cannot_be_is_refused(app: Flask, bad: dict[str, object]) -> None:
    with app.app_context(), pytest.raises(InvalidInput):
        fact(**bad)  # type: ignore[arg-type]


def test_only_whoever_runs_the_site_changes_facts_and_only_those_there_are(
    app: Flask, world: World, folder: Path
) -> None:
    with app.app_context():
        for name, key in (("quang", KEY), ("hang", KEY), ("minh", KEY), ("admin1", "khong-co")):
            with pytest.raises(NotFound):
                change_fact(person(world[name]), folder, key, fact(), "thử")


def test_loading_the_files_again_keeps_what_was_edited_until_the_file_says_it_too(
    app: Flask, world: World, folder: Path
) -> None:
    with app.app_context():
        meaning = facts_of(folder)[KEY].meaning
        assert meaning and meaning.vi and meaning.en
        change_fact(person(world["admin1"]), folder, KEY, fact(), "đổi")
        loader.load_content(folder)
        assert "158 hoặc 5656" in shown("lo-bam-link-la", "vi") and KEY in facts_queries.edited()
        before = (folder / "facts.yml").read_text("utf-8")
        assert export(folder, facts_queries.edited()) == {KEY: "written"}
        after = (folder / "facts.yml").read_text("utf-8")
        gone, come = set(before.split("\n")) - set(after.split("\n")), set(after.split("\n")) - set(before.split("\n"))
        own = re.split(r"\n  (?=\S)", before[before.index(f"  {KEY}:") :])[0]
        assert gone <= set(own.split("\n")) and len(come) <= 4
        assert facts_of(folder)[KEY] == fact().model_copy(update={"meaning": meaning})  # no form changes the meaning
        assert export(folder, facts_queries.edited()) == {KEY: "same"}
        loader.load_content(folder)
        assert facts_queries.edited() == {} and "158 hoặc 5656" in shown("lo-bam-link-la", "vi")


def test_a_fact_changed_in_both_places_is_named(app: Flask, world: World, folder: Path) -> None:
    with app.app_context():
        change_fact(person(world["admin1"]), folder, KEY, fact(), "đổi")
        assert not facts_queries.one(folder, KEY, "vi").torn  # type: ignore[union-attr]
        file = folder / "facts.yml"
        file.write_text(file.read_text("utf-8").replace("5656 hoặc 156", "1 và 2"), "utf-8")
        assert facts_queries.one(folder, KEY, "vi").torn  # type: ignore[union-attr]


def test_old_facts_stand_first(app: Flask, world: World, folder: Path) -> None:
    with app.app_context():
        change_fact(person(world["admin1"]), folder, KEY, fact(as_of=date(2020, 1, 1)), "nguồn cũ")
        rows = facts_queries.listed(folder, "vi")
        assert rows[0].key == KEY and rows[0].old and not rows[1].old
        assert facts_queries.count_old(folder) == 1
        assert ("lo-bam-link-la") in {slug for slug, _ in rows[0].lessons}


def test_an_address_of_the_file_may_be_http_in_the_form_too(app: Flask) -> None:
    with app.app_context():
        assert fact(source_url="http://tongdai111.vn/tin").source_url == "http://tongdai111.vn/tin"


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "//trang.vn/x", "https://", "trang.vn"])
def test_a_fact_of_the_file_has_a_web_address_or_none(tmp_path: Path, address: str) -> None:
    text = 'schema: 1\nfacts:\n  so:\n    value: {vi: "1"}\n    source: "Sổ"\n    as_of: 2026-11-24\n'
    (tmp_path / "facts.yml").write_text(f'{text}    source_url: "{address}"\n', "utf-8")
    assert facts_of(tmp_path) == {}
    (tmp_path / "facts.yml").write_text(f'{text}    source_url: "http://trang.vn/x"\n', "utf-8")
    assert facts_of(tmp_path)["so"].source_url == "http://trang.vn/x"
