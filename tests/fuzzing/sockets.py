"""Mutated socket events, as members, a former member, outsiders, a signed-out line and lines that are nobody's."""

import json
import random
import sys
import time
import uuid
from collections import Counter
from typing import Any

from itsdangerous import URLSafeTimedSerializer

from tests.factories import client_of, person
from tests.fuzzing import mutations
from tests.fuzzing.isolated_app import Place
from tutoring.kernel import rate_limits
from tutoring.kernel.db import db
from tutoring.rooms.messages import commands as messages_commands
from tutoring.rooms.moderation import commands as moderation_commands
from tutoring.rooms.sessions import commands as sessions_commands
from tutoring.web.socket_io import packet_validation, realtime
from tutoring.web.socket_io.realtime import EVENT_HANDLERS

SECRET = "bí-mật-của-phòng"
NOT_OURS = [
    "signals",
    "connect",
    "disconnect",
    "*",
    "",
    "x" * 300,
    "enter ",
    "POST",
    "message",
    "posted",
    "changed",
    "__disconnect_final",
    "__proto__",
    "\ud800",
]
ACTS = ["ask", "accept", "decline", "end", "resume"]
SIGNALS: list[dict[str, Any]] = [
    {"description": {"type": "offer", "sdp": "v=0"}}, {"candidate": None}, {"point": {"x": 0.5, "y": 1}},
    {"quiet": True}, {"sharing": {"on": True, "own": False}}, {"saving": False}, {"screen": "ask"},
]  # fmt: skip
EVIL = {"Origin": "http://localhost"}
BLOCK = 250


class Line:
    """One connection without a network: packets in as text, every packet out kept as it is sent."""

    def __init__(self, fuzz: "Fuzz", name: str) -> None:
        self.fuzz, self.name = fuzz, name
        self.eio_sid, self.frames, self.closed = uuid.uuid4().hex, list[str](), False
        fuzz.lines[self.eio_sid] = self
        client = fuzz.clients.get(name) or fuzz.place.app.test_client()
        request = client._request_from_builder_args((), {"path": "/socket.io", "headers": EVIL})
        client._add_cookies_to_wsgi(request.environ)
        request.environ["flask.app"] = fuzz.place.app
        assert fuzz.handlers["connect"](self.eio_sid, request.environ) is None
        if name != "nobody":
            if fuzz.rng.random() < 0.2:  # first without the value of the session, then as pages do
                self.send(
                    "0"
                    + mutations.encoded(
                        fuzz.rng.choice([{"csrf": mutations.value(fuzz.rng)}, mutations.value(fuzz.rng)])
                    )
                )
            self.send("0" + json.dumps({"csrf": fuzz.token}))

    def send(self, packet: str) -> None:
        """Give the server the text of a packet, without Engine.IO's first sign."""
        if not self.closed:
            self.fuzz.handlers["message"](self.eio_sid, packet)
            # What is done together is answered later.
            while any(seat.waiting for seat in list(self.fuzz.sockets.open.values())):
                time.sleep(0.0005)

    def ack(self) -> dict[str, Any]:
        """The last answer."""
        packet = next(one for one in reversed(self.frames) if one[:1] == "3")
        found: dict[str, Any] = json.loads(packet[packet.index("[") :])[0]
        return found


class Fuzz:
    def __init__(self, seed: int) -> None:
        self.place, self.rng = Place(), random.Random(seed)
        world, self.lines = self.place.world, dict[str, Line]()
        self.sockets = realtime.sockets_of(self.place.app)
        server = self.sockets.server
        server._send_eio_packet = lambda eio_sid, packet: self.lines[eio_sid].frames.append(str(packet.data))
        server.eio.send = lambda eio_sid, data: self.lines[eio_sid].frames.append(str(data))
        packet_validation._drop = lambda _server, eio_sid: self._gone(eio_sid)
        self.handlers = server.eio.handlers
        names = ("minh", "khoa", "lan", "bay", "muoi", "an", "mai")
        rate_limits.hit_each_of = lambda names, keys: [[None] * len(names) for _ in keys]
        rate_limits.hit = lambda *_key: None  # counted elsewhere; here they would hide what lies behind them
        self.clients = {name: client_of(self.place.app, world[name]) for name in names}
        for client in self.clients.values():
            with client.session_transaction() as session:
                session["csrf_token"] = "of-the-session"
        serializer = URLSafeTimedSerializer(self.place.app.config["SECRET_KEY"], salt="wtf-csrf-token")
        self.token = str(serializer.dumps("of-the-session"))
        with self.place.app.app_context():
            minors = [(world["minh"], "learner"), (world["khoa"], "helper"), (world["lan"], "guardian")]
            adults = [(world["bay"], "learner"), (world["lan"], "helper")]
            self.pair = sessions_commands.open_room(world["lop6a"], minors, "join-class", minors=True, observed=True).id
            self.adults = sessions_commands.open_room(world["kp3"], adults, "portal", minors=False, observed=True).id
            messages_commands.post_message(person(world["lan"]), self.pair, str(uuid.uuid4()), SECRET)
            messages_commands.post_message(person(world["lan"]), self.adults, str(uuid.uuid4()), SECRET)
            moderation_commands.remove_member(person(world["muoi"]), self.adults, world["bay"], "thử")
            db.session.remove()
        self.said: Counter[str] = Counter()
        self.open: dict[str, Line] = {}
        self.used: list[str] = []

    def _gone(self, eio_sid: str) -> None:
        line = self.lines[eio_sid]
        if not line.closed:
            line.closed = True
            self.handlers["disconnect"](eio_sid, "server disconnect")

    def line(self, name: str) -> Line:
        """The open line of somebody, a new one when the last was cut or is worn."""
        line = self.open.get(name)
        while line is None or line.closed or self.hung_up(line) or len(line.frames) > 400:
            if line is not None and not line.closed:
                self._gone(line.eio_sid)
                self.said["worn"] += 1
            elif line is not None:
                self.said["cut"] += 1
            if line is not None:
                del self.lines[line.eio_sid]
            line = self.open[name] = Line(self, name)
        return line

    def hung_up(self, line: Line) -> bool:
        """Whether nobody speaks on this line any more: the server cut it, or a packet was a goodbye by accident."""
        gone = self.sockets.server.manager.sid_from_eio_sid(line.eio_sid, "/") is None
        return "1" in line.frames or (gone and line.name != "nobody")

    def event(self) -> tuple[str, dict[str, Any] | Any]:
        rng = self.rng
        verb = rng.choice(list(EVENT_HANDLERS)) if rng.random() < 0.96 else rng.choice(NOT_OURS)
        if rng.random() < 0.05:
            return verb, mutations.value(rng)
        fresh = str(uuid.uuid4())
        self.used.append(fresh)
        room = rng.choice([self.pair, self.adults])
        data: dict[str, Any] = {
            "room": rng.choice([room, str(room), str(room), str(room)]),
            "after": 0,
            "seq": 1,
            "step": 1,
            "client_id": rng.choice([fresh, fresh, fresh.upper(), rng.choice(self.used[-50:])]),
            "text": "chào bạn",
        }
        if verb in ("call", "signal") and rng.random() < 0.8:  # these take no member that they do not know
            data = {"room": data["room"], "id": rng.choice(["1", "2", "x"])}
            data |= {"act": rng.choice(ACTS)} if verb == "call" else {"data": rng.choice(SIGNALS)}
        for _ in range(rng.choice((0, 1, 1, 1, 2, 3))):
            name = rng.choice([*data, "to", "confirm", "status", "author", "user", "extra"])
            if rng.random() < 0.2:
                data.pop(name, None)
            else:
                data[name] = mutations.value(rng)
        return verb, data

    def packet(self) -> str:
        verb, data = self.event()
        rng = self.rng
        number = rng.choice(["1", "1", "1", "", "7", "0", "9" * 18])
        more = [mutations.value(rng)] if rng.random() < 0.03 else []
        packet = f"2{number}{mutations.encoded([verb, data, *more])}"
        return mutations.spoiled(rng, packet) if rng.random() < 0.04 else packet

    # ---- two kinds of blocks ---------------------------------------------------------------------------------

    def strangers(self, count: int) -> None:
        """Whoever has no place in a room: no row, no frame but refusals, whatever is sent."""
        before = self.place.rows()
        self.place.news()
        for _ in range(count):
            name = self.rng.choice(["an", "mai", "bay", "bay", "nobody"])
            line = self.line(name)
            start = len(line.frames)
            line.send(self.packet())
            self.check_stranger(line, start)
        assert self.place.news() == set(), "rows were written"
        assert self.place.rows() == before

    def check_stranger(self, line: Line, start: int) -> None:
        for frame in line.frames[start:]:
            assert SECRET not in json.dumps(frame, ensure_ascii=False) and frame[:1] != "2", (line.name, frame[:200])
            if frame[:1] == "3":
                answer = json.loads(frame[frame.index("[") :])[0]
                assert answer["ok"] is False, (line.name, frame[:200])
                self.said[answer["error"]] += 1

    def members(self, count: int) -> None:
        """Whoever sits there: what is refused writes nothing; nobody outside hears anything."""
        watched = [self.line(name) for name in ("an", "mai", "bay")]
        starts = [len(line.frames) for line in watched]
        for _ in range(count):
            name = self.rng.choice(["minh", "khoa", "lan", "lan", "muoi"])
            line, packet = self.line(name), self.packet()
            start = len(line.frames)
            self.place.news()
            line.send(packet)
            acks = [frame for frame in line.frames[start:] if frame[:1] == "3"]
            written = self.place.news()
            if acks:
                answer = json.loads(acks[-1][acks[-1].index("[") :])[0]
                self.said["ok" if answer["ok"] else answer["error"]] += 1
                assert answer["ok"] or not written, (packet[:300], written)
            elif line.closed:
                self.said["broken"] += 1
                assert not written, (packet[:300], written)
        for line, start in zip(watched, starts, strict=True):
            assert line.frames[start:] == [], line.name

    def honest(self) -> None:
        """After all that, the server answers as on the first day."""
        line = self.line("lan")
        for room in (self.pair, self.adults):
            start = len(line.frames)
            line.send("25" + json.dumps(["catch_up", {"room": str(room), "after": 0}]))
            assert any(one[:2] == "35" for one in line.frames[start:]), (line.frames[-3:], line.closed)
            answer = line.ack()
            assert answer["ok"] and answer["messages"][0]["text"] == SECRET, (answer, line.frames[-3:])


def main(count: int, seed: int) -> None:
    fuzz, begun = Fuzz(seed), time.monotonic()
    try:
        for block in range(count // BLOCK):
            (fuzz.strangers if block % 2 else fuzz.members)(BLOCK)
            fuzz.honest()
    finally:
        fuzz.place.close()
    seconds = round(time.monotonic() - begun, 1)
    print(json.dumps({"events": count // BLOCK * BLOCK, "seconds": seconds, "answers": fuzz.said.most_common()}))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
