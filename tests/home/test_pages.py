"""The start page of each role, and what the main pages cost."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, person
from tutoring.lessons.progress.commands import reach_step
from tutoring.lessons.skills.queries import topics
from tutoring.pairing.offers import commands as offers_commands
from tutoring.pairing.requests import commands as requests_commands

As = Callable[[str], FlaskClient]


def ask(app: Flask, world: World, name: str) -> int:
    with app.app_context():
        learner = person(world[name])
        return requests_commands.ask_for_help(learner, learner, topics("vi")[0][0], "Em bị kẹt").id


def test_a_visitor_sees_what_this_is_and_may_open_a_lesson(client: FlaskClient) -> None:
    page = client.get("/")
    assert page.status_code == 200
    assert "Có người thật giúp bạn" in page.text and "/lessons" in page.text and "/campaigns" in page.text
    assert "Set-Cookie" not in page.headers


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("minh", "Chào em Minh"),
        ("lan", "Chào chị Lan"),
        ("hang", "Phòng đang mở"),
        ("mai", "Nơi bạn phụ trách"),
        ("admin1", "Chào"),
    ],
)
def test_each_role_has_a_start_page(as_: As, name: str, text: str) -> None:
    page = as_(name).get("/")
    assert page.status_code == 200 and text in " ".join(page.text.split())


def test_what_waits_for_me_comes_first(app: Flask, world: World, as_: As) -> None:
    asked = ask(app, world, "minh")
    assert "Đang chờ người giúp" in as_("minh").get("/").text
    assert "Có người cần em" in as_("khoa").get("/").text
    assert "Yêu cầu của Minh" in as_("lan").get("/").text
    with app.app_context():
        offers_commands.claim(person(world["khoa"]), asked)
    assert "Xem người giúp" in as_("minh").get("/").text
    assert "Em đang giúp em Minh" in as_("khoa").get("/").text


def test_one_goes_on_where_one_left_off(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        reach_step(world["minh"], "vao-lop-bang-duong-dan", 3)
    page = as_("minh").get("/").text
    assert "/lessons/vao-lop-bang-duong-dan/3" in page and "Bước 3 trên 9" in page


@pytest.mark.parametrize("path", ["/", "/help", "/lessons", "/sign-in", "/join"])
def test_pages_for_anyone_have_safe_headers(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_pages_of_a_signed_in_person_are_not_kept(as_: As) -> None:
    assert as_("minh").get("/account").headers["Cache-Control"] == "no-store"


# The number of statements that a page may ask of the database, sign-in and navigation included.
COSTS = {
    ("minh", "/"): 17,  # with first steps, what is next, and the rehearsal where one left off
    ("minh", "/lessons"): 8,
    ("minh", "/lessons/vao-lop-bang-duong-dan/2"): 5,
    ("minh", "/ask"): 10,
    ("minh", "/requests"): 7,
    ("khoa", "/helping"): 23,
    ("khoa", "/acts-about-me"): 6,
    ("hang", "/desk"): 12,
    ("hang", "/desk/second-looks"): 6,
    ("quang", "/desk/readings"): 7,
    ("khoa", "/helping/minutes"): 10,
    ("minh", "/sessions"): 14,
    ("lan", "/hours"): 9,
    ("hang", "/"): 32,
    ("hang", "/board"): 22,  # one for what can be undone, nine more while somebody waits: may she take the request
    ("minh", "/rooms"): 9,
    ("minh", "/notices"): 5,
    ("minh", "/calendar"): 16,  # a read for each kind of time
    ("lan", "/privacy"): 7,
    ("lan", "/circles"): 8,
    ("lan", "/notebook"): 6,
    ("minh", "/practice"): 6,
    ("minh", "/practice/ban-sao-khai-sinh"): 6,
    ("minh", "/practice/ban-sao-khai-sinh/watch?at=6"): 4,
    ("bay", "/visits"): 9,
    ("bay", "/devices"): 7,
    ("bay", "/devices/offers/new"): 6,
    ("mai", "/units/2/devices"): 10,
    ("bay", "/visits/new?kind=home"): 9,
    ("lan", "/devices/loans"): 9,
    ("bay", "/devices/thanks"): 7,
    ("mai", "/units/{phuong}/device-loans"): 8,
    ("lan", "/devices/needs"): 5,
    ("lan", "/devices/needs/new"): 9,
    ("mai", "/units/{phuong}/needs"): 13,
    ("admin1", "/figures"): 13,  # two months of figures, a year's trend, what lies below, names of topics and lessons
    ("muoi", "/training"): 15,
    ("mai", "/training"): 16,
    ("mai", "/units/{phuong}/internet"): 9,
    ("bay", "/devices/internet"): 5,
    ("bay", "/groups/{kp3}"): 21,  # with campaigns, what concerns visits and devices
    ("mai", "/groups/{phuong}"): 21,
    ("minh", "/groups/{phuong}"): 18,
    ("muoi", "/groups/{kp3}/tasks"): 6,
    ("bay", "/groups/{kp3}/posts"): 7,
    ("mai", "/units/2/campaigns"): 9,  # drafts below, which she may publish, are asked for too
    ("bay", "/campaigns"): 4,
    ("minh", "/account"): 16,  # four about consents, one of a borrowed machine, school accounts, sealed numbers
}


# Pages that most people open, and of each kind of staff what asks most; tests/every_page/test_statements.py has theirs.
OFTEN = {
    ("minh", "/"), ("minh", "/lessons/vao-lop-bang-duong-dan/2"), ("minh", "/ask"), ("minh", "/rooms"),
    ("minh", "/sessions"), ("minh", "/calendar"), ("minh", "/account"), ("khoa", "/helping"), ("hang", "/"),
    ("hang", "/board"), ("hang", "/desk"), ("lan", "/devices/needs/new"), ("mai", "/units/{phuong}/needs"),
    ("mai", "/training"), ("bay", "/groups/{kp3}"), ("admin1", "/figures"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "path"), [pytest.param(*one, marks=() if one in OFTEN else pytest.mark.full) for one in COSTS]
)
def test_what_a_page_costs(app: Flask, world: World, as_: As, queries: list[str], name: str, path: str) -> None:
    ask(app, world, "lan")
    client, at = as_(name), path.format(**world.units)
    client.get(at)
    queries.clear()
    assert client.get(at).status_code == 200
    asked = [statement for statement in queries if not statement.startswith(("BEGIN", "COMMIT", "ROLLBACK"))]
    assert len(asked) <= COSTS[name, path], "\n".join(asked)


def test_the_language_is_chosen_and_kept(client: FlaskClient) -> None:
    answer = client.post("/language", data={"language": "en", "next": "/help"})
    assert answer.location == "/help"
    assert '<html lang="en">' in client.get("/help").text
    client.post("/language", data={"language": "xx"})
    assert '<html lang="en">' in client.get("/help").text


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_the_language_switch_leads_nowhere_else(client: FlaskClient, target: str) -> None:
    assert client.post("/language", data={"language": "en", "next": target}).location == "/"
