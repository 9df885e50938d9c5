"""A stored page is what the visitor who gets it would have got anyhow, whatever others have asked for before."""

import random
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import EnvironBuilder, run_wsgi_app

from tests.lessons.conftest import Loads
from tutoring.web import visitor_cache

STEP = "/lessons/vao-lop/2"
OWN = frozenset({"X-Request-ID", "ETag", "Date"})  # of one answer alone; the tag is compared by itself

PATHS = ("/lessons", "/lessons/vao-lop", STEP, "/lessons/vao-lop/print", "/lessons/vao-lop/done", "/lessons/paths/thu",
         "/lessons/khong-co", "/lessons/offline", "/lessons/", "/campaigns/khong")  # fmt: skip
QUERIES = ("", "", "", "part=step", "from=ABC123", "lang=en", "c1=b", "part=step&lang=en", "from=abc", "%00=1")
METHODS = ("GET",) * 8 + ("HEAD", "POST", "OPTIONS", "PUT", "get")
HOSTS = ("localhost",) * 6 + ("localhost:80", "LOCALHOST", "evil.test", "localhost.", "[::1", "", "localhost:8000")
COOKIES = ("language=en", "language=vi", "language=xx", "scheme=dark", "scheme=light; language=en", "language=", "=;;",
           'language="en"', "language=vi; language=en", "session=forged", "other=1", "remember_token=1|x")  # fmt: skip
HEADERS = {
    "X-Parts": ("zz", "content", "main", "zz=1", "<", ""),
    "Accept-Encoding": ("br", "gzip", "br;q=0, gzip", "identity", "*", "deflate", "gzip, br"),
    "Accept": ("application/json", "text/html", "*/*", "application/JSON, text/html;q=0.1", "image/webp", ""),
    "Accept-Language": ("en", "vi", "fr;q=1"),
    "Range": ("bytes=0-9", "bytes=5-", "lines=1"),
    "If-None-Match": ("*", '"nothing"', 'W/"x"'),
    "If-Modified-Since": ("Wed, 21 Oct 2099 07:28:00 GMT",),
    "If-Range": ('"x"',),
    "Cache-Control": ("no-cache", "only-if-cached"),
    "User-Agent": ("curl", "facebookexternalhit/1.1", ""),
    "Referer": ("http://localhost/lessons", "http://[", "http://evil.test/"),
    "Origin": ("http://evil.test", "null"),
    "Save-Data": ("on",),
    "Sec-Purpose": ("prefetch",),
    "Sec-Fetch-Mode": ("navigate", "cors"),
    "X-Requested-With": ("XMLHttpRequest",),
    "X-Forwarded-Proto": ("https", "http"),
    "X-Forwarded-Host": ("evil.test",),
    "X-Forwarded-Prefix": ("/evil",),
    "X-HTTP-Method-Override": ("POST",),
    "X-Original-URL": ("/sign-in",),
    "Script-Name": ("/evil",),
    "Authorization": ("Bearer x", "Basic eDp4"),
    "Content-Type": ("application/json", "application/x-www-form-urlencoded"),
    "Forwarded": ("host=evil.test;proto=https",),
    "Upgrade": ("websocket",),
}


def environ(**more: Any) -> dict[str, Any]:
    """The environment of a GET of the step, with these things changed."""
    made = EnvironBuilder(path=more.pop("path", STEP), base_url="http://localhost").get_environ()
    return {**made, **more}


def drawn(chance: random.Random) -> dict[str, Any]:
    """A request as nobody sends it: each thing as usual or odd, independently of the others."""
    found = environ(path=chance.choice(PATHS))
    found |= {"REQUEST_METHOD": chance.choice(METHODS), "QUERY_STRING": chance.choice(QUERIES)}
    found |= {"HTTP_HOST": chance.choice(HOSTS), "wsgi.url_scheme": chance.choice(("http", "http", "https"))}
    if chance.random() < 0.3:
        found["HTTP_COOKIE"] = chance.choice(COOKIES)
    if chance.random() < 0.1:
        found["SCRIPT_NAME"] = chance.choice(("//evil.test", "/lessons", "/x"))
    for name in chance.sample(sorted(HEADERS), chance.choice((0, 0, 1, 1, 2, 4))):
        key = name.upper().replace("-", "_")
        found[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = chance.choice(HEADERS[name])
    return found


Answer = tuple[str, dict[str, str], bytes]


def answer(server: Any, asked: dict[str, Any]) -> Answer:
    body, status, headers = run_wsgi_app(server, dict(asked))
    return status, {name: value for name, value in headers.items() if name not in OWN}, b"".join(body)


def differs(app: Flask, asked: dict[str, Any]) -> str | None:
    """What of the answer is another one than if nothing were ever stored; None where all is the same."""
    given = answer(app, asked)
    with pytest.MonkeyPatch.context() as without:
        without.setattr(visitor_cache.SharedPages, "_may_store", lambda *_: False)
        fresh = answer(app, asked)
    if given == fresh:
        return None
    headers = {name: (given[1].get(name), fresh[1].get(name)) for name in {**given[1], **fresh[1]}}
    place = next((n for n, (one, other) in enumerate(zip(given[2], fresh[2], strict=False)) if one != other), 0)
    return (
        f"{given[0]}, {fresh[0]}, {[(name, *both) for name, both in headers.items() if both[0] != both[1]]}, "
        f"{given[2][max(place - 40, 0) : place + 40]!r}, {fresh[2][max(place - 40, 0) : place + 40]!r} of {asked}"
    )


SINGLY = (
    *({f"HTTP_{name.upper().replace('-', '_')}": value} for name, values in HEADERS.items() for value in values),
    *({"HTTP_COOKIE": cookie} for cookie in COOKIES),
    *({"HTTP_HOST": host} for host in dict.fromkeys(HOSTS)),
    *({"QUERY_STRING": query} for query in dict.fromkeys(QUERIES)),
    *({"REQUEST_METHOD": method} for method in dict.fromkeys(METHODS)),
    {"wsgi.url_scheme": "https"}, {"SCRIPT_NAME": "//evil.test"}, {"CONTENT_TYPE": "application/json"},
    {"CONTENT_LENGTH": "5"}, {"SERVER_NAME": "evil.test"}, {"REMOTE_ADDR": "192.0.2.1"},
)  # fmt: skip


def test_what_one_visitor_asks_with_is_in_no_answer_to_the_next(app: Flask, small: Loads) -> None:
    """After each odd request the plain one is answered as ever."""
    visitor_cache.forget()
    plain, found = answer(app, environ()), []
    for odd in SINGLY:
        visitor_cache.forget()
        found.append(differs(app, environ(**odd)))
        if visitor_cache.kept() and answer(app, environ()) != plain:
            found.append(f"left behind by {odd}")
    wrong = [one for one in found if one]
    assert not wrong, wrong[0]


@pytest.mark.parametrize("count", [pytest.param(60, id="some"), pytest.param(3000, id="many", marks=pytest.mark.full)])
def test_a_stored_answer_is_a_fresh_answer(app: Flask, small: Loads, count: int) -> None:
    chance = random.Random(count)
    visitor_cache.forget()
    found = [differs(app, drawn(chance)) for _ in range(count)]
    wrong = [one for one in found if one]
    assert not wrong, wrong[0]
    assert visitor_cache.kept(), "nothing was stored, so nothing was shown"


def ask(app: Flask, **more: Any) -> Answer:
    return answer(app, environ(**more))


def test_parts_of_a_page_are_given_to_nobody_else(app: Flask, small: Loads) -> None:
    visitor_cache.forget()
    alone = ask(app, HTTP_X_PARTS="zz")
    assert alone[1]["Cache-Control"] == "no-store" and len(alone[2]) < 100
    whole = ask(app)
    assert b"<h1" in whole[2] and visitor_cache.kept() == [STEP]
    assert ask(app, HTTP_X_PARTS="zz") == alone


def test_a_path_in_front_of_all_addresses_is_refused_and_stored_nowhere(app: Flask, small: Loads) -> None:
    visitor_cache.forget()
    assert ask(app, SCRIPT_NAME="//evil.test")[0].startswith("400")
    assert ask(app, path="/sign-in", SCRIPT_NAME="//evil.test")[0].startswith("400")
    assert visitor_cache.kept() == [] and b"evil.test" not in ask(app)[2]


@pytest.mark.parametrize(
    "header",
    [("Cache-Control", "no-store"), ("Cache-Control", "max-age=5, Private"), ("Vary", "Cookie, User-Agent"),
     ("Vary", "*"), ("Set-Cookie", "a=1")],
)  # fmt: skip
def test_an_answer_that_is_not_for_everybody_is_not_stored(header: tuple[str, str]) -> None:
    def inner(asked: dict[str, Any], start: Any) -> list[bytes]:
        asked[visitor_cache.MARK] = True
        start("200 OK", [("Content-Type", "text/html"), header])
        return [b"of one"]

    pages = visitor_cache.SharedPages(inner, "session")
    assert answer(pages, environ())[2] == b"of one" and not pages.pages


def test_a_request_whose_tag_is_known_gets_no_body(app: Flask, small: Loads) -> None:
    visitor_cache.forget()
    _body, _status, headers = run_wsgi_app(app, environ())
    again = answer(app, environ(HTTP_IF_NONE_MATCH=headers["ETag"]))
    assert again[0].startswith("304") and again[2] == b""
