"""People who write, and people who read, without a pause while servers are restarted."""

import contextlib
import itertools
import json
import threading
import time
import urllib.error
import urllib.request
import uuid
from dataclasses import dataclass, field

from socketio.exceptions import SocketIOError

from tests.rooms.people import Line, Person, plain_text

PAUSE = 0.15  # seconds between two messages of one person, and between two pages
TRY = 2.0  # seconds until a message goes again with its id, which is no fault


@dataclass
class Writer:
    """Writes one message after the other, each again with its id until it is acknowledged, until told to stop."""

    person: Person
    url: str
    acknowledged: list[tuple[str, int, str]] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
    lines: int = 0
    longest: float = 0.0  # seconds from writing to the acknowledgement, for who measures

    @property
    def count(self) -> int:
        return len(self.acknowledged)

    def run(self) -> None:
        line = None
        for number in itertools.count(1):
            if self.over.is_set():
                break
            client_id, text, begun = str(uuid.uuid4()), plain_text(number), time.monotonic()
            while True:
                try:
                    if line is None or not line.client.connected:
                        line = Line(self.person, f"{self.url}/?near=room-{self.person.room}").open()
                        line.enter()
                        self.lines += 1
                    told = {"room": self.person.room, "client_id": client_id, "text": text}
                    answer = line.client.call("post", told, timeout=TRY)
                except (SocketIOError, OSError):
                    self.over.wait(0.05)
                    continue
                if answer["ok"]:
                    self.acknowledged.append((client_id, answer["seq"], text))
                    break
                self.over.wait(0.05)
            self.longest = max(self.longest, time.monotonic() - begun)
            self.over.wait(PAUSE)
        if line is not None:
            with contextlib.suppress(SocketIOError):
                line.close()


@dataclass
class Reader:
    """Opens pages, and posts over HTTP as pages without a line do, never a second time; keeps what went wrong."""

    person: Person
    url: str
    over: threading.Event = field(default_factory=threading.Event)
    count: int = 0
    faults: list[str] = field(default_factory=list)
    acknowledged: list[tuple[str, int, str]] = field(default_factory=list)

    def run(self) -> None:
        paths = itertools.cycle((f"/rooms/{self.person.room}", "/", "/static/app/live-regions.js", "POST", "/notices"))
        numbers = itertools.count(1)
        while not self.over.is_set():
            path = next(paths)
            try:
                if path == "POST":
                    self._post(plain_text(next(numbers)))
                else:
                    self._ask(urllib.request.Request(self.url + path))
            except (urllib.error.URLError, OSError) as error:
                self.faults.append(f"{path}: {error}")
            self.count += 1
            self.over.wait(PAUSE)

    def _ask(self, request: urllib.request.Request) -> bytes:
        request.add_header("Cookie", self.person.cookie)
        with urllib.request.urlopen(request, timeout=120) as answer:
            return bytes(answer.read())

    def _post(self, text: str) -> None:
        client_id = str(uuid.uuid4())
        told = json.dumps({"client_id": client_id, "text": text}).encode()
        headers = {"Content-Type": "application/json", "Accept": "application/json", "X-CSRFToken": self.person.csrf}
        url = f"{self.url}/rooms/{self.person.room}/messages"
        answer = json.loads(self._ask(urllib.request.Request(url, told, {**headers, "Origin": self.url})))
        self.acknowledged.append((client_id, answer["seq"], text))
