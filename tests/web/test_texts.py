"""The languages: every text has English, English says what Vietnamese says, and Vietnamese pages stay Vietnamese."""

import ast
import re
import shutil
import subprocess
from collections.abc import Callable, Iterable
from functools import cache
from html import unescape
from pathlib import Path

import pytest
import wtforms
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from flask import Flask
from flask.testing import FlaskClient

from tests import texts_of_code
from tests.factories import World, person
from tutoring.cli import translations
from tutoring.community import commands
from tutoring.config import ROOT

As = Callable[[str], FlaskClient]

MARKED = "àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ"
VIETNAMESE = re.compile(f"[{MARKED}]", re.IGNORECASE)
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}|%%")
BRAND = "Cùng Học"


def catalogue(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file)


def ids(found: Iterable[Message]) -> set[tuple[str | None, ...]]:
    """What messages are found by: the context if there is one, the text, and the text for many."""
    return {
        (message.context, *([message.id] if isinstance(message.id, str) else message.id))
        for message in found
        if message.id
    }


@cache
def english_texts() -> list[Message]:
    return [message for message in catalogue(translations.CATALOGUE) if message.id]


def forms(message: Message) -> tuple[str, ...]:
    """All ways of saying a message in English: one, or one for each plural form."""
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)


@pytest.fixture(scope="module")
def extracted(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """Every text of the code as it is now."""
    pot = tmp_path_factory.mktemp("texts") / "messages.pot"
    texts_of_code.write(pot)
    return catalogue(pot)


def test_english_has_every_text_of_the_code_and_no_other(extracted: Catalog) -> None:
    code, english = ids(extracted), ids(english_texts())
    assert len(code) > 900
    assert not code - english, "run: python3 dev.py flask texts update"
    assert not english - code, "run: python3 dev.py flask texts update"
    assert not [message.id for message in english_texts() if not all(forms(message))]
    assert not [message.id for message in english_texts() if message.fuzzy]


def test_no_text_for_translation_stands_inside_another() -> None:
    """What extracts texts sees inside an f-string from Python 3.12 on alone."""
    asking = {"gettext", "ngettext", "pgettext", "npgettext", *translations.KEYWORDS}

    def inside(source: str) -> set[int]:
        strings = [one for one in ast.walk(ast.parse(source)) if isinstance(one, ast.JoinedStr)]
        nodes = [node for one in strings for node in ast.walk(one)]
        return {
            node.lineno
            for node in nodes
            if isinstance(node, ast.Call)
            and getattr(node.func, "id", getattr(node.func, "attr", "")) in asking
            and any(isinstance(told, ast.Constant) for told in node.args)
        }

    assert inside("f\"{gettext('a')} {flask_babel.gettext('b')}\"") == {1} and not inside("gettext(f'{a}')")
    files = (ROOT / "tutoring").rglob("*.py")
    assert not [(str(file), lines) for file in files if (lines := inside(file.read_text("utf-8")))]


def test_one_and_many_differ_in_english() -> None:
    plurals = [message for message in english_texts() if not isinstance(message.id, str)]
    assert plurals and all(len(set(forms(message))) == 2 for message in plurals)


def test_english_fills_in_the_same_places() -> None:
    def places(text: str) -> set[str]:
        return set(PLACEHOLDER.findall(text))

    wrong = [
        (message.id, said)
        for message in english_texts()
        for said in forms(message)
        if places(said) != places(message.id if isinstance(message.id, str) else message.id[0])
    ]
    assert not wrong


def test_english_is_english_but_for_names_in_quotes() -> None:
    def bare(text: str) -> str:
        return re.sub("“[^”]*”", "", text).replace(BRAND, "")

    assert not [said for message in english_texts() for said in forms(message) if VIETNAMESE.search(bare(said))]
    assert not [said for message in english_texts() for said in forms(message) if said.count("“") != said.count("”")]


def test_english_is_not_longer_than_a_phone_shows() -> None:
    """What fits a button in Vietnamese fits it in English."""
    short = [message for message in english_texts() if isinstance(message.id, str) and len(message.id) <= 12]
    assert not [(message.id, message.string) for message in short if len(message.string) > 40]


def outside_marks(source: str) -> str:
    """A template or script without its comments and without what is marked for translation."""
    source = re.sub(r"\{#.*?#\}|/\*.*?\*/|^\s*//.*?$", "", source, flags=re.DOTALL | re.MULTILINE)
    quoted = r"""(?:"[^"]*"|'[^']*')"""
    return re.sub(rf"\b(?:_|n?p?gettext)\(\s*{quoted}(?:\s*,\s*{quoted})?", "", source).replace(BRAND, "")


def test_pages_hold_no_text_outside_the_catalogue() -> None:
    files = sorted((ROOT / "templates").rglob("*.html"))
    files += [file for file in (ROOT / "static").rglob("*.js") if "vendor" not in file.parts]
    left = [
        f"{file.relative_to(ROOT)}: {line.strip()}"
        for file in files
        for line in outside_marks(file.read_text("utf-8")).splitlines()
        if VIETNAMESE.search(line)
    ]
    assert not left


def test_vietnamese_has_every_message_of_wtforms() -> None:
    own = ids(catalogue(Path(wtforms.__file__).parent / "locale" / "wtforms.pot"))
    vietnamese = [message for message in catalogue(ROOT / "translations/vi/LC_MESSAGES/messages.po") if message.id]
    assert own - ids(vietnamese) == set()
    assert not [message.id for message in vietnamese if not all(VIETNAMESE.search(said) for said in forms(message))]


# --- Pages ------------------------------------------------------------------------------------------------------------


def complaints(page: str) -> list[str]:
    """All that a page says is wrong: beside fields, at the top, and in notes."""
    found = re.findall(r'<p class="error"[^>]*>(.*?)</p>', page, re.DOTALL)
    for box in re.findall(r'<div class="errors".*?</div>', page, re.DOTALL):
        found += re.findall(r"<li>(.*?)</li>", box, re.DOTALL)
    found += re.findall(r'<div class="note bad".*?</div>', page, re.DOTALL)
    plain = [" ".join(unescape(re.sub(r"<[^>]+>", " ", one)).split()) for one in found]
    return [one.removeprefix("Chưa đúng: ") for one in plain]


LONG = "x" * 3000
BAD = (
    {},
    {
        "handle": LONG, "password": LONG, "code": LONG, "full_name": LONG, "called": LONG, "old": LONG,
        "topic": LONG, "words": LONG, "learner": LONG, "lesson": LONG, "step": "x", "urgency": "x", "device": "x",
        "address_form": "x", "birth_year": "x", "grade": "99", "relation": "x", "place": "x", "purposes": "x",
        "role": "x", "max_uses": "-1", "days": "many", "name": LONG, "kind": "x", "form": "x", "school_year": "x",
        "user_id": "0", "weekday": "9", "starts": "x", "ends": "25:99", "until": "x", "solved": "x", "skill": "x",
        "level": "x", "reason": LONG, "adult": "x", "guardian_name": LONG, "guardian_contact": "x",
    },
)  # fmt: skip


def test_visitors_are_never_refused_in_english(app: Flask, world: World) -> None:
    with app.app_context():
        parents = commands.create_code(person(world["hang"]), world["lop4a"], "parent", max_uses=40, days=30).code
        pupils = commands.create_code(person(world["hang"]), world["lop11a"], "learner", max_uses=40, days=30).code
    places = ["/sign-in", "/join", f"/join/{parents}", f"/join/{pupils}", "/reset"]
    check(app.test_client(), places)


@pytest.mark.parametrize(
    ("name", "places"),
    [
        ("minh", ["/ask", "/account/profile"]),
        ("lan", ["/ask", "/account/profile", "/account/password", "/children/new", "/join"]),
        ("admin1", ["/units/new"]),
        ("quang", ["/units/{truong}/new", "/units/{truong}/codes/new", "/units/{truong}/duty/take"]),
        ("hang", ["/skills/{khoa}", "/units/{lop4a}/codes/new", "/units/{lop4a}/duty/take"]),
    ],
)
def test_nobody_is_refused_in_english(world: World, as_: As, name: str, places: list[str]) -> None:
    known = {**world.people, **world.units}
    check(as_(name), [place.format(**known) for place in places])


def check(client: FlaskClient, places: list[str]) -> None:
    said = []
    for place in places:
        for form in BAD:
            page = client.post(place, data=form, follow_redirects=True)
            assert page.status_code < 500 and page.status_code not in (403, 404, 405), (place, page.status_code)
            here = complaints(page.text)
            assert here, f"{place} took {form}"
            said += [(place, one) for one in here]
    assert not [(place, one) for place, one in said if not VIETNAMESE.search(one)]


@pytest.mark.parametrize("place", ["/sign-in", "/join", "/reset"])
def test_in_english_the_same_forms_answer_in_english(client: FlaskClient, place: str) -> None:
    client.set_cookie("language", "en")
    for form in BAD:
        said = complaints(client.post(place, data=form).text)
        assert said and not [one for one in said if VIETNAMESE.search(one)]


@pytest.mark.parametrize("place", ["/", "/sign-in", "/join", "/help", "/forgot", "/no-such-page", "/rooms/1"])
def test_english_pages_hold_no_vietnamese_but_names(client: FlaskClient, place: str) -> None:
    client.set_cookie("language", "en")
    page = client.get(place).text
    body = re.sub(r"<(style|script|svg)\b.*?</\1>|<[^>]+>", " ", page, flags=re.DOTALL)
    words = unescape(body).replace(BRAND, "").replace("Tiếng Việt", "")
    assert not VIETNAMESE.findall(re.sub("“[^”]*”", "", words))


CATALOGUES = [ROOT / "translations" / language / "LC_MESSAGES" / "messages.po" for language in ("vi", "en")]


@pytest.mark.parametrize("file", CATALOGUES)
def test_a_catalogue_has_the_headers_that_translators_tools_ask_for(file: Path) -> None:
    found = catalogue(file)
    names = {name for name, value in found.mime_headers if value}
    assert names >= {
        "Project-Id-Version", "PO-Revision-Date", "Last-Translator", "Language-Team", "Language", "MIME-Version",
        "Content-Type", "Content-Transfer-Encoding", "Plural-Forms",
    }  # fmt: skip
    assert found.num_plurals == Catalog(locale=str(found.locale)).num_plurals


def test_an_update_keeps_the_head_that_a_translation_tool_wrote() -> None:
    written = b'# Some team\nmsgid ""\nmsgstr ""\n"X-Generator: Weblate 5\\n"\n\nmsgid "a"\nmsgstr "b"\n'
    assert translations.head_of(written).endswith(b'"X-Generator: Weblate 5\\n"\n\n')


def test_comments_for_translators_and_contexts_reach_the_catalogue() -> None:
    call = next(one for one in english_texts() if (one.context, one.id) == ("call", "Nghe"))
    listen = next(one for one in english_texts() if (one.context, one.id) == (None, "Nghe"))
    assert call.auto_comments and (call.string, listen.string) == ("Answer", "Listen")


@pytest.mark.skipif(shutil.which("msgfmt") is None, reason="gettext's own tool is not installed here")
@pytest.mark.parametrize("file", CATALOGUES)
def test_gettext_itself_finds_no_fault(file: Path) -> None:
    status = subprocess.run(["msgfmt", "-c", "-o", "/dev/null", str(file)], capture_output=True, check=False)
    assert (status.returncode, status.stderr.decode()) == (0, "")
