"""Sockets against real servers: one process on SQLite, two processes on PostgreSQL and Redis."""

import uuid
from collections.abc import Iterator

import pytest
import socketio
from socketio.exceptions import ConnectionError as Refused

from tests.rooms.people import Bell, Line, Person, enter, http, membership_of, rooms_of, sign_in
from tests.servers import Site, running
from tests.waiting import until


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.services)])
def site(request: pytest.FixtureRequest) -> Iterator[Site]:
    """A running installation; with PostgreSQL it has two processes."""
    with running(request.param, request) as made:
        yield made


@pytest.fixture(scope="module")
def lead(site: Site) -> Person:
    """The lead of the neighbourhood, who may watch rooms of adults there."""
    return sign_in(site, "muoi")


@pytest.fixture(scope="module")
def rooms(site: Site) -> Iterator[list[Person]]:
    """Rooms of two that nobody has been in yet."""
    return iter(rooms_of(site, 30, 2))


@pytest.fixture(scope="module")
def bell(site: Site, rooms: Iterator[list[Person]]) -> Iterator[Bell]:
    """In a room of its own."""
    made = Bell(site, next(rooms)[0])
    yield made
    made.close()


@pytest.fixture
def lines(site: Site, rooms: Iterator[list[Person]]) -> Iterator[list[Line]]:
    """Two people in a fresh room, on different processes where there are two."""
    people = next(rooms)
    made = [Line(person, site.url(n % len(site.ports))).open() for n, person in enumerate(people)]
    yield made
    for line in made:
        line.close()


def texts(line: Line) -> list[tuple[int, str | None]]:
    return [(message["seq"], message["text"]) for message in line.posted()]


def test_a_lesson_is_put_into_the_talk_opened_and_followed_over_two_lines(site: Site, lines: list[Line]) -> None:
    learner, helper = lines
    enter(lines)
    room = f"{site.url(0)}/rooms/{helper.person.room}"
    sent = helper.person.post(f"{room}/cards", client_id=uuid.uuid4(), lesson="vao-lop-bang-duong-dan", step=2)
    assert sent == 200
    until(learner.posted)
    card = learner.posted()[0]
    assert card["lesson"] == {"slug": "vao-lop-bang-duong-dan", "step": 2} and card["text"].startswith("Bài học: ")
    assert learner.person.post(f"{room}/cards", client_id=uuid.uuid4(), lesson="vao-lop-bang-duong-dan") == 403
    assert helper.person.post(f"{room}/lesson", seq=card["seq"]) == 200
    until(lambda: learner.changes("step"))
    assert learner.changes("step")[0]["lesson"] == "vao-lop-bang-duong-dan"
    form = {"lesson": "vao-lop-bang-duong-dan", "step": 2}
    assert learner.person.post(f"{room}/tick", **form) == 200
    until(lambda: helper.changes("signs"))
    assert helper.changes("signs") == [{"room": helper.person.room, "what": "signs"}]
    assert helper.person.post(f"{room}/tick", **form) == 403
    again = learner.say("catch_up", after=0)["messages"]
    assert again[0]["lesson"] == card["lesson"]


# ---- connecting --------------------------------------------------------------------------------------------


def refused(site: Site, person: Person, auth: object = None, **options: object) -> str:
    client = socketio.Client(reconnection=False, request_timeout=60, websocket_extra_options=options)
    said: list[object] = []
    client.on("connect_error", said.append)
    auth = {"csrf": person.csrf} if auth is None else auth
    with pytest.raises(Refused):
        headers = {"Cookie": person.cookie}
        client.connect(site.url(), headers=headers, auth=auth, transports=["websocket"], wait_timeout=60)
    return str(said)


def test_a_foreign_or_missing_origin_is_refused(site: Site, rooms: Iterator[list[Person]]) -> None:
    person = next(rooms)[0]
    refused(site, person, origin="http://evil.example")
    refused(site, person, suppress_origin=True)


def test_no_session_and_no_token_are_refused_by_name(site: Site, rooms: Iterator[list[Person]]) -> None:
    person = next(rooms)[0]
    assert "signed_out" in refused(site, Person("", "", person.csrf))
    assert "signed_out" in refused(site, Person("", "session=x", person.csrf))
    assert "csrf" in refused(site, person, auth={"csrf": "wrong"})
    assert "csrf" in refused(site, person, auth=[])


# ---- the protocol ------------------------------------------------------------------------------------------


def test_a_message_comes_once_to_everybody_its_author_too(lines: list[Line], bell: Bell) -> None:
    assert enter(lines) == [{"ok": True, "seq": 0, "messages": [], "more": False}] * 2
    client_id = str(uuid.uuid4())
    assert lines[0].write("Chào bạn", client_id) == {"ok": True, "seq": 1, "status": "sent"}
    assert lines[1].write("Chào") == {"ok": True, "seq": 2, "status": "sent"}
    for line in lines:
        until(lambda line=line: len(line.posted()) == 2)  # type: ignore[misc]
        first = line.posted()[0]
        assert set(first) == {"room", "seq", "client_id", "author", "name", "text", "at", "kind", "status", "picture"}
        assert (first["seq"], first["client_id"], first["text"]) == (1, client_id, "Chào bạn")
        assert (first["author"], first["room"]) == (lines[0].person.user, lines[0].person.room)
    bell.ring(*lines)
    assert [len(line.posted()) for line in lines] == [2, 2]


def test_a_pushed_message_equals_a_fetched_one(lines: list[Line], site: Site) -> None:
    enter(lines)
    for n in range(5):
        lines[n % 2].write(f"tin {n}")
    until(lambda: len(lines[1].posted()) == 5)
    pushed = sorted(lines[1].posted(), key=lambda message: message["seq"])
    caught_up = lines[1].say("catch_up", after=0)
    assert caught_up["messages"] == pushed and caught_up["more"] is False
    page = lines[1].person.get(f"{site.url()}/rooms/{lines[1].person.room}/messages?after=0")
    assert page["messages"] == pushed


def test_a_replayed_client_id_gets_the_first_answer_and_a_head_tells_who_missed_it(lines: list[Line]) -> None:
    enter(lines)
    client_id = str(uuid.uuid4())
    first = lines[0].write("lần một", client_id)
    assert lines[0].write("lần hai", client_id) == first
    until(lambda: ("head", {"room": lines[1].person.room, "seq": 1}) in lines[1].heard)
    assert texts(lines[1]) == [(1, "lần một")]
    assert [m["text"] for m in lines[1].say("catch_up", after=0)["messages"]] == ["lần một"]


FAULTS: list[tuple[str, dict[str, object], str]] = [
    ("post", {"client_id": str(uuid.uuid4()), "text": "x" * 1001}, "too_long"),
    ("post", {"client_id": str(uuid.uuid4()), "text": " "}, "empty"),
    ("post", {"client_id": str(uuid.uuid4()), "text": 5}, "invalid"),
    ("post", {"client_id": "17", "text": "Chào"}, "invalid"),
    ("post", {}, "invalid"),
    ("post", {"room": "999999", "client_id": str(uuid.uuid4()), "text": "Chào"}, "missing"),
    ("post", {"room": "không có", "client_id": str(uuid.uuid4()), "text": "Chào"}, "missing"),
    ("post", {"room": ["7"], "client_id": str(uuid.uuid4()), "text": "Chào"}, "invalid"),
    ("enter", {"after": -1}, "invalid"),
    ("enter", {"after": "0"}, "invalid"),
    ("enter", {"after": True}, "invalid"),
    ("catch_up", {"after": 2**40}, "invalid"),
    ("follow", {"step": 1}, "refused"),
    ("seen", {"seq": "x"}, "invalid"),
    ("signal", {}, "invalid"),
]


def test_each_fault_is_refused_by_its_name(lines: list[Line]) -> None:
    for verb, data, error in FAULTS:
        answer = lines[0].say(verb, **data)
        assert (answer["ok"], answer["error"]) == (False, error), (verb, data)
        assert answer["say"]
        assert lines[0].say("catch_up", after=0)["seq"] == 0, (verb, data)


def test_nobody_writes_as_somebody_else_nor_as_the_room(lines: list[Line]) -> None:
    enter(lines)
    other = lines[1].person.user
    forged = {"author": other, "author_id": int(other), "user": other, "name": "Cô Hằng", "seq": 99, "kind": "system",
              "status": "masked", "at": "2001-01-01T00:00:00.000Z", "picture": {"url": "/x"}}  # fmt: skip
    assert lines[0].say("post", client_id=str(uuid.uuid4()), text="của tôi", **forged)["seq"] == 1
    until(lambda: lines[1].posted())
    [told] = lines[1].posted()
    assert (told["author"], told["seq"], told["kind"], told["status"], told["picture"]) == (
        lines[0].person.user, 1, "text", "sent", None,
    )  # fmt: skip
    assert told["name"] != "Cô Hằng" and told["at"] > "2020"


LETTERS = [
    ("ma\u0301", "má"),
    ("\u202elại\u202c \x00đây\u200b", "lại đây"),
    ("👩🏽‍🏫 Tốt", "👩🏽🏫 Tốt"),
    ("\ud800", None),
    ("\u200b\u2060", None),
]


def test_odd_letters_are_put_right_or_refused(lines: list[Line]) -> None:
    kept: list[str] = []
    for text, stored in LETTERS:
        answer = lines[0].write(text)
        assert answer["ok"] is (stored is not None) and answer.get("error") in (None, "invalid", "empty"), text
        kept += [] if stored is None else [stored]
        assert [one["text"] for one in lines[0].say("catch_up", after=0)["messages"]] == kept


def test_what_is_no_object_is_invalid(lines: list[Line]) -> None:
    for data in ("x", 7, None, [1], ("a", "b")):
        assert lines[0].client.call("post", data)["error"] == "invalid"


def test_an_outsider_finds_no_room_and_hears_nothing(
    lines: list[Line], site: Site, rooms: Iterator[list[Person]], bell: Bell
) -> None:
    enter(lines)
    stranger = next(rooms)[0]
    stranger.room = lines[0].person.room
    outside = Line(stranger, site.url()).open()
    verbs: dict[str, dict[str, object]] = {
        "enter": {"after": 0},
        "catch_up": {"after": 0},
        "typing": {},
        "follow": {"step": 1},
        "seen": {"seq": 1},
        "leave": {},
        "post": {"client_id": str(uuid.uuid4()), "text": "a"},
    }
    for verb, data in verbs.items():
        assert outside.say(verb, **data)["error"] == "missing", verb
    lines[0].write("nghe không?")
    until(lines[1].posted)
    bell.ring(outside)
    assert outside.heard == []
    outside.close()


def test_a_long_absence_is_caught_up_page_by_page(lines: list[Line]) -> None:
    for n in range(130):
        assert lines[0].write(f"tin {n + 1}")["ok"]
    first = lines[1].enter()
    assert (len(first["messages"]), first["more"], first["seq"]) == (100, True, 130)
    rest = lines[1].say("catch_up", after=first["messages"][-1]["seq"])
    assert [m["text"] for m in rest["messages"]] == [f"tin {n}" for n in range(101, 131)] and not rest["more"]


def test_typing_and_presence_reach_the_room_alone(lines: list[Line]) -> None:
    enter(lines)
    until(lambda: lines[0].changes("presence") and len(lines[0].changes("presence")[-1]["present"]) == 2)
    assert lines[1].say("typing")["ok"]
    until(lambda: lines[0].changes("typing"))
    assert lines[0].changes("typing")[0]["author"] == lines[1].person.user
    lines[1].close()
    until(lambda: [one["id"] for one in lines[0].changes("presence")[-1]["present"]] == [lines[0].person.user])


def test_who_says_goodbye_hears_no_more(lines: list[Line], bell: Bell) -> None:
    enter(lines)
    assert lines[1].say("leave")["ok"]
    lines[0].write("còn ai không?")
    bell.ring(lines[1])
    assert lines[1].posted() == []
    assert [m["text"] for m in lines[1].enter()["messages"]] == ["còn ai không?"]


# ---- watchers ----------------------------------------------------------------------------------------------


def far(site: Site, lines: list[Line], name: str) -> str:
    """An address of the first person's room on the process that does not hold the second person's socket."""
    return f"{site.url(0)}/rooms/{lines[0].person.room}/{name}"


def test_a_mute_reaches_a_socket_on_another_process(lines: list[Line], site: Site, lead: Person) -> None:
    enter(lines)
    assert lead.post(far(site, lines, "mute"), user=lines[1].person.user, minutes=5, reason="Lời lẽ") == 200
    until(lambda: lines[1].changes("muted"))
    assert lines[1].changes("muted")[0]["user"] == lines[1].person.user
    assert lines[1].write("vẫn viết")["error"] == "muted"
    until(lambda: len([m for m in lines[0].posted() if m["kind"] == "system"]) == 2)
    assert "đã vào phòng" in lines[0].posted()[0]["text"]
    assert lead.post(far(site, lines, "unmute"), user=lines[1].person.user) == 200
    assert lines[1].write("được rồi")["ok"]


def test_after_a_removal_the_raw_frames_show_nothing(lines: list[Line], site: Site, lead: Person, bell: Bell) -> None:
    enter(lines)
    assert lead.post(far(site, lines, "remove"), user=lines[1].person.user, reason="Hỏi số điện thoại") == 200
    until(lambda: lines[1].changes("removed"))
    bell.ring(lines[1])
    before = len(lines[1].frames)
    assert [one for one in lines[1].heard if "notices" not in str(one)][-1] == (
        "changed", {"room": lines[1].person.room, "what": "removed", "user": lines[1].person.user}
    )  # fmt: skip
    for n in range(3):
        lines[0].write(f"bí mật {n}")
    lead.post(far(site, lines, "hold"), on="1")
    until(lambda: lines[0].changes("hold"))
    bell.ring(lines[1])
    assert [one for one in lines[1].pushed(before) if "notices" not in one] == []
    assert not any("bí mật" in frame for _at, frame in lines[1].frames)
    post = {"client_id": str(uuid.uuid4()), "text": "vẫn đây"}
    for verb, data in (("enter", {"after": 0}), ("catch_up", {"after": 0}), ("post", post), ("seen", {"seq": 1})):
        assert lines[1].say(verb, **data)["error"] == "missing"
    lines[0].write("bí mật nữa")
    bell.ring(lines[1])
    assert not any("bí mật" in one for one in lines[1].pushed())


def test_ending_a_sign_in_cuts_its_socket_on_another_process(lines: list[Line], site: Site, bell: Bell) -> None:
    enter(lines)
    person = lines[1].person
    url = site.url(0)  # the socket hangs on the last process
    assert http(f"{url}/sign-out", person.cookie, {"csrf_token": person.csrf})[0] in (200, 302)
    until(lambda: lines[1].is_over)
    before = len(lines[1].frames)
    lines[0].write("bí mật")
    bell.ring(lines[0])
    assert len(lines[1].frames) == before
    with pytest.raises(Refused):
        Line(person, lines[1].url).open()
    until(lambda: len(lines[0].changes("presence")[-1]["present"]) == 1)


def test_a_closed_room_is_read_and_not_written(lines: list[Line], site: Site, lead: Person) -> None:
    enter(lines)
    client_id = str(uuid.uuid4())
    first = lines[1].write("trước khi đóng", client_id)
    assert lead.post(far(site, lines, "close"), reason="Hết việc") == 200
    until(lambda: lines[1].changes("closed"))
    assert lines[1].write("muộn rồi")["error"] == "closed"
    assert lines[1].say("typing")["error"] == "closed"
    assert lines[1].write("trước khi đóng", client_id) == first
    assert lines[1].enter()["messages"][0]["text"] == "trước khi đóng"


def test_held_messages_are_pushed_without_text_until_they_are_released(
    lines: list[Line], site: Site, lead: Person
) -> None:
    enter(lines)
    assert lead.post(far(site, lines, "hold"), on="1") == 200
    until(lambda: lines[1].changes("hold"))
    answer = lines[0].write("xem trước nhé")
    assert answer["status"] == "held"
    until(lambda: any(m["seq"] == answer["seq"] for m in lines[1].posted()))
    held = next(m for m in lines[1].posted() if m["seq"] == answer["seq"])
    assert held["text"] is held["author"] is held["name"] is None
    assert lead.post(far(site, lines, "release"), seq=answer["seq"]) == 200
    until(lambda: lines[1].changes("released"))
    released = lines[1].changes("released")[0]
    assert released["seq"] == answer["seq"] and released["message"]["text"] == "xem trước nhé"
    assert not any("xem trước nhé" in str(data) for event, data in lines[1].heard if event == "posted")


def test_a_ban_cuts_sockets_on_another_process_and_the_frames_show_nothing_after(site: Site, bell: Bell) -> None:
    admin, bay = sign_in(site, "admin1"), sign_in(site, "bay")
    line = Line(bay, site.url(len(site.ports) - 1)).open()
    member = membership_of(site, admin, "Khu phố 3", "Bảy")
    assert admin.post(f"{site.url(0)}/members/{member}/suspend", reason="thử") in (200, 302)
    until(lambda: line.is_over)
    frames = len(line.frames)
    assert "signed_out" in refused(site, bay)
    assert admin.post(f"{site.url(0)}/members/{member}/restore", reason="thử xong") in (200, 302)
    bell.ring()
    assert line.frames[frames:] == []


def test_a_role_that_ends_takes_the_watcher_out_and_the_frames_show_nothing_after(
    lines: list[Line], site: Site, bell: Bell
) -> None:
    """Last in this file: the lead of the neighbourhood has no role any more after it."""
    admin, muoi = sign_in(site, "admin1"), sign_in(site, "muoi")
    muoi.room = lines[0].person.room
    assert muoi.post(f"{site.url(0)}/rooms/{muoi.room}/enter") == 200
    watcher = Line(muoi, site.url(len(site.ports) - 1)).open()
    enter([lines[0], watcher])
    lines[0].write("còn nghe được")
    until(lambda: [m for m in watcher.posted() if m["text"] == "còn nghe được"])
    member = membership_of(site, admin, "Khu phố 3", "Mười")
    assert admin.post(f"{site.url(0)}/members/{member}/end", reason="thôi việc") in (200, 302)
    until(lambda: watcher.changes("removed"))
    bell.ring(watcher)
    for n in range(3):
        lines[0].write(f"bí mật {n}")
    bell.ring(watcher)
    assert not any("bí mật" in frame for _at, frame in watcher.frames)
    assert watcher.say("catch_up", after=0)["error"] == "missing"
    assert muoi.post(f"{site.url(0)}/rooms/{muoi.room}/mute", user=lines[0].person.user, minutes=5, reason="x") in (
        401, 404,
    )  # fmt: skip
    watcher.close()
