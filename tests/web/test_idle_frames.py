"""Frames that say nothing, messages in endless parts, and talk before a sign-in: each ends its line, and no other."""

from collections.abc import Callable, Iterator

import pytest

from tests.rooms.people import Person, rooms_of
from tests.servers import Site
from tests.web.test_transport import Wire, answers
from tutoring.web.transport import frame_allowance

TEXT, CONTINUED, PING, PONG = 0x1, 0x0, 0x9, 0xA


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with Site() as made:
        made.env["LIMITS_SCALE"] = "100000"
        yield made.prepare().start(1)


@pytest.fixture(scope="module")
def people(site: Site) -> list[Person]:
    return rooms_of(site, 1, 2)[0]


def ends(wire: Wire) -> bool:
    """Whether the server hangs up; waiting for ever is no end."""
    wire.sock.settimeout(15)
    try:
        while wire.sock.recv(65536):
            pass
    except TimeoutError:
        return False
    except OSError:
        pass
    return True


def sends(wire: Wire, count: int, *frame: object) -> None:
    try:
        for _ in range(count):
            wire.frame(*frame)  # type: ignore[arg-type]
    except OSError:
        pass  # it was cut in the middle


def parts(wire: Wire) -> None:
    wire.frame(TEXT, b"4", False)
    sends(wire, 500, CONTINUED, b"x", False)


def empty_parts(wire: Wire) -> None:
    wire.frame(TEXT, b"4", False)
    sends(wire, 5000, CONTINUED, b"", False)


FLOODS: dict[str, Callable[[Wire], None]] = {
    "pings": lambda wire: sends(wire, 3000, PING, b""),
    "pongs": lambda wire: sends(wire, 3000, PONG, b"x"),
    "empty": lambda wire: sends(wire, 3000, TEXT, b""),
    "alive": lambda wire: sends(wire, 3000, TEXT, b"3"),
    "parts": parts,
    "empty parts": empty_parts,
}


@pytest.mark.parametrize("flood", FLOODS)
@pytest.mark.parametrize("signed", [pytest.param(False, marks=pytest.mark.full), True])
def test_what_says_nothing_too_often_ends_its_line(site: Site, people: list[Person], flood: str, signed: bool) -> None:
    wire = Wire(site, people[0] if signed else None)
    FLOODS[flood](wire)
    assert ends(wire)
    assert answers(Wire(site, people[1]), people[1])


def test_before_a_sign_in_a_line_says_little(site: Site) -> None:
    wire = Wire(site)
    sends(wire, 10 * frame_allowance.MOST_BEFORE, TEXT, b'421["ask",{}]')
    assert ends(wire)


def test_after_it_a_line_may_say_much_and_in_parts(site: Site, people: list[Person]) -> None:
    wire = Wire(site, people[0])
    for _ in range(3 * frame_allowance.MOST_BEFORE):
        assert answers(wire, people[0])
    for _ in range(frame_allowance.MOST_IDLE // 2):
        wire.frame(PING, b"x")
        assert wire.next() == (PONG, b"x")
    wire.say('421["enter",{}]', pieces=10)
    assert answers(wire, people[0])
