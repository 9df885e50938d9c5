"""Many people at sockets, played by one thread: for benchmarks of rooms. It speaks WebSocket itself, because a client
library for each of a thousand lines would be what is measured."""

import contextlib
import json
import re
import selectors
import socket
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

TEXTS = (
    "Chào cô, em chưa vào được lớp học ạ",
    "Em bấm vào nút màu xanh rồi, giờ làm gì tiếp ạ?",
    "Con thấy chữ Đăng nhập ở góc trên bên phải chưa?",
    "Dạ vâng ạ, em làm được rồi",
    "Cô ơi máy của em không nghe thấy tiếng",
)

_SEQ = re.compile(rb'"seq": ?(\d+)')


def frame(text: str) -> bytes:
    """A client's frame; its mask is all zeros, so that the text stands in it as it is."""
    data = text.encode()
    size = len(data)
    head = bytes([0x81, 0x80 | size]) if size < 126 else bytes([0x81, 0xFE]) + size.to_bytes(2, "big")
    return head + b"\0\0\0\0" + data


@dataclass
class Member:
    """One person in one room; the cookie and the token are those of our own pages."""

    room: str
    cookie: str = ""
    csrf: str = ""
    at: int | None = None  # which of several servers; None: in turn
    sock: socket.socket | None = None
    rest: bytes = b""
    n: int = 0
    sent_at: float = 0.0
    seq: int = 0  # the newest number it has heard of its room, which a page tells when it comes back


@dataclass
class Seen:
    """What a run came to."""

    seconds: float = 0.0
    delivered: int = 0
    acknowledged: int = 0
    refused: int = 0
    acks: list[float] = field(default_factory=list)  # seconds from sending to the acknowledgement

    def at(self, share: float) -> float:
        """The acknowledgement time below which this share of them lies, in milliseconds."""
        return sorted(self.acks)[min(int(len(self.acks) * share), len(self.acks) - 1)] * 1000 if self.acks else 0.0


class Crowd:
    """People on lines to one server, or to several in turn. `dialect` is socketio or channels."""

    count = 0  # of all messages of all crowds: no id is used twice

    def __init__(self, urls: list[str], members: list[Member], dialect: str = "socketio") -> None:
        self.urls, self.members, self.dialect = urls, members, dialect
        self.selector = selectors.DefaultSelector()

    # ---- words -----------------------------------------------------------------------------------------------

    def _say(self, verb: str, n: int, **data: object) -> bytes:
        if self.dialect == "channels":
            return frame(json.dumps({"do": verb, "n": n, **data}, ensure_ascii=False))
        return frame(f"42{n}{json.dumps([verb, data], ensure_ascii=False, separators=(',', ':'))}")

    # ---- coming in -------------------------------------------------------------------------------------------

    def enter(self) -> float:
        """Open all lines and enter the rooms; returns the seconds that took."""
        begun = time.monotonic()
        for number, member in enumerate(self.members):
            self.open(member, self.urls[(number if member.at is None else member.at) % len(self.urls)])
        self.listen()
        return time.monotonic() - begun

    def listen(self) -> None:
        """Hear from now on what comes over the open lines."""
        for member in self.members:
            assert member.sock is not None
            member.sock.setblocking(False)
            self.selector.register(member.sock, selectors.EVENT_READ, member)

    def greeting(self, member: Member, url: str) -> bytes:
        """The request for a line."""
        path = "/" if self.dialect == "channels" else "/socket.io/?EIO=4&transport=websocket"
        cookie = f"Cookie: {member.cookie}\r\n" if member.cookie else ""
        return (
            f"GET {path} HTTP/1.1\r\nHost: {urlsplit(url).netloc}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
            f"Origin: {url}\r\n{cookie}\r\n"
        ).encode()

    def entering(self, member: Member) -> bytes:
        """What somebody says who comes into a room, or back."""
        known = {"rev": 0} if member.csrf else {}
        return self._say("enter", 0, room=member.room, after=member.seq, **known)

    def open(self, member: Member, url: str) -> None:
        """Open the line of one member, and enter."""
        where = urlsplit(url)
        sock = socket.create_connection((where.hostname or "", where.port or 80), timeout=30)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.sendall(self.greeting(member, url))
        member.sock, member.rest = sock, b""
        head = b""
        while b"\r\n\r\n" not in head:
            head += _more(sock)
        status, member.rest = head.split(b"\r\n\r\n", 1)
        assert b" 101 " in status.split(b"\r\n", 1)[0], status
        if self.dialect == "socketio":
            self._until(member, b"0")
            sock.sendall(frame("40" + json.dumps({"csrf": member.csrf})))
            self._until(member, b"40")
        sock.sendall(self.entering(member))
        self._until(member, b'{"ack"' if self.dialect == "channels" else b"430")

    def _until(self, member: Member, begin: bytes) -> None:
        assert member.sock is not None
        while True:
            for payload in self.frames(member):
                if payload.startswith(b"44"):
                    raise RuntimeError(f"refused: {payload!r}")
                if payload.startswith(begin):
                    return
            member.rest += _more(member.sock)

    def frames(self, member: Member) -> list[bytes]:
        """The whole messages among what has come."""
        data, at, found = member.rest, 0, []
        while len(data) - at >= 2:
            size, start = data[at + 1] & 127, at + 2
            if size == 126:
                size, start = int.from_bytes(data[at + 2 : at + 4], "big"), at + 4
            elif size == 127:
                size, start = int.from_bytes(data[at + 2 : at + 10], "big"), at + 10
            if len(data) < start + size or start > len(data):
                break
            found.append(data[start : start + size])
            at = start + size
        member.rest = data[at:]
        return found

    # ---- talking ---------------------------------------------------------------------------------------------

    def talk(self, seconds: float, rate: float | None = None, warm: float = 0.5) -> Seen:
        """Everybody writes, each the next message when the last is acknowledged; or, with a rate, so many a second
        between them all, whatever comes back. What happens in the first moment is not counted."""
        seen, begun = Seen(), time.monotonic()
        counted, over = begun + warm, begun + warm + seconds
        if rate is None:
            for member in self.members:
                self._post(member)
        following, turn = begun, 0
        while (now := time.monotonic()) < over:
            while rate is not None and following <= now:
                self._post(self.members[turn % len(self.members)])
                turn, following = turn + 7, following + 1 / rate
            wait = over - now if rate is None else max(0.0, following - time.monotonic())
            for key, _events in self.selector.select(wait):
                self._hear(key.data, seen, counted, rate is None)
        seen.seconds = time.monotonic() - counted
        return seen

    def _post(self, member: Member) -> None:
        Crowd.count += 1
        member.n, member.sent_at = self.count, time.monotonic()
        assert member.sock is not None
        client_id = f"{self.count:08x}-0000-4000-8000-000000000000"
        text = TEXTS[self.count % len(TEXTS)]
        member.sock.sendall(self._say("post", self.count, room=member.room, client_id=client_id, text=text))

    def _hear(self, member: Member, seen: Seen, counted: float, again: bool) -> None:
        assert member.sock is not None
        try:
            data = member.sock.recv(262_144)
        except BlockingIOError:
            return
        if not data:
            raise RuntimeError("a line was cut")
        member.rest += data
        now = time.monotonic()
        for payload in self.frames(member):
            if payload.startswith((b'42["posted"', b'{"posted"')):
                seen.delivered += now >= counted
                self.note(member, payload)
            elif payload.startswith((b"43", b'{"ack"')):
                if now >= counted:
                    seen.acknowledged += 1
                    seen.refused += b'"ok":false' in payload or b'"ok": false' in payload
                    seen.acks.append(now - member.sent_at)
                if again:
                    self._post(member)
            elif payload == b"2":
                member.sock.sendall(frame("3"))

    def note(self, member: Member, payload: bytes) -> None:
        """Remember the number of a message, where it has one."""
        if member.csrf and (found := _SEQ.search(payload)):
            member.seq = max(member.seq, int(found[1]))

    def forget(self, member: Member) -> None:
        """Hang up on one line."""
        assert member.sock is not None
        with contextlib.suppress(KeyError):
            self.selector.unregister(member.sock)
        member.sock.close()
        member.sock = None

    def close(self) -> None:
        """Hang up."""
        for member in self.members:
            if member.sock is not None:
                self.forget(member)


def _more(sock: socket.socket) -> bytes:
    data = sock.recv(262_144)
    if not data:
        raise RuntimeError("the server hung up")
    return data


def cpu_of(session: int) -> float:
    """Seconds of processor time of all processes of a session (one that was started with a session of its own)."""
    total = 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[3]) == session:
            total += int(fields[11]) + int(fields[12])
    return total / 100


def cpu_under(parent: int) -> float:
    """Seconds of processor time of a process, of its children that live and of those that have ended."""
    total = 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(path.parent.name) == parent:
            total += sum(map(int, fields[11:15]))
        elif int(fields[1]) == parent:
            total += int(fields[11]) + int(fields[12])
    return total / 100
