"""What a step of a lesson weighs for somebody who comes for the first time, on a poor network.

Pages are compressed as a server does it while it answers, files as they are compressed once, without what only people
read (tutoring/web/compression.py).
"""

import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import brotli
import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.lessons import bank as banks
from tutoring.config import ROOT
from tutoring.home import demo_accounts
from tutoring.kernel import rate_limits
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.lessons.catalogue.models import Lesson
from tutoring.lessons.content import LessonContent
from tutoring.web import assets, compression, visitor_cache

PAGE, WITH_FONTS = 12_500, 65_000
LESSON = "/lessons/vao-lop-bang-duong-dan"
STATIC = ROOT / "static"


@pytest.fixture(scope="module")
def pages(whole_app: Flask, real_bank: LessonContent) -> dict[str, str]:
    """Every step of every lesson as a visitor gets it, by address."""
    banks.put_back()
    visitor_cache.forget()
    with whole_app.app_context():
        rate_limits.clear()
    client = whole_app.test_client()
    steps = [f"/lessons/{one.id}/{step.position}" for one in real_bank.lessons for step in one.steps]
    assert len(steps) > 200
    with pytest.MonkeyPatch.context() as patch:  # another test may have left a demonstration, whose banner weighs more
        patch.setattr(demo_accounts, "present", lambda: False)
        return {address: client.get(address).text for address in steps}


def files(html: str, pattern: str) -> set[str]:
    return {address.split("?")[0] for address in re.findall(pattern, html)}


@cache  # many pages take the same files
def small(content: bytes, quality: int = 11) -> int:
    return len(brotli.compress(content, quality=quality))


@cache
def script(path: str) -> bytes:
    return compression.without_comments((ROOT / path[1:]).read_bytes())


@command
def count_answers(slug: str, number: int, counts: int) -> None:
    lesson = db.session.get_one(Lesson, slug)
    lesson.answers = {lesson.step_id(number): counts} if counts else {}


def with_answers(client: FlaskClient, address: str) -> str:
    """The page of a step for which three answers are published."""
    _, _, slug, number = address.split("/")
    with client.application.app_context():
        count_answers(slug, int(number), 3)
    visitor_cache.forget()
    html = client.get(address).text
    with client.application.app_context():
        count_answers(slug, int(number), 0)
    assert f"{number}/answers" in html
    return html


def test_the_page_and_its_scripts_weigh_at_most_12_500_bytes_and_with_fonts_and_pictures_65(
    client: FlaskClient, pages: dict[str, str]
) -> None:
    fonts = sum((ROOT / path.lstrip("/")).stat().st_size for path in files(assets._css("lean"), r"url\(([^)]+)\)"))
    assert fonts
    heaviest, worst, scripts_there = 0, "", 0
    for address, html in pages.items():
        scripts = sum(small(script(path)) for path in files(html, r'<script[^>]* src="([^"]+)"'))
        # Pictures less thoroughly than for the site, which takes a hundred times as long: here they weigh more.
        pictures = sum(small(client.get(path).data, 5) for path in files(html, r'<img[^>]* src="([^"]+)"'))
        page = len(compression.PAGE["br"](html.encode()))
        if page + scripts > heaviest:
            heaviest, worst, scripts_there = page + scripts, address, scripts
        assert page + scripts <= PAGE, f"{address}: {page} and {scripts} of scripts"
        assert page + scripts + pictures + fonts <= WITH_FONTS, f"{address}: with {pictures} and {fonts}"
    print("heaviest step", heaviest)
    answered = len(compression.PAGE["br"](with_answers(client, worst).encode())) + scripts_there
    assert answered <= PAGE, f"{worst}: {answered} with published answers"


# ---- static/css/pages: what a step does without --------------------------------------------------------------


def selectors(css: str) -> Iterator[str]:
    """Each single selector, without the conditions around its rule."""
    for rule in re.findall(
        r"([^{}]+)\{[^{}]*\}", assets.tight(re.sub(r"@keyframes[^{]+\{([^{}]*\{[^{}]*\})+\s*\}", "", css))
    ):
        # A comma within brackets separates no selectors.
        yield from re.split(r",(?![^(]*\))", re.sub(r"^@\w+[^{]*$", "", rule))


Element = frozenset[str]  # its name, classes and attributes, as selectors write them


def elements(html: str) -> set[Element]:
    found = set()
    for tag, rest in re.findall(r"<([a-z][a-z0-9]*)([^<>]*)>", html):
        element = {tag}
        for name, value in re.findall(r'\s([a-z-]+)(?:="([^"]*)")?', rest):
            element |= {f"[{name}]", f"[{name}={value}]"}
            element |= {f".{one}" for one in value.split()} if name == "class" else set()
            element |= {f"#{value}"} if name == "id" else set()
        found.add(frozenset(element))
    return found


def scripted(html: str) -> set[Element]:
    """Classes that the scripts give which this page names, in a script element or for when they are needed."""
    named = files(html, r'"(/static/(?:app|lessons)/[^"]+\.js[^"]*)"')
    code = "".join((ROOT / path[1:]).read_text("utf-8") for path in named)
    given = " ".join(re.findall(r"(?:classList\.\w+\(|className = )([^;]*)", code))
    return {frozenset({f".{one}"}) for text in re.findall(r"[\"'`]([^\"'`]*)[\"'`]", given) for one in text.split()}


def may_match(selector: str, there: set[Element]) -> bool:
    """Whether each part of the selector fits some element, wherever those stand to each other."""
    selector = re.sub(r":not\([^)]*\)", "", selector).replace("::placeholder", "[placeholder]")
    for part in re.split(r"[\s>+~()]+(?![^\[]*\])", selector):
        wanted = set(re.findall(r"^[a-z][a-z0-9]*|[.#][\w-]+|\[[^\]]+\]", re.sub(r"::?[\w-]+", "", part)))
        if not any(wanted <= element for element in there):
            return False
    return True


def test_no_rule_of_the_sheets_for_other_pages_is_missed_on_a_step(
    pages: dict[str, str], client: FlaskClient, as_: Callable[[str], FlaskClient]
) -> None:
    minh = as_("minh")
    there: set[Element] = set()
    for html in (
        *pages.values(),
        *(client.get(f"{LESSON}/1?c1={answer}").text for answer in ("a", "b", "")),
        *(minh.get(f"{LESSON}/{more}").text for more in (1, 7, "1?c1=b")),
    ):
        assert f"<style>{assets._css('lean')}</style>" in html
        there |= elements(html) | scripted(html)
    for known in ("details > summary", ".checkpoint .note.bad:hover", ".choice:has(input[type=radio])", ".btn:not(.x)"):
        assert may_match(known, there)
    sheets = sorted((STATIC / "css" / "pages").glob("*.css"))
    found = [(sheet.name, one) for sheet in sheets for one in selectors(sheet.read_text("utf-8")) if one]
    assert len(found) > 100
    assert [(name, one) for name, one in found if may_match(one, there)] == []


@pytest.mark.parametrize(("address", "kind"), [("/help", ""), ("/lessons", "learner")])
def test_other_pages_have_the_sheets_of_their_kind_and_the_policy_allows_each(
    client: FlaskClient, address: str, kind: str
) -> None:
    answer = client.get(address)
    assert f"<style>{assets._css(kind)}</style>" in answer.text
    _scripts, _, styles = answer.headers["Content-Security-Policy"].partition("style-src")
    allowed = re.findall(r"'sha256-[^']+'", styles)
    assert " ".join(allowed) == assets.css_hash() and len(allowed) == len(assets.KINDS)


def test_a_file_that_is_kept_for_good_is_the_same_for_everybody(client: FlaskClient) -> None:
    """A shared cache keeps one copy, not one for each cookie."""
    headers = client.get(f"/static/icon.svg?v={assets._version('icon.svg')}").headers
    assert "immutable" in headers["Cache-Control"] and "Cookie" not in headers.get("Vary", "")
    assert "Set-Cookie" not in headers


def test_the_lean_sheets_are_fewer() -> None:
    everywhere = {sheet.name for sheet in Path(STATIC / "css").rglob("*.css")}
    assert "room.css" in everywhere and ".roomhead" in assets._css("room") and ".roomhead" not in assets._css("lean")
