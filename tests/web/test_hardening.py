"""What every request has to pass: counts, shapes, hosts, proxies; and what every page is made of."""

import base64
import hashlib
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from werkzeug.test import EnvironBuilder, run_wsgi_app

from tests.parametrize import some
from tests.web.test_import_maps import LOADED, needed, with_map
from tutoring.config import Settings
from tutoring.kernel import rate_limits
from tutoring.policy import access_tables
from tutoring.web import security
from tutoring.web.socket_io.packet_validation import too_deep

As = Callable[[str], FlaskClient]
ROLES = ("minh", "hang", "admin1", "lan", "khoa", "quang", "muoi", "mai", "bay")


@pytest.fixture
def few(still_time: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three requests a minute of each kind, however many addresses there are."""
    for name in ("read", "write", "read_address", "write_address"):
        monkeypatch.setitem(rate_limits.RULES, name, ("3 per minute",))


# ---- counts ------------------------------------------------------------------------------------------------


def test_a_flood_of_pages_is_refused_for_that_person_alone(few: None, as_: As) -> None:
    minh, lan = as_("minh"), as_("lan")
    assert [minh.get("/account").status_code for _ in range(5)] == [200, 200, 200, 429, 429]
    answer = minh.get("/account")
    assert int(answer.headers["Retry-After"]) > 0 and "Bấm nhanh quá" in answer.text
    assert minh.get("/account", headers={"Accept": "application/json"}).get_json()["error"] == "too_many"
    assert lan.get("/account").status_code == 200


def test_reading_and_writing_are_counted_apart(few: None, as_: As) -> None:
    minh = as_("minh")
    for _ in range(4):
        minh.get("/account")
    assert [minh.post("/ask", data={}).status_code for _ in range(4)] == [422, 422, 422, 429]


def test_visitors_are_counted_by_address(few: None, client: FlaskClient) -> None:
    here = {"REMOTE_ADDR": "192.0.2.1"}
    assert [client.get("/sign-in", environ_base=here).status_code for _ in range(4)] == [200, 200, 200, 429]
    assert client.get("/sign-in", environ_base={"REMOTE_ADDR": "192.0.2.2"}).status_code == 200


def test_a_forged_cookie_is_nobody_and_counts_for_the_address(few: None, client: FlaskClient) -> None:
    for n in range(5):
        client.set_cookie("session", f"forged-{n}")
        last = client.get("/sign-in")
    assert last.status_code == 429


def test_help_health_and_files_are_never_counted(few: None, as_: As, client: FlaskClient) -> None:
    minh = as_("minh")
    for someone in (minh, client):
        for _ in range(6):
            someone.get("/sign-in")
        for path in ("/help", "/healthz", "/static/icon.svg"):
            assert [someone.get(path).status_code for _ in range(5)] == [200] * 5, path


def test_what_is_never_counted_is_known_by_name() -> None:
    assert access_tables.ROUTES.keys() >= access_tables.UNLIMITED >= {"static", "web.health", "home.help"}


def test_the_general_limit_is_far_above_what_people_do() -> None:
    assert rate_limits.RULES["read"] == ("600 per minute",) and rate_limits.RULES["write"] == ("120 per minute",)
    assert rate_limits.RULES["read_address"] == ("6000 per minute",)


@pytest.mark.parametrize("name", sorted(rate_limits.RULES))
def test_each_limit_refuses_the_event_after_its_last(app: Flask, name: str) -> None:
    most = min(item.amount for item in rate_limits._rule(name, 1))
    with app.app_context():
        for _ in range(most):
            rate_limits.hit(name, "somebody")
        with pytest.raises(rate_limits.RateLimited) as refused:
            rate_limits.hit(name, "somebody")
        assert refused.value.retry_after
        rate_limits.hit(name, "somebody else")


# ---- shapes ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("body", [b"[" * 30_000, b'{"a":' * 5000, b"[" * 17 + b"]" * 17, b"\xff\xfe"])
def test_json_that_is_nested_or_no_text_is_refused(as_: As, body: bytes) -> None:
    answer = as_("minh").post("/rooms/1/messages", data=body, content_type="application/json")
    assert answer.status_code == 422  # as every other senseless body (tests/lessons/test_device.py)


@pytest.mark.parametrize("path", ["/rooms/1/messages", "/lessons/device", "/ask", "/sign-in", "/language"])
def test_a_body_that_is_too_large_is_refused(as_: As, path: str) -> None:
    for kind in ("application/json", "application/x-www-form-urlencoded"):
        assert as_("minh").post(path, data=b"a=" + b"x" * 70_000, content_type=kind).status_code in (400, 404, 405, 413)


def test_brackets_in_a_text_are_no_depth() -> None:
    assert not too_deep(json.dumps({"text": "[" * 500 + '"{' * 99}))
    assert too_deep("[" * 17) and not too_deep("[" * 16) and not too_deep("[]" * 40)


# ---- hosts and proxies -------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.1", "localhost@evil.example"])
def test_a_host_that_is_not_ours_gets_no_page(client: FlaskClient, host: str) -> None:
    for path in ("/", "/sign-in", "/help", "/lessons", "/lessons?q=%00", "/nowhere"):
        answer = client.get(path, headers={"Host": host})
        assert answer.status_code == 400 and answer.text == "400\n"


def _seen(proxies: int, **headers: str) -> dict[str, Any]:
    """What an application behind this many proxies knows of a caller who sends these headers."""
    app = Flask("small")
    keys = {"secret_key": "", "audit_key": "", "field_key": "", "database_url": ""}
    security.behind_proxies(app, Settings(**keys, proxies=proxies))  # type: ignore[arg-type]

    @app.get("/")
    def show() -> dict[str, Any]:
        return {"address": request.remote_addr, "host": request.host, "scheme": request.scheme}

    environ = EnvironBuilder(headers=headers, environ_base={"REMOTE_ADDR": "10.0.0.1"}).get_environ()
    answer, _status, _headers = run_wsgi_app(app.wsgi_app, environ, buffered=True)
    found: dict[str, Any] = json.loads(b"".join(answer))
    return found


FORGED = {"X-Forwarded-For": "6.6.6.6, 192.0.2.9", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"}


def test_without_proxies_no_forwarded_header_is_believed() -> None:
    assert _seen(0, **FORGED) == {"address": "10.0.0.1", "host": "localhost", "scheme": "http"}


def test_behind_a_proxy_only_its_own_word_on_address_and_scheme_counts() -> None:
    assert _seen(1, **FORGED) == {"address": "192.0.2.9", "host": "localhost", "scheme": "https"}


# ---- pages -------------------------------------------------------------------------------------------------

_SCRIPT = re.compile(r"<script\b([^>]*)>(.*?)</script>", re.S | re.I)
_STYLE = re.compile(r"<style\b[^>]*>(.*?)</style>", re.S | re.I)
_INLINE = re.compile(r"<[a-z][^<>]*\s(on[a-z]+|style|srcdoc)\s*=", re.I)
_SCHEME = re.compile(r"(?:href|src|action|formaction)\s*=\s*[\"']?\s*(javascript|data|vbscript):", re.I)
_WALK = re.compile(r"<(?:a|link|script|img)\b[^>]*?(?:href|src)=\"(/[^\"#]*)\"")


def walk(client: FlaskClient, most: int = 45) -> Iterator[tuple[str, Any]]:
    """Pages that somebody comes to from the start page by links, and one that does not exist."""
    waiting, seen = ["/", "/help", "/lessons", "/nowhere"], set[str]()
    while waiting and len(seen) < most:
        path = waiting.pop(0)
        kind = re.sub(r"\d+|(?<=/lessons/)[a-z-]+", "*", path.split("?")[0])
        if kind in seen or path.startswith("/static"):
            continue
        seen.add(kind)
        answer = client.get(path)
        if answer.mimetype == "text/html":
            yield path, answer
            waiting += _WALK.findall(answer.text)


def digest(code: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()}'"


def faults(page: str, policy: str) -> list[str]:
    inline = [(attributes, code) for attributes, code in _SCRIPT.findall(page) if code.strip()]
    found = [code for attributes, code in inline if "json" not in attributes and "importmap" not in attributes]
    maps = [code for attributes, code in inline if "importmap" in attributes]
    if len(maps) > 1 or ("<body" in page.partition("importmap")[0] and maps):
        found.append("an import map that browsers do not heed")
    allowed = re.search(r"script-src 'self'( 'sha256-[\w+/=]{44}')*;", policy)
    if not all(allowed and digest(code) in allowed[0] for code in maps):
        found.append("an import map that the policy refuses")
    found += [tag.group(0)[:80] for tag in _INLINE.finditer(page)]
    found += [scheme.group(0) for scheme in _SCHEME.finditer(page)]
    if len(_STYLE.findall(page)) > 1:
        found.append("more than the one style of the site")
    if "unsafe" in policy or not allowed or "default-src 'none'" not in policy:
        found.append(policy)
    return found


# In the quick run as a visitor: tests/every_page/test_own_code.py looks at the pages of all others.
@pytest.mark.parametrize("name", some(None, rest=ROLES))
def test_no_page_of_the_walk_has_code_or_style_of_its_own(as_: As, client: FlaskClient, name: str | None) -> None:
    """Scripts find each other by the import map of their page (tests/web/test_import_maps.py)."""
    pages, seen = 0, set[str]()
    for path, answer in walk(client if name is None else as_(name)):
        pages += 1
        wanted = needed(LOADED.findall(answer.text))
        assert wanted <= with_map(answer.text).keys(), path
        seen |= wanted
        assert faults(answer.text, answer.headers["Content-Security-Policy"]) == [], path
        for header, value in (("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "same-origin")):
            assert answer.headers[header] == value, path
    assert pages > 8 and seen


@pytest.mark.parametrize(
    "page",
    ["<script>alert(1)</script>", "<p style='color:red'>", "<img src=x onerror=alert(1)>", "<a href='javascript:x'>",
     "<style>a</style><style>b</style>", '<script type="importmap">{}</script>'],
)  # fmt: skip
def test_the_walk_would_see_code_in_a_page(page: str) -> None:
    assert faults(page, "default-src 'none'; script-src 'self';")
    assert not faults(page[:0], "default-src 'none'; script-src 'self';")


def test_the_walk_would_see_a_map_that_browsers_do_not_heed() -> None:
    one = '<script type="importmap">{}</script>'
    policy = f"default-src 'none'; script-src 'self' {digest('{}')};"
    assert not faults(f"{one}<body>", policy)
    assert faults(f"<body>{one}", policy) and faults(f"{one}{one}<body>", policy)


@pytest.mark.parametrize("body", ["7", '"a"', "[]", "{}", '{"topic": 5}', "null"])
def test_json_where_a_form_belongs_is_refused(as_: As, body: str) -> None:
    for path in ("/ask", "/sign-in", "/language", "/account"):
        assert as_("minh").post(path, data=body, content_type="application/json").status_code in (400, 405), path
