"""All clients reconnect at once: after a restart each page retries by itself, independent of the others.

One thread plays them with the pauses of static/app/live-regions.js: 0.2 s, doubled each time up to 3 s, each with a
random jitter of half its length.
"""

import errno
import heapq
import json
import random
import selectors
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from socket_clients import Crowd, Member, frame

FIRST, LONGEST, CHANCE = 0.2, 3.0, 0.5
PATIENCE, STARTING = 60.0, 120.0  # seconds for everybody after the first is let in, and for that


@dataclass
class Back:
    """When people were back and had caught up, in seconds from the beginning; `tries` counts lines that were begun."""

    at: list[float] = field(default_factory=list)
    answered: float = 0.0  # when the first was let in, by the monotonic clock
    tries: int = 0
    turned_away: int = 0  # of those, by the server's own limits

    def share(self, share: float, of: int) -> float:
        """Seconds until this share of all were back; infinite if they never were."""
        need = max(1, round(of * share)) - 1
        return sorted(self.at)[need] if need < len(self.at) else float("inf")


class Storm:
    """The way back of all members of a crowd; `run` ends by itself."""

    def __init__(self, crowd: Crowd, answers: Callable[[], object], seed: int = 7) -> None:
        """`answers` is called when the server lets the first one in."""
        self.crowd, self.answers, self.chance, self.back = crowd, answers, random.Random(seed), Back()
        self.until = time.monotonic() + STARTING
        self.selector = selectors.DefaultSelector()
        self.due: list[tuple[float, int]] = []
        self.tries = [0] * len(crowd.members)
        self.state = ["away"] * len(crowd.members)

    def run(self) -> Back:
        """Begin now: the server has just died, and everybody has seen it."""
        begun = time.monotonic()
        for number, member in enumerate(self.crowd.members):
            if member.sock is not None:
                self.crowd.forget(member)
            self._later(number)
        while len(self.back.at) < len(self.state) and time.monotonic() < self.until:
            now = time.monotonic()
            while self.due and self.due[0][0] <= now:
                self._begin(heapq.heappop(self.due)[1])
            wait = max(0.0, self.due[0][0] - time.monotonic()) if self.due else 0.2
            for key, events in self.selector.select(min(wait, 0.2)):
                self._step(key.data, events, begun)
        for number, member in enumerate(self.crowd.members):
            if self.state[number] == "back":
                self.selector.unregister(member.sock)  # type: ignore[arg-type]
        self.selector.close()
        return self.back

    def _later(self, number: int) -> None:
        pause = min(LONGEST, FIRST * 2 ** self.tries[number])
        self.tries[number] += 1
        self.state[number] = "away"
        pause *= 1 + CHANCE * (2 * self.chance.random() - 1)
        heapq.heappush(self.due, (time.monotonic() + pause, number))

    def _begin(self, number: int) -> None:
        member, url = self.crowd.members[number], self.crowd.urls[number % len(self.crowd.urls)]
        where = urlsplit(url)
        sock = socket.socket()
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        member.sock, member.rest = sock, b""
        self.back.tries += 1
        said = sock.connect_ex((where.hostname or "", where.port or 80))
        self.state[number] = "reaching"
        self.selector.register(sock, selectors.EVENT_WRITE, number)
        if said not in (0, errno.EINPROGRESS):
            self._lost(number)

    def _lost(self, number: int) -> None:
        member = self.crowd.members[number]
        assert member.sock is not None
        self.selector.unregister(member.sock)
        member.sock.close()
        member.sock = None
        self._later(number)

    def _step(self, number: int, events: int, begun: float) -> None:
        member, url = self.crowd.members[number], self.crowd.urls[number % len(self.crowd.urls)]
        assert member.sock is not None
        try:
            if self.state[number] == "reaching":
                if member.sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
                    return self._lost(number)
                member.sock.sendall(self.crowd.greeting(member, url))
                self.selector.modify(member.sock, selectors.EVENT_READ, number)
                self.state[number] = "greeting"
                return None
            data = member.sock.recv(262_144)
        except OSError:
            return self._lost(number)
        if not data:
            return self._lost(number)
        member.rest += data
        if self.state[number] == "greeting" and not self._greeted(number, member):
            return None
        for payload in self.crowd.frames(member):
            if not self._heard(number, member, payload, begun):
                return None
        return None

    def _greeted(self, number: int, member: Member) -> bool:
        """Whether the request has been answered by a line."""
        if b"\r\n\r\n" not in member.rest:
            return False
        head, member.rest = member.rest.split(b"\r\n\r\n", 1)
        if b" 101 " not in head.split(b"\r\n", 1)[0]:
            self.back.turned_away += 1
            self._lost(number)
            return False
        self.state[number] = "line"
        if not self.back.answered:
            self.back.answered = time.monotonic()
            self.until = self.back.answered + PATIENCE
            self.answers()
        return True

    def _heard(self, number: int, member: Member, payload: bytes, begun: float) -> bool:
        """Answer as a page does; False when the line is to be begun anew."""
        assert member.sock is not None
        state = self.state[number]
        if payload.startswith(b"44"):
            self.back.turned_away += 1
            self._lost(number)
            return False
        if payload == b"2":
            member.sock.sendall(frame("3"))
        elif state == "line" and payload.startswith(b"0"):
            member.sock.sendall(frame("40" + json.dumps({"csrf": member.csrf})))
            self.state[number] = "signing"
        elif state == "signing" and payload.startswith(b"40"):
            said = self.crowd.entering(member)
            if member.csrf:  # our own pages say besides that somebody looks at them
                said = frame('42["here",{"visible":true}]') + said
            member.sock.sendall(said)
            self.state[number] = "entering"
        elif payload.startswith(b'42["posted"'):
            self.crowd.note(member, payload)
        elif state == "entering" and payload.startswith(b"430"):
            if b'"ok":false' in payload:
                self.back.turned_away += 1
                self._lost(number)
                return False
            self.state[number] = "back"
            self.back.at.append(time.monotonic() - begun)
        return True
