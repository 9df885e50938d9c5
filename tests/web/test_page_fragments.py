"""Parts of a page alone: the same elements as in the whole page, for the same people, and nothing else."""

import re
import uuid
from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, person
from tutoring.config import ROOT
from tutoring.kernel import rate_limits
from tutoring.rooms.messages import commands as messages_commands
from tutoring.rooms.sessions import commands as sessions_commands
from tutoring.web.assets import release
from tutoring.web.page_fragments import ALONE, cut

As = Callable[[str], FlaskClient]
ROOM = ["people", "way-out", "watch", "calls", "composer"]


class Balance(HTMLParser):
    """Which elements stand by themselves, and whether every one is closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tops: list[str | None] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if not self.open:
            self.tops.append(dict(attrs).get("id"))
        if tag not in ALONE and tag != "path":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag != "path":
            assert self.open.pop() == tag


def tokenless(html: str) -> str:
    return re.sub(r'(?:name="(?:csrf_token|client_id)" value|href)="[^"]*"', "", html)


def a_room(app: Flask, world: World) -> int:
    with app.app_context():
        seats = [(world["lan"], "learner"), (world["hang"], "helper")]
        room = sessions_commands.open_room(world["kp3"], seats, topic="thu", minors=False, observed=False)
        for text in ("Chị hỏi câu này nhé", 'Có <p id="people"> trong bài'):
            rate_limits.clear()
            messages_commands.post_message(person(world["lan"]), room.id, str(uuid.uuid4()), text)
        return room.id


def test_a_room_gives_the_parts_that_are_asked_for_as_they_stand_in_it(app: Flask, world: World, as_: As) -> None:
    path, lan = f"/rooms/{a_room(app, world)}", as_("lan")
    whole = lan.get(path).text
    answer = lan.get(path, headers={"X-Parts": " ".join(ROOM)})
    read = Balance(answer.text)
    assert read.tops == ROOM and not read.open
    parts = tokenless(answer.text).removeprefix("<!doctype html>\n")
    begin = rf"\n(?=<[a-z]+ [^>]*id=\"(?:{'|'.join(ROOM)})\")"
    assert all(one in tokenless(whole) for one in re.split(begin, parts))
    assert len(answer.data) < len(whole.encode()) / 8
    with app.app_context():
        assert answer.headers["X-Release"] == release()
    assert answer.headers["Cache-Control"] == "no-store"


def test_what_stands_as_the_page_knows_it_does_not_come_again(app: Flask, world: World, as_: As) -> None:
    path, lan = f"/rooms/{a_room(app, world)}", as_("lan")
    later = f"later-{world['hang']}"
    same = lan.get(path, headers={"X-Parts": f"people composer=open calls={later}"})
    assert Balance(same.text).tops == ["people"]
    other = lan.get(path, headers={"X-Parts": f"people composer=locked calls={later.replace('later', 'now')}"})
    assert Balance(other.text).tops == ["people", "composer", "calls"]


def test_who_may_not_see_the_page_sees_no_part_of_it(app: Flask, world: World, as_: As, client: FlaskClient) -> None:
    path = f"/rooms/{a_room(app, world)}"
    refused = as_("khoa").get(path, headers={"X-Parts": "people"})
    assert refused.status_code == 404 and "Chị Lan" not in refused.text
    assert client.get(path, headers={"X-Parts": "people"}).status_code == 302


@pytest.mark.parametrize("asked", ["", "1", "people,composer", 'a"b', " ".join(["people"] * 61)])
def test_what_names_no_parts_gets_the_whole_page(app: Flask, world: World, as_: As, asked: str) -> None:
    answer = as_("lan").get(f"/rooms/{a_room(app, world)}", headers={"X-Parts": asked})
    assert "<head>" in answer.text and "X-Release" not in answer.headers
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


def test_words_of_somebody_are_no_element() -> None:
    html = '<p title=\'a id="x" b\'>id="x" </p><p title="a > b" id="x">mine<span>!</span></p><p>after</p>'
    assert cut(html, ["x"]) == '<p title="a > b" id="x">mine<span>!</span></p>'
    assert cut(html, ["y"]) == ""
    assert cut('<div id="x"><div>a</div><hr><divider></divider></div><div></div>', ["x"]) == (
        '<div id="x"><div>a</div><hr><divider></divider></div>'
    )
    assert cut('<input id="x" value="1"> more', ["x"]) == '<input id="x" value="1">'


@pytest.mark.parametrize("html", ['<table><tr id="x"><td>a</td></tr></table>', '<ul><li id="x">a<li>b</ul>'])
def test_where_a_part_cannot_stand_alone_the_whole_page_comes(html: str) -> None:
    assert cut(html, ["x"]) is None


def test_every_part_that_renews_itself_has_an_id_and_may_stand_alone() -> None:
    found = 0
    for template in sorted((ROOT / "templates").rglob("*.html")):
        within = r"(?:[^<>]|\{%.*?%\})*"
        for tag, rest in re.findall(rf"<([a-z]+)({within}? data-live=\"{within})>", template.read_text("utf-8")):
            found += 1
            assert tag in ("section", "div", "main", "p", "ul", "ol", "aside") and "id=" in rest, template
    assert found > 20
