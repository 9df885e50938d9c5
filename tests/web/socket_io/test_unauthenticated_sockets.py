"""How many lines may wait to become somebody's: without a sign-in, with one, and of one sign-in."""

import json
import time
from collections.abc import Iterator

import pytest
import websocket

from tests.rooms.people import Person, rooms_of
from tests.rooms.test_socket_limits import raw, unsigned
from tests.servers import Site
from tests.waiting import until
from tutoring.web.socket_io import packet_validation


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with Site() as made:
        yield made.prepare().start(1)


def opened(site: Site, cookie: str, count: int) -> list[websocket.WebSocket]:
    """As many half-open lines as the server lets this cookie have."""
    found = []
    for _ in range(count):
        try:
            found.append(unsigned(site, cookie))
        except websocket.WebSocketBadStatusException as refused:
            assert refused.status_code == 401
    return found


def test_a_flood_of_half_open_lines_takes_no_place_from_people_who_come_back(site: Site) -> None:
    people: list[Person] = [person for room in rooms_of(site, 20, 5) for person in room]
    flood = opened(site, "", packet_validation.MAX_UNAUTHENTICATED + 20)
    assert len(flood) == packet_validation.MAX_UNAUTHENTICATED
    assert not opened(site, "session=nothing-of-ours", 1)
    forged = people[0].cookie[:-3] + ("AAA" if people[0].cookie[-3:] != "AAA" else "BBB")
    assert not opened(site, forged, 1), "a cookie that we have not signed"
    # Far more at once than strangers may be: each has its line, and it becomes theirs.
    waiting = [unsigned(site, person.cookie) for person in people]
    assert len(waiting) > packet_validation.MAX_UNAUTHENTICATED
    for line, person in zip(waiting, people, strict=True):
        line.send("40" + json.dumps({"csrf": person.csrf}))
    assert all(line.recv()[:2] == "40" for line in waiting)
    for line in (*flood, *waiting):
        line.close()


def test_one_sign_in_has_few_half_open_lines_and_others_none_the_fewer(site: Site) -> None:
    [[one, other]] = rooms_of(site, 1, 2)
    held = opened(site, one.cookie, packet_validation.MOST_OF_ONE + 3)
    assert len(held) == packet_validation.MOST_OF_ONE
    raw(site, other).close()
    held.pop().close()
    more = until(lambda: opened(site, one.cookie, 1), "who hangs up has a place again")
    for line in (*held, *more):
        line.close()


def test_places_are_counted_by_kind_and_given_back() -> None:
    waiting = packet_validation.UnauthenticatedSockets()
    assert all(waiting.add(f"s{n}", None) for n in range(packet_validation.MAX_UNAUTHENTICATED)) and not waiting.add(
        "one more", None
    )
    assert all(waiting.add(f"k{n}", f"sign-in {n}") for n in range(packet_validation.MOST_EXPECTED))
    assert not waiting.add("too many", "another sign-in")
    waiting.drop("k0")
    waiting.drop("k0")
    waiting.drop("nobody's")
    assert waiting.add("k0", "sign-in 0") and not waiting.add("too many", "another sign-in")
    waiting.again("k0")  # it is there already
    waiting.again("cut")  # whoever was cut and stays on is a stranger, whatever there are of them
    assert not waiting.add("one more", None)
    assert (
        len(waiting.late(time.monotonic() + 1))
        == packet_validation.MAX_UNAUTHENTICATED + packet_validation.MOST_EXPECTED + 1
    )
    assert waiting.add("one more", None) and waiting.add("again", "another sign-in")
