"""A withdrawal over the wire: real servers, two processes where there is Redis, every raw frame looked at."""

import re
from collections.abc import Iterator

import pytest

from tests.rooms.people import Line, Person, http, sign_in
from tests.servers import Site, running
from tests.waiting import until

WHY = "theo ý của gia đình Minh"


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
    topic = found(r'name="topic" value="([^"]+)"', page)
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


@pytest.mark.parametrize("purpose", ["chat", pytest.param("pairing", marks=pytest.mark.full)])
def test_after_a_withdrawal_the_raw_frames_show_nothing_more(site: Site, purpose: str) -> None:
    people, child = paired(site)
    minh, khoa = enter(site, people["minh"], far=True), enter(site, people["khoa"], far=False)
    far = f"{site.url(0)}/rooms/{minh.person.room}"
    assert people["hang"].post(f"{far}/hold", on="1") == 200
    held = [khoa.write("Chào em")["seq"], khoa.write("Em kể tiếp nhé")["seq"]]
    until(lambda: {m["seq"] for m in minh.posted()} >= set(held), "minh hears what is held")
    path = f"{site.url(0)}/children/{child}/consents"
    assert people["lan"].post(f"{path}/{purpose}", word="withdraw") in (200, 302)
    for line in (minh, khoa):  # both pages know what happened
        until(lambda line=line: line.changes("closed"), "the room is closed")  # type: ignore[misc]
        until(lambda line=line: any(WHY in (m["text"] or "") for m in line.posted()), "it says why")  # type: ignore[misc]
    before = len(minh.frames)
    # The room is over; a held message that is released now is pushed to those who may hear.
    assert people["hang"].post(f"{far}/release", seq=held[0]) == 200
    until(lambda: khoa.changes("released"), "khoa hears the first")
    assert minh.write("còn ai không")["error"] == "closed"
    assert minh.enter()["ok"]  # the past may be read again, and still nothing new comes
    assert people["hang"].post(f"{far}/release", seq=held[1]) == 200
    until(lambda: len(khoa.changes("released")) == 2, "khoa hears the second")
    # What is pushed to a line stands in a row: once the last of it has come, all before it has.
    assert people["lan"].post(f"{path}/profile", word="withdraw", sure="1") in (200, 302)
    is_over(minh)
    assert not any('["changed"' in frame or '["posted"' in frame for _at, frame in minh.frames[before:])
    assert minh.changes("released") == []
    khoa.close()


def is_over(line: Line) -> None:
    """The server has ended this line, and all that came over it has been read."""
    until(lambda: not line.client.connected, "the line is cut")
    line.client.eio.read_loop_task.join(60)
    assert not line.client.eio.read_loop_task.is_alive()


def test_with_the_profile_the_sockets_are_cut_on_every_process(site: Site) -> None:
    people, child = paired(site)
    minh = enter(site, people["minh"], far=True)
    path = f"{site.url(0)}/children/{child}/consents/profile"
    assert people["lan"].post(path, word="withdraw", sure="1") in (200, 302)
    is_over(minh)  # over a line that is over nothing comes
    assert http(f"{site.url(0)}/account", people["minh"].cookie)[0] == 302
