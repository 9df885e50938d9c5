"""A withdrawal over the wire: real servers, two processes where there is Redis, every raw frame looked at."""

import re
import time
from collections.abc import Iterator

import pytest

from tests.rooms.people import Line, Person, http, sign_in, until
from tests.servers import Site, running

SOON = 1.0  # seconds after which the sockets of a child hear nothing more


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.services)])
def site(request: pytest.FixtureRequest) -> Iterator[Site]:
    """A running installation; with PostgreSQL it has two processes."""
    with running(request.param, request) as made:
        yield made


def found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    assert match is not None, pattern
    return match.group(1)


def enter(site: Site, person: Person, *, far: bool) -> Line:
    """Open the person's socket, on the last process if `far`, and enter the room."""
    line = Line(person, site.url(len(site.ports) - 1 if far else 0)).open()
    assert line.enter()["ok"]
    return line


def paired(site: Site) -> tuple[dict[str, Person], str]:
    """minh asks, khoa takes it, minh accepts: a room of the two, with lan's seat in it."""
    people = {name: sign_in(site, name) for name in ("minh", "khoa", "lan", "hang")}
    url = site.url()
    page = http(f"{url}/ask", people["minh"].cookie)[1]
    topic = found(r'<option value="([^"]+)"', page.split('name="topic"')[1])
    data = {"csrf_token": people["minh"].csrf, "topic": topic, "urgency": "1", "words": "Em bị kẹt"}
    asked = http(f"{url}/ask", people["minh"].cookie, data)[2]["Location"]
    number = asked.rsplit("/", 1)[1]
    assert people["khoa"].post(f"{url}/requests/{number}/claim") in (200, 302)
    assert people["minh"].post(f"{url}/requests/{number}/answer", word="accept") in (200, 302)
    room = found(r"/rooms/(\d+)", http(f"{url}/rooms", people["khoa"].cookie)[1])
    child = found(r'/children/(\d+)"><b>Minh', http(f"{url}/account", people["lan"].cookie)[1])
    for person in people.values():
        person.room = room
    return people, child


@pytest.mark.parametrize("purpose", ["chat", "pairing"])
def test_after_a_withdrawal_the_raw_frames_show_nothing_more(site: Site, purpose: str) -> None:
    people, child = paired(site)
    minh, khoa = enter(site, people["minh"], far=True), enter(site, people["khoa"], far=False)
    far = f"{site.url(0)}/rooms/{minh.person.room}"
    assert people["hang"].post(f"{far}/hold", on="1") == 200
    held = [khoa.write("Chào em")["seq"], khoa.write("Em kể tiếp nhé")["seq"]]
    until(lambda: {m["seq"] for m in minh.posted()} >= set(held))
    path = f"{site.url(0)}/children/{child}/consents/{purpose}"
    begun = time.monotonic()
    assert people["lan"].post(path, word="withdraw") in (200, 302)
    for line in (minh, khoa):
        until(lambda line=line: line.changes("closed"))  # type: ignore[misc]
        assert any("theo ý của gia đình Minh" in (m["text"] or "") for m in line.posted())
    assert time.monotonic() - begun < SOON * 2  # both pages know what happened
    time.sleep(max(0.0, SOON - (time.monotonic() - begun)))
    before = len(minh.frames)
    # The room is over; a held message that is released now is pushed to those who may hear.
    assert people["hang"].post(f"{far}/release", seq=held[0]) == 200
    until(lambda: khoa.changes("released"))
    assert minh.write("còn ai không")["error"] == "closed"
    assert minh.enter()["ok"]  # the past may be read again, and still nothing new comes
    assert people["hang"].post(f"{far}/release", seq=held[1]) == 200
    until(lambda: len(khoa.changes("released")) == 2)
    time.sleep(0.3)
    assert not any('["changed"' in frame or '["posted"' in frame for _at, frame in minh.frames[before:])
    assert minh.changes("released") == []
    for line in (minh, khoa):
        line.close()


def test_with_the_profile_the_sockets_are_cut_on_every_process(site: Site) -> None:
    people, child = paired(site)
    minh = enter(site, people["minh"], far=True)
    path = f"{site.url(0)}/children/{child}/consents/profile"
    assert people["lan"].post(path, word="withdraw", sure="1") in (200, 302)
    assert until(lambda: not minh.client.connected) < SOON
    frames = len(minh.frames)
    assert http(f"{site.url(0)}/account", people["minh"].cookie)[0] == 302
    time.sleep(0.3)
    assert len(minh.frames) == frames
