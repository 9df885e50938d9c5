"""Lessons in the frames of other sites: the same for everybody, sandboxed, without cookies; and oEmbed."""

import json
import re
from collections.abc import Callable
from html import unescape
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World
from tests.lessons.conftest import Loads
from tutoring.lessons.embeds.addresses import SANDBOX, sheet
from tutoring.policy.access import ANYONE
from tutoring.policy.access_tables import ROUTES

As = Callable[[str], FlaskClient]
LESSON, STEP = "/embed/lessons/vao-lop", "/embed/lessons/vao-lop/2"
SITE = "http://localhost"


def directives(policy: str) -> dict[str, str]:
    return dict(one.partition(" ")[::2] for one in policy.split("; "))


@pytest.mark.parametrize("address", [LESSON, STEP, f"{STEP}?lang=en", "/embed/lessons/khong-co"])
def test_a_frame_is_sandboxed_and_the_same_for_everybody(
    client: FlaskClient, as_: As, small: Loads, address: str
) -> None:
    signed_in = as_("hang")
    for name, value in (("language", "en"), ("scheme", "dark"), ("session", "x.y.z")):
        client.set_cookie(name, value)
    seen = [one.get(address, headers={"Accept-Language": "en"}) for one in (client, signed_in)]
    for answer in seen:
        policy = directives(answer.headers["Content-Security-Policy"])
        assert policy["sandbox"] == SANDBOX and policy["frame-ancestors"] == "*"
        assert {policy[name] for name in ("default-src", "base-uri", "form-action")} == {"'none'"}
        assert "script-src" not in policy and "<script" not in answer.text and "<form" not in answer.text
        assert "Set-Cookie" not in answer.headers and "cookie" not in answer.headers.get("Vary", "").lower()
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "Cô Hằng" not in answer.text and "csrf" not in answer.text
        assert '<html lang="en">' in answer.text if "lang=en" in address else '<html lang="vi">' in answer.text
    assert seen[0].data == seen[1].data
    assert seen[0].status_code == (404 if "khong-co" in address else 200)


def test_every_link_of_a_frame_leads_to_another_frame_or_opens_a_new_tab(client: FlaskClient, small: Loads) -> None:
    for address in (LESSON, STEP):
        page = client.get(address).text
        assert '<base target="_blank">' in page
        links = re.findall(r"<a ([^>]*)>", page)
        inside = [one for one in links if 'target="_self"' in one]
        assert inside and all(f'href="{SITE}/embed/lessons/' in one for one in inside)
        outside = [one for one in links if one not in inside]
        assert outside and all("noopener" in one and "sign-in" not in one for one in outside)


def test_only_frames_may_stand_on_other_sites(client: FlaskClient, small: Loads) -> None:
    for address in ("/", "/lessons/vao-lop", "/lessons/vao-lop/2", "/sign-in", "/oembed"):
        policy = client.get(address).headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in policy or policy == "default-src 'none'", address


def test_what_a_frame_loads_may_be_loaded_without_an_origin(client: FlaskClient) -> None:
    page = client.get("/embed/lessons/bat-may-lam-quen/1")
    policy = directives(page.headers["Content-Security-Policy"])
    for kind, element in (("style-src", r'<link rel="stylesheet" href="([^"]+)"'), ("img-src", r'<img src="([^"]+)"')):
        found = re.findall(element, page.text)
        assert found
        for file in found:
            whole = file if file.startswith("http") else SITE + file
            assert whole.startswith(policy[kind].split()[0])
            answer = client.get(whole.removeprefix(SITE))
            assert answer.status_code == 200 and answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
            assert "immutable" in answer.headers["Cache-Control"]
    assert "@font-face" not in sheet() and "/static/" not in sheet()


# ---- oEmbed --------------------------------------------------------------------------------------------------


def asked(client: FlaskClient, url: str, more: str = "") -> tuple[int, dict[str, object]]:
    answer = client.get(f"/oembed?url={quote(url, safe='')}{more}")
    return answer.status_code, json.loads(answer.data) if answer.status_code == 200 else {}


def test_a_lesson_says_where_its_frame_is_described(client: FlaskClient, small: Loads) -> None:
    for page in ("/lessons/vao-lop", "/lessons/vao-lop/2"):
        shown = client.get(page)
        link = re.search(r'<link rel="alternate" type="application/json\+oembed" href="([^"]+)">', shown.text)
        header = re.fullmatch('<(.+)>; rel="alternate"; type="application/json.oembed"', shown.headers.get("Link", ""))
        found = link or header
        assert found
        answer = client.get(unescape(found[1]).removeprefix(SITE))
        said = answer.get_json()
        assert (said["type"], said["version"], said["width"], said["height"]) == ("rich", "1.0", 560, 640)
        frame = re.search(r'<iframe src="([^"]+)"', said["html"])
        assert frame and frame[1] == f"{SITE}/embed{page}" and f'sandbox="{SANDBOX}"' in said["html"]
        assert client.get(frame[1].removeprefix(SITE)).status_code == 200
        assert answer.headers["Access-Control-Allow-Origin"] == "*" and "Set-Cookie" not in answer.headers


def test_the_frame_is_no_larger_than_asked_and_in_the_language_of_the_address(
    client: FlaskClient, small: Loads
) -> None:
    _, found = asked(client, f"{SITE}/lessons/vao-lop/1?lang=en", "&maxwidth=320&maxheight=9999")
    assert (found["width"], found["height"]) == (320, 640)
    assert 'width="320"' in str(found["html"]) and "/embed/lessons/vao-lop/1?lang=en" in str(found["html"])
    assert asked(client, f"{SITE}/lessons/vao-lop", "&maxwidth=x&maxheight=0")[1]["height"] == 1


@pytest.mark.parametrize(
    "url",
    ["", "x", "http://[", f"{SITE}/", f"{SITE}/lessons", f"{SITE}/lessons/khong-co", f"{SITE}/lessons/vao-lop/99",
     "https://other.example/lessons/vao-lop", "http://localhost@other.example/lessons/vao-lop", f"{SITE}/account"],
)  # fmt: skip
def test_an_address_without_a_lesson_is_not_found(client: FlaskClient, small: Loads, url: str) -> None:
    assert asked(client, url)[0] == 404


def test_other_formats_are_not_implemented(client: FlaskClient, small: Loads) -> None:
    lesson = f"{SITE}/lessons/vao-lop"
    assert asked(client, lesson, "&format=xml")[0] == 501 and asked(client, lesson, "&format=json")[0] == 200


# ---- the offer to staff ----------------------------------------------------------------------------------------


def test_teachers_copy_the_frame_of_a_lesson_and_learners_are_not_offered_it(
    app: Flask, client: FlaskClient, as_: As, world: World, small: Loads
) -> None:
    for name, offered in (("hang", True), ("minh", False)):
        page = as_(name).get("/lessons/vao-lop").text
        code = re.search(r'<code id="embed-code">([^<]*)</code>', page)
        assert (code is not None and f'<iframe src="{SITE}{LESSON}"' in unescape(code[1])) is offered, name
    assert "embed-code" not in client.get("/lessons/vao-lop").text
    assert {ROUTES[f"lessons.{one}"] for one in ("embedded_lesson", "embedded_step", "oembed_answer")} == {ANYONE}
