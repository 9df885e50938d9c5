"""Calls over real sockets: one process on SQLite; two processes, PostgreSQL and Redis."""

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from tests.rooms.people import Answer, Bell, Line, Person, enter, rooms_of, sign_in
from tests.servers import Site, running
from tests.waiting import until

OFFER = {"description": {"type": "offer", "sdp": "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\n"}}
ANSWER = {"description": {"type": "answer", "sdp": "v=0\r\no=- 3 4 IN IP4 127.0.0.1\r\n"}}


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.services)])
def site(request: pytest.FixtureRequest) -> Iterator[Site]:
    """A running installation; with PostgreSQL it has two processes."""
    with running(request.param, request) as made:
        yield made


@pytest.fixture(scope="module")
def rooms(site: Site) -> Iterator[list[Person]]:
    return iter(rooms_of(site, 40, 2))


@pytest.fixture(scope="module")
def bell(site: Site, rooms: Iterator[list[Person]]) -> Iterator[Bell]:
    """In a room of its own."""
    made = Bell(site, next(rooms)[0])
    yield made
    made.close()


@pytest.fixture
def two(site: Site, rooms: Iterator[list[Person]]) -> Iterator[list[Line]]:
    """Two people in a fresh room, on different processes where there are two."""
    made = [Line(person, site.url(n % len(site.ports))).open() for n, person in enumerate(next(rooms))]
    assert all(answer["ok"] for answer in enter(made))
    yield made
    for line in made:
        line.close()


def heard(line: Line, event: str) -> list[Answer]:
    return [data for name, data in line.heard if name == event]


def begin(asker: Line, answerer: Line) -> str:
    """A call that goes on between the two; its id."""
    asked = asker.say("call", act="ask")
    assert asked["ok"], asked
    until(lambda: heard(answerer, "call"))
    said = answerer.say("call", act="accept", id=asked["call"]["id"])
    assert said["ok"], said
    until(lambda: heard(asker, "call")[-1]["state"] == "on")
    return str(said["call"]["id"])


def signals(line: Line) -> list[Any]:
    return [one["data"] for one in heard(line, "signal")]


def test_one_asks_the_other_says_yes_and_signals_go_to_the_other_line_alone(
    site: Site, two: list[Line], bell: Bell
) -> None:
    asker, answerer = two
    room = asker.person.room
    before = asker.person.get(f"{site.url()}/rooms/{room}/call")
    assert before["may"] is True and before["call"] is None and before["ice"] == [] and before["why"] == ""
    assert [one["id"] for one in before["others"]] == [answerer.person.user]
    second = Line(answerer.person, site.url(0)).open()
    second.enter()

    asked = asker.say("call", act="ask")
    assert asked["call"]["state"] == "asked" and asked["call"]["mine"] == "asker" and asked["call"]["here"] is True
    for line in (answerer, second):
        until(lambda line=line: heard(line, "call"))  # type: ignore[misc]
        rings = heard(line, "call")[0]
        assert set(rings) == {"id", "room", "asker", "answerer", "state", "why"}
        assert rings["asker"]["id"] == asker.person.user and rings["answerer"]["id"] == answerer.person.user
    call = asked["call"]["id"]
    assert asker.say("signal", id=call, data=OFFER)["error"] == "over"  # nothing passes before the yes
    yes = answerer.say("call", act="accept", id=call)["call"]
    assert yes["state"] == "on" and yes["mine"] == "answerer" and yes["here"] is True
    until(lambda: heard(asker, "call")[-1]["state"] == "on")

    assert asker.say("signal", id=call, data=OFFER) == {"ok": True}
    until(lambda: signals(answerer) == [OFFER])
    assert answerer.say("signal", id=call, data=ANSWER) == {"ok": True}
    until(lambda: signals(asker) == [ANSWER])
    assert heard(asker, "signal")[0] == {"room": room, "id": call, "data": ANSWER}
    bell.ring(asker, answerer, second)
    assert signals(second) == [] and signals(answerer) == [OFFER] and signals(asker) == [ANSWER]

    assert answerer.say("call", act="end", id=call)["call"]["why"] == "hung_up"
    until(lambda: heard(asker, "call")[-1]["state"] == "ended")
    assert asker.say("signal", id=call, data=OFFER)["error"] == "over"
    second.close()


# ---- bad input: refused, and nothing relayed -----------------------------------------------------------------


def refused(line: Line, other: Line, code: str | tuple[str, ...], **data: object) -> None:
    """This signal is refused with this code, and the other side hears nothing of it."""
    before = len(other.frames)
    answer = line.say("signal", **data)
    assert answer["ok"] is False and answer["error"] in ((code,) if isinstance(code, str) else code), (data, answer)
    if not other.is_over:
        other.say("catch_up", after=0)  # what the same process pushed before has come before this answer
    _no_signal(other, before)


def _no_signal(line: Line, before: int = 0) -> None:
    said = [text for text in line.pushed(before) if '"signal"' in text]
    assert said == [], said


def test_signals_of_whoever_has_no_part_in_the_call_go_nowhere(
    site: Site, two: list[Line], rooms: Iterator[list[Person]], bell: Bell
) -> None:
    asker, answerer = two
    call, room = begin(asker, answerer), asker.person.room
    refused(asker, answerer, "missing", id="999999", data=OFFER)  # an unknown call
    for odd in ("", "x", "-1", "1 ", "١", "9" * 40):
        refused(asker, answerer, "missing", id=odd, data=OFFER)
    second = Line(asker.person, site.url(0)).open()
    second.enter()
    refused(second, answerer, "elsewhere", id=call, data=OFFER)  # another socket of the same person
    lead = sign_in(site, "muoi")
    lead.room = room
    assert lead.post(f"{site.url()}/rooms/{room}/enter") == 200
    watcher = Line(lead, site.url(0)).open()
    watcher.enter()
    refused(watcher, answerer, "missing", id=call, data=OFFER)  # a watcher
    third, fourth = (Line(one, site.url(0)).open() for one in next(rooms))
    third.enter(), fourth.enter()
    others = begin(third, fourth)
    refused(third, answerer, "missing", id=call, data=OFFER)  # another's call, said to one's own room
    refused(third, answerer, "missing", room=room, id=call, data=OFFER)  # an outsider
    refused(asker, fourth, "missing", id=others, data=OFFER)
    assert asker.say("call", act="end", id=others)["error"] == "missing"
    assert third.say("call", room=room, act="resume", id=call)["error"] == "missing"
    assert lead.get(f"{site.url()}/rooms/{room}/call")["call"] is None
    bell.ring(asker, answerer, second, watcher, third, fourth)
    for line in (asker, answerer, second, watcher, third, fourth):
        assert signals(line) == []
    assert heard(watcher, "call") == [] and heard(third, "call")[-1]["id"] == others
    asker.say("call", act="end", id=call)
    refused(asker, answerer, "over", id=call, data=OFFER)  # a call that is over
    for line in (second, watcher, third, fourth):
        line.close()


SDP = "v=0\r\n"
WRONG: list[Any] = [
    None, 1, "offer", [], [OFFER], {}, {"unknown": 1}, {**OFFER, "quiet": True}, {"description": None},
    {"description": {"type": "offer"}}, {"description": {"sdp": SDP}}, {"description": {"type": "offer", "sdp": 1}},
    {"description": {"type": "rollback", "sdp": SDP}}, {"description": {"type": ["offer"], "sdp": SDP}},
    {"description": {"type": "offer", "sdp": "<script>"}}, {"description": {"type": "offer", "sdp": SDP + "\0"}},
    {"description": {"type": "offer", "sdp": SDP, "more": 1}}, {"description": {"type": "offer", "sdp": [SDP]}},
    {"candidate": 1}, {"candidate": "candidate:1"}, {"candidate": {}}, {"candidate": {"candidate": 1}},
    {"candidate": {"candidate": "a" * 1001}}, {"candidate": {"candidate": "", "sdpMLineIndex": -1}},
    {"candidate": {"candidate": "", "sdpMLineIndex": True}}, {"candidate": {"candidate": "", "sdpMid": 0}},
    {"candidate": {"candidate": "", "address": "10.0.0.1"}}, {"candidate": {"candidate": "", "sdpMid": "a" * 300}},
    {"point": None}, {"point": {"x": 0.5}}, {"point": {"x": 0.5, "y": 1.01}}, {"point": {"x": -0.1, "y": 0}},
    {"point": {"x": True, "y": 0}}, {"point": {"x": "0", "y": 0}},
    {"point": {"x": 0, "y": 0, "z": 0}}, {"point": {"x": 0, "y": 0, "to": ""}}, {"point": {"x": 0, "y": 0, "to": None}},
    {"point": {"x": 0, "y": 0, "to": "a" * 65}}, {"point": {"x": 0, "y": 0, "to": "<b>"}},
    {"point": {"x": 0, "y": 0, "to": "nút"}}, {"quiet": 1}, {"quiet": None}, {"quiet": "true"},
    {"sharing": True}, {"sharing": {"on": True}}, {"sharing": {"on": 1, "own": True}},
    {"sharing": {"on": True, "own": True, "more": 1}},
    {"description": {"type": "offer", "sdp": SDP + "a" * 16_000}},  # too large, in letters
    {"description": {"type": "offer", "sdp": SDP + "ữ" * 6_000}},  # and in bytes
]  # fmt: skip


def test_wrong_types_strange_members_and_large_ones_go_nowhere(two: list[Line], bell: Bell) -> None:
    asker, answerer = two
    call = begin(asker, answerer)
    for data in WRONG:
        refused(asker, answerer, "invalid", id=call, data=data)
    for wrong in ({}, {"id": call}, {"data": OFFER}, {"id": call, "data": OFFER, "more": 1}):
        refused(asker, answerer, "invalid", **wrong)
    for odd in (int(call), None, [call], {"a": 1}):
        refused(asker, answerer, "invalid", id=odd, data=OFFER)
    bell.ring(answerer)
    assert signals(answerer) == []
    address = {"candidate": "candidate:1 1 udp 1 10.0.0.1 9 typ host", "sdpMid": "0", "sdpMLineIndex": 0}
    for right in (
        OFFER, {"candidate": None}, {"candidate": {**address, "usernameFragment": None}},
        {"point": {"x": 0, "y": 0.25, "to": "step-3.p2"}}, {"quiet": False}, {"sharing": {"on": True, "own": False}},
    ):  # fmt: skip
        assert asker.say("signal", id=call, data=right) == {"ok": True}, right
    until(lambda: len(signals(answerer)) == 6)


STRANGE: list[dict[str, Any]] = [
    {}, {"act": "listen"}, {"act": None}, {"act": ["ask"]}, {"act": {}}, {"act": "accept"}, {"act": "end", "id": 1},
    {"act": "ask", "id": "1"}, {"act": "ask", "to": 1}, {"act": "end", "id": "1", "to": "1"},
    {"act": "ask", "video": True},
]  # fmt: skip


def test_a_strange_act_is_none(two: list[Line], bell: Bell) -> None:
    for data in STRANGE:
        assert two[0].say("call", **data)["error"] == "invalid", data
    bell.ring(two[1])
    assert heard(two[1], "call") == []


def test_more_than_a_line_takes_ends_the_line_and_reaches_nobody(two: list[Line], bell: Bell) -> None:
    asker, answerer = two
    call = begin(asker, answerer)
    large = {"description": {"type": "offer", "sdp": SDP + "a" * 70_000}}
    asker.client.emit("signal", {"room": asker.person.room, "id": call, "data": large})
    until(lambda: asker.is_over)
    bell.ring(answerer)
    assert signals(answerer) == []


def seats_a_minor(site: Site, room: str) -> None:
    """Put a pupil of the demonstration onto a seat of this room, as no page of ours can, and tell nobody."""
    sit = """INSERT INTO seat (room_id, user_id, role, mute_reason, seen_seq)
             SELECT :room, id, 'guardian', '', 0 FROM "user" WHERE username = 'minh'"""
    with site.transaction() as connection:
        assert connection.execute(sa.text(sit), {"room": int(room)}).rowcount == 1


def test_a_signal_to_a_room_with_a_minor_goes_nowhere_and_ends_the_call(site: Site, two: list[Line]) -> None:
    asker, answerer = two
    call = begin(asker, answerer)
    seats_a_minor(site, asker.person.room)
    refused(asker, answerer, "minor", id=call, data=OFFER)
    for one in two:
        until(lambda one=one: heard(one, "call")[-1]["why"] == "minor")  # type: ignore[misc]
    refused(answerer, asker, "over", id=call, data=ANSWER)
    assert asker.say("call", act="ask")["error"] == "minor"
    shown = asker.person.get(f"{site.url()}/rooms/{asker.person.room}/call")
    assert shown == {"call": None, "may": False, "why": "minor", "others": [], "ice": []}


def test_a_call_is_over_as_soon_as_a_minor_comes_in(site: Site, two: list[Line]) -> None:
    minh = sign_in(site, "minh")
    call = begin(*two)
    minh.room = two[0].person.room
    seats_a_minor(site, minh.room)
    entering = Line(minh, site.url(len(site.ports) - 1)).open()
    assert entering.enter()["ok"]
    for one in two:
        until(lambda one=one: heard(one, "call")[-1]["state"] == "ended")  # type: ignore[misc]
        assert heard(one, "call")[-1]["why"] == "minor" and heard(one, "call")[-1]["id"] == call
    assert heard(entering, "call") == []
    entering.close()


# ---- what ends it, over real lines ---------------------------------------------------------------------------


ORDER: dict[str, tuple[str, Any]] = {
    "remove": ("removed", lambda one: {"user": one, "reason": "thử"}),
    "mute": ("muted", lambda one: {"user": one, "minutes": 5, "reason": "thử"}),
    "lock": ("locked", lambda _one: {"reason": "thử"}),
    "close": ("closed", lambda _one: {"reason": "thử"}),
}


IN_ALL = [pytest.param(act, marks=() if act == "mute" else pytest.mark.full) for act in ORDER]


@pytest.mark.parametrize("act", IN_ALL)
def test_whoever_keeps_order_ends_it_at_once(site: Site, two: list[Line], act: str) -> None:
    asker, answerer = two
    call = begin(asker, answerer)
    lead = sign_in(site, "muoi")
    why, form = ORDER[act]
    assert lead.post(f"{site.url()}/rooms/{asker.person.room}/{act}", **form(answerer.person.user)) == 200
    for one in two:
        until(lambda one=one: heard(one, "call")[-1]["why"] == why)  # type: ignore[misc]
    refused(asker, answerer, ("over", why), id=call, data=OFFER)
    refused(answerer, asker, ("over", why, "missing"), id=call, data=ANSWER)


def test_signing_out_ends_it_at_once(site: Site, two: list[Line]) -> None:
    asker, answerer = two
    call = begin(asker, answerer)
    assert answerer.person.post(f"{site.url()}/sign-out") in (200, 302)
    until(lambda: heard(asker, "call")[-1]["why"] == "signed_out")
    until(lambda: answerer.is_over)
    refused(asker, answerer, "over", id=call, data=OFFER)


def test_a_page_that_comes_back_takes_over_and_the_old_one_is_told(site: Site, two: list[Line]) -> None:
    asker, answerer = two
    call = begin(asker, answerer)
    back = Line(answerer.person, site.url(0)).open()
    back.enter()
    said = back.say("call", act="resume", id=call)["call"]
    assert said["here"] is True and said["mine"] == "answerer" and said["state"] == "on"
    until(lambda: heard(answerer, "call")[-1].get("here") is False)
    assert all("here" not in one for line in (asker, back) for one in heard(line, "call"))
    refused(answerer, asker, "elsewhere", id=call, data=ANSWER)
    before = len(answerer.frames)
    assert asker.say("signal", id=call, data=OFFER) == {"ok": True}
    until(lambda: signals(back) == [OFFER])
    answerer.say("catch_up", after=0)
    _no_signal(answerer, before)
    back.close()
    until(lambda: asker.say("signal", id=call, data=OFFER).get("error") == "away")
    back = Line(answerer.person, site.url(len(site.ports) - 1)).open()
    assert back.say("call", act="resume", id=call)["ok"]
    assert asker.say("signal", id=call, data=OFFER) == {"ok": True}
    until(lambda: signals(back) == [OFFER])
    assert back.say("call", act="end", id=call)["call"]["why"] == "hung_up"
    back.close()


@pytest.mark.full  # it takes twenty seconds; test_calls.py holds for how long a broken line is waited for
def test_a_line_that_does_not_come_back_ends_it(two: list[Line]) -> None:
    asker, answerer = two
    begin(asker, answerer)
    answerer.close()
    until(lambda: heard(asker, "call")[-1]["state"] == "ended", "the call is over", 120)
    assert heard(asker, "call")[-1]["why"] == "lost"


# ---- a flood -------------------------------------------------------------------------------------------------


@pytest.mark.full  # a site of its own; test_signals.py holds how many pass
def test_of_a_flood_no_more_passes_than_a_call_needs() -> None:
    """At the rates of a real site: the first sixty signals pass, and then some are refused, and relayed to nobody."""
    with Site(LIMITS_SCALE="1") as site:
        site.prepare().start(1)
        asker, answerer = (Line(one, site.url()).open() for one in rooms_of(site, 1, 2)[0])
        asker.enter(), answerer.enter()
        call, said = begin(asker, answerer), list[Answer]()

        def point() -> bool:
            said.append(asker.say("signal", id=call, data={"point": {"x": 0.5, "y": 0.5}}))
            return not said[-1]["ok"]

        for number in range(60):
            assert not point(), number
        until(lambda: point() and point() and point(), "three in a row are refused")
        said_no = [one for one in said if not one["ok"]]
        assert {one["error"] for one in said_no} == {"too_many"} and all(one["retry_after"] >= 1 for one in said_no)
        assert answerer.say("signal", id=call, data=ANSWER) == {"ok": True}, "the other side is no slower for it"
        assert len(signals(answerer)) == len(said) - len(said_no)
        asker.close(), answerer.close()
