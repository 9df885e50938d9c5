"""Every page in both languages: what it says stands in the catalogue, or is somebody's, or content's."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from babel import Locale
from flask import Flask

from tests.every_page import marked_catalogues
from tests.every_page.page_catalogue import ONLY, Place, Seen
from tests.factories import client_of
from tests.test_access_ids import CLASS_LIST
from tutoring.accounts.models import User
from tutoring.accounts.person_names import all_spoken
from tutoring.config import ROOT
from tutoring.kernel.db import db
from tutoring.rooms.ready_phrases.starter_phrases import STARTER_PHRASES

LANGUAGES = ("vi", pytest.param("en", marks=pytest.mark.full))  # the texts around data are the same in both
# Names of this site, of its languages and of firms, and what is the same in every language.
SAME = {"cùng học", "tiếng việt", "english", "imei", "vinaphone", "mobifone", "vietnamobile", "viettel", "gb", "url"}
# Pages on names of tables, of files and of places in files of content, for the few who run the site or write.
INSIDE = {
    "privacy.record", "privacy.assessment", "practice.scenarios", "practice.scenario_review", "api.guide",
    "lessons.write_lesson", "lessons.write_step", "lessons.write_quiz",
}  # fmt: skip
# Sentences of content and of users in which a name has been put.
FILLED = {"practice.run", "practice.watch", "rooms.ready_phrases"}


@pytest.fixture(scope="module")
def catalogues(place: Place, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    folder = tmp_path_factory.mktemp("marked")
    marked_catalogues.write(folder)
    babel = place.app.extensions["babel"]
    kept, babel.translation_directories = babel.translation_directories, [str(folder)]
    marked_catalogues.forget(place.app)
    yield place.app
    babel.translation_directories = kept
    marked_catalogues.forget(place.app)


@pytest.fixture(scope="module", params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def pages(place: Place, catalogues: Flask, language: str) -> dict[Seen, str]:
    """Every page in a language, made with the marked catalogues."""
    made: dict[Seen, str] = {}
    for who in {seen.who for seen in place.pages}:
        client = client_of(catalogues, place.things.people[who]) if who else catalogues.test_client()
        client.set_cookie("language", language)
        for seen in place.pages:
            if seen.who == who:
                answer = client.get(seen.path)
                if answer.status_code == 200:
                    made[seen] = answer.text
    return made


def plain(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", text.lower()))


@pytest.fixture(scope="module")
def data(place: Place) -> str:
    """All that people and content say: columns of the database, the files of content/."""
    rows: list[Any] = []
    with place.app.app_context():
        for table in db.metadata.sorted_tables:
            columns = [one for one in table.columns if isinstance(one.type, sa.String | sa.Text | sa.JSON)]
            if columns:
                rows += [str(value) for row in db.session.execute(sa.select(*columns)) for value in row if value]
        # Forms of address stand before a name; what many read has them in every language.
        for user in db.session.scalars(sa.select(User)):
            rows += [f"{user.address_form} {user.called_name}", *all_spoken(user.address_form, user.called_name)]
        db.session.remove()
    rows.append(CLASS_LIST)  # it is stored encrypted
    rows += [text for texts in STARTER_PHRASES.values() for text in texts]  # offered as text to take over
    files = [file for kind in ("md", "yml") for file in sorted((ROOT / "content").rglob(f"*.{kind}"))]
    return plain("\n".join([*rows, *(file.read_text("utf-8") for file in files)]))


def calendar(language: str) -> set[str]:
    locale = Locale.parse(language)
    words: set[str] = set()
    for names in (locale.days, locale.months):
        for width in ("wide", "abbreviated"):
            words |= {plain(one) for one in names["format"][width].values()}
    return words | {"tháng", "ngày", "am", "pm"}


PARTS = re.compile(r"[·,:()<>]| – |^\d+\.|https?://\S+|\blocalhost\S*|\{\w+\}")
WRITTEN_ALIKE = re.compile(r"\b(?:[A-Z0-9]+-)+[A-Z0-9]+\b|/\S+")  # codes and addresses


def is_known(part: str, known: set[str], data: str) -> bool:
    """Whether these words are of the calendar, the same everywhere, or in what people and content say."""
    bare = plain(re.sub(r"\d+", " ", WRITTEN_ALIKE.sub(" ", part)))
    if not re.search(r"[^\W\d_]{2}", bare) or bare in SAME or bare in known or bare in data or plain(part) in data:
        return True
    for name in sorted(known, key=len, reverse=True):
        bare = re.sub(rf"\b{name}\b", " ", bare)
    return not bare.strip()


def test_every_word_on_every_page_is_in_the_catalogue_or_is_data(
    pages: dict[Seen, str], data: str, language: str
) -> None:
    known, faults = calendar(language), dict[str, str]()
    texts = dict[str, Seen]()  # each once: what is on every page would be looked for in all data for each of them
    for seen, page in pages.items():
        if seen.endpoint not in INSIDE | FILLED:
            for text, _lang in marked_catalogues.outside(page):
                texts.setdefault(text, seen)
    for text, seen in texts.items():
        for part in [] if plain(text) in data else PARTS.split(text):
            if not is_known(part, known, data):
                faults.setdefault(part, f"{part!r} on {seen}")
    assert not faults, f"{len(faults)}\n" + "\n".join(faults.values())
    assert ONLY != ("",) or len(pages) > 200
