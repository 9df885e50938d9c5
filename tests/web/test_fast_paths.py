"""What is read and counted the short way comes to what the libraries make of it."""

import json
import random
from types import SimpleNamespace

import pytest
from redis.exceptions import RedisError
from wsproto.frame_protocol import FrameProtocol, Opcode

from tests.backing_services import private_redis_server
from tests.waiting import until
from tutoring.kernel import rate_limits
from tutoring.kernel.rate_limits import Windows
from tutoring.web.socket_io.packet_validation import Json
from tutoring.web.transport.redis_connection import RedisConnection, _value
from tutoring.web.transport.websocket_frames import begins, framed, whole

LARGEST = 64 * 1024


def said_by_a_page(text: str) -> bytes:
    return bytes(FrameProtocol(client=True, extensions=[]).send_data(text, fin=True))


def texts(chance: random.Random) -> list[str]:
    sizes = (0, 1, 3, 60, 125, 126, 127, 300, 40_000)
    return ["".join(chance.choice("aạ😀ệ {") for _ in range(chance.choice(sizes) // 2)) for _ in range(6)]


@pytest.mark.parametrize("seed", range(20))
def test_frames_in_pieces_are_read_as_they_were_written(seed: int) -> None:
    chance = random.Random(seed)
    written = texts(chance)
    data, rest, read = b"".join(map(said_by_a_page, written)), b"", list[str]()
    while data:
        cut = chance.choice((1, 2, 5, 100, 5_000, len(data)))
        rest, data, at = rest + data[:cut], data[cut:], 0
        while at < len(rest):
            text, at = whole(rest, at, LARGEST)
            if text is None:
                assert begins(rest[at:], LARGEST)
                break
            read.append(text)
        rest = rest[at:]
    assert read == written and not rest


def test_what_is_no_whole_text_is_left_to_the_protocol() -> None:
    page = FrameProtocol(client=True, extensions=[])
    others = [
        bytes(page.ping(b"x")), bytes(page.close(1000)), bytes(page.send_data(b"bytes", fin=True)),
        bytes(page.send_data("a piece", fin=False)), framed("not masked"), b"\xc1\x80\0\0\0\0",
        b"\x81\xfe\0\x05\0\0\0\0abcde",  # longer written than it is
        b"\x81\x82\0\0\0\0\xff\xff",  # no letters
        b"\x81\xff" + (2**40).to_bytes(8, "big") + b"\0\0\0\0", said_by_a_page("x" * 70_000)[:90_000],
    ]  # fmt: skip
    for data in others:
        assert whole(data, 0, LARGEST) == (None, 0) and not begins(data, LARGEST), data[:20]


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65_535, 65_536])
def test_a_text_is_framed_as_by_the_library(size: int) -> None:
    library = FrameProtocol(client=False, extensions=[])
    assert framed("x" * size) == bytes(library.send_data("x" * size, fin=True))
    assert framed("ạ")[0] & 15 == Opcode.TEXT


def test_json_is_written_and_read_as_by_the_library() -> None:
    for value in (["post", {"text": 'ạ "\\ 😀', "n": [1, None, True, 1.5]}], "\ud83d", {}):
        text = Json.dumps(value, separators=(",", ":"))
        assert json.loads(text) == value and Json.loads(text) == value
        text.encode()
    with pytest.raises(ValueError):
        Json.loads("[NaN]")


def test_what_redis_says_is_read_in_any_pieces() -> None:
    values = [[b"message", b"room", "một\r\nhai".encode()], 7, None, b"OK", [b"subscribe", b"x", 1]]
    data = (
        b"*3\r\n$7\r\nmessage\r\n$4\r\nroom\r\n$10\r\nm\xe1\xbb\x99t\r\nhai\r\n:7\r\n$-1\r\n+OK\r\n"
        b"*3\r\n$9\r\nsubscribe\r\n$1\r\nx\r\n:1\r\n"
    )
    read, at, ends = [], 0, []
    while at < len(data):
        value, at = _value(data, at)
        read.append(value)
        ends.append(at)
    assert read == values
    for cut in range(1, len(data)):
        found, at = 0, 0
        while at < cut and (after := _value(data[:cut], at)[1]) > 0:
            found, at = found + 1, after
        assert found == sum(end <= cut for end in ends)
    with pytest.raises(RedisError):
        _value(b"-NOAUTH no\r\n", 0)


def test_a_line_to_redis_says_and_hears() -> None:
    with (
        private_redis_server() as server,
        RedisConnection(server.url, 60.0) as ear,
        RedisConnection(server.url, 60.0) as mouth,
    ):
        ear.say([("SUBSCRIBE", "a", "b")])
        heard: list[object] = []
        until(lambda: heard.extend(ear.heard(60.0)) or len(heard) >= 2, "both are subscribed to")  # type: ignore[func-returns-value]
        heard.clear()
        mouth.say([("PUBLISH", "a", "chào"), ("PUBLISH", "b", "x" * 300_000), ("PUBLISH", "c", "nobody")])
        mouth.answers(3)
        until(lambda: heard.extend(ear.heard(60.0)) or len(heard) >= 2, "both are heard")  # type: ignore[func-returns-value]
        assert heard == [[b"message", b"a", "chào".encode()], [b"message", b"b", b"x" * 300_000]]
        assert ear.heard(0.0) == []
        mouth.say([("NONSENSE",)])
        with pytest.raises(RedisError):
            mouth.answers(1)
        server.kill()
        with pytest.raises(OSError):
            for _ in range(3):
                ear.heard(60.0)


def test_windows_count_what_still_lies_in_them(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1_700_000_000.0]
    monkeypatch.setattr(rate_limits, "time", SimpleNamespace(time=lambda: now[0]))
    counts = Windows()
    assert [counts.take("an", 3, 1) for _ in range(4)] == [True, True, True, False]
    assert counts.take("bình", 3, 1, 3) and not counts.take("bình", 3, 1) and not counts.take("chi", 3, 1, 4)
    begun, held = counts.get_moving_window("an", 3, 1)
    assert held == 3 and begun == now[0]
    now[0] += 1
    assert counts.get_moving_window("an", 3, 1)[1] == 3 and not counts.take("an", 3, 1)
    now[0] += 0.01
    assert counts.get_moving_window("an", 3, 1)[1] == 0
    assert counts.take("an", 3, 1)
    counts._sweep(now[0] + 5)
    assert not counts._moments and not counts._over
