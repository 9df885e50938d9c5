"""What sockets hear of drawings over pictures, against real servers: that something changed, and never what."""

import json
import urllib.request
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from tests.rooms.people import Bell, Line, Person, rooms_of, sign_in
from tests.safety.pictures import photo
from tests.servers import Site, running
from tests.waiting import until

TEXT = "Nút xanh lá"
# Over two processes too. In the quick run test_marks.py holds who hears of a drawing.
pytestmark = pytest.mark.full


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.services)])
def site(request: pytest.FixtureRequest) -> Iterator[Site]:
    with running(request.param, request) as made:
        yield made


def asks(person: Person, url: str, body: bytes, kind: str) -> dict[str, Any]:
    headers = {"Cookie": person.cookie, "Accept": "application/json", "Content-Type": kind, "X-CSRFToken": person.csrf}
    with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=60) as answer:
        found: dict[str, Any] = json.load(answer)
    return found


def sends_picture(person: Person, url: str) -> int:
    edge = uuid.uuid4().hex
    parts = [f'--{edge}\r\nContent-Disposition: form-data; name="client_id"\r\n\r\n{uuid.uuid4()}\r\n'.encode()]
    head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n'
    parts += [f"{head}Content-Type: image/jpeg\r\n\r\n".encode(), photo(), f"\r\n--{edge}--\r\n".encode()]
    answer = asks(
        person, f"{url}/rooms/{person.room}/pictures", b"".join(parts), f"multipart/form-data; boundary={edge}"
    )
    return int(answer["seq"])


def draws(person: Person, url: str, picture: str) -> None:
    shapes = [{"kind": "text", "at": [500, 500], "text": TEXT}]
    sent = json.dumps({"client_id": str(uuid.uuid4()), "shapes": shapes}).encode()
    assert asks(person, f"{url}{picture}/marks", sent, "application/json")["ok"]


def test_lines_hear_that_a_picture_was_drawn_on_only_where_they_may_see_it_and_never_what(site: Site) -> None:
    (learner, helper), (stranger, _other), (ringer, _idle) = rooms_of(site, 3, 2)
    url, far = site.url(0), site.url(len(site.ports) - 1)
    author, other, outside = (Line(one, far).open() for one in (learner, helper, stranger))
    bell = Bell(site, ringer)
    for line in (author, other, outside):
        line.enter()
    muoi = sign_in(site, "muoi")
    muoi.room = learner.room
    for path, data in (("enter", {}), ("hold", {"on": "1"})):
        assert muoi.post(f"{url}/rooms/{muoi.room}/{path}", **data) == 200
    watching = Line(muoi, far).open()
    watching.enter()
    seq = sends_picture(learner, url)
    held = learner.get(f"{url}/rooms/{learner.room}/messages?after={seq - 1}")["messages"][0]
    assert held["status"] == "held"
    picture = held["picture"]["url"]

    draws(muoi, url, picture)  # while it waits
    told = {"room": learner.room, "what": "marks", "seq": seq}
    until(lambda: author.changes("marks") == [told] and watching.changes("marks") == [told])
    bell.ring(other)
    assert other.changes("marks") == []

    for path, data in (("release", {"seq": seq}), ("hold", {"on": "0"})):
        assert muoi.post(f"{url}/rooms/{muoi.room}/{path}", **data) == 200
    draws(helper, url, picture)  # once everybody sees it
    until(lambda: other.changes("marks") == [told])
    until(lambda: author.changes("marks") == [told, told])
    bell.ring(outside)
    assert outside.changes("marks") == []
    for line in (author, other, outside, watching):
        assert not any(TEXT in frame or json.dumps(TEXT)[1:-1] in frame for _at, frame in line.frames)
        line.close()
    bell.close()
