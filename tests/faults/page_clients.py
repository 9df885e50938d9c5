"""People at their pages, as static/rooms/show.js and live-regions.js behave: an outbox whose ids stay, numbers
without gaps, gaps asked for, a question after a quiet while, lines that are opened again, plain HTTP without one.

What a page tells of itself (what was acknowledged, what it saw and when, what it was told) goes to the oracle.
"""

import contextlib
import json
import random
import socket
import threading
import time
import urllib.error
import urllib.request
import uuid
from dataclasses import dataclass, field
from typing import Any

import socketio

from tests.rooms.people import Person, http, plain_text

GAP = 0.15  # the page's own numbers, in seconds
TRY = 2.0
POLL = 4.0
QUIET = 25.0
ANSWER = 8.0
BACK, BACK_MOST = 0.2, 3.0  # the line is opened again after so long, and so long at the most

Answer = dict[str, Any]


class Unanswered(Exception):
    """Nobody answered over any way that is open."""


@dataclass(frozen=True)
class Acknowledged:
    """One message of which the server said that it has it."""

    client_id: str
    seq: int
    text: str
    begun: float  # when it was sent first
    at: float


@dataclass
class Page:
    """One person at a page of one room. `urls` are the addresses of the processes; a line goes to any of them."""

    person: Person
    urls: list[str]
    pause: float = 0.0  # seconds between two messages
    quiet: float = QUIET
    acknowledged: list[Acknowledged] = field(default_factory=list)
    saw: dict[int, tuple[float, Answer]] = field(default_factory=dict)  # when which number was shown, and as what
    told: list[str] = field(default_factory=list)  # sentences of refusals
    refused: list[tuple[float, str]] = field(default_factory=list)  # when, and the code
    gave_up: list[float] = field(default_factory=list)  # when a line that did not answer was closed
    tries: int = 0
    last: int = 0
    entered: bool = False
    over: bool = False

    def __post_init__(self) -> None:
        self._parked: dict[int, Answer] = {}
        self._parked_since = 0.0
        self._heard_at = self._polled = time.monotonic()
        self._behind = False
        self._lock = threading.RLock()
        self._catching, self._saying = threading.Lock(), threading.Lock()
        self._client: socketio.Client | None = None
        self._wrote = 0
        self._asked_for, self._asked_at = 0, 0.0  # what an acknowledgement named, and until when it comes by itself
        self._shown: dict[str, int] = {}
        self.windows: list[tuple[float, float]] = []  # when something was broken for this page alone
        self.writing = False  # whether it goes on writing
        self.unsent = False  # whether something waits in the outbox

    # ---- what the page does by itself ----------------------------------------------------------------------------

    def open(self) -> "Page":
        """Open the page: its line, and what it does by itself until `close`."""
        self._threads = [
            threading.Thread(target=self._hold, daemon=True),
            threading.Thread(target=self._look, daemon=True),
            threading.Thread(target=self._write, daemon=True),
        ]
        for thread in self._threads:
            thread.start()
        return self

    def close(self) -> None:
        """Leave; nothing of it runs afterwards."""
        self.over = True
        self._drop()
        for thread in self._threads:
            thread.join(120)
            assert not thread.is_alive()

    def _hold(self) -> None:
        """Keep a line open."""
        pause = BACK
        while not self.over:
            if self._client is None or not self._client.connected:
                self.entered = False
                try:
                    self._connect()
                    pause = BACK
                except Exception:
                    self._drop()
                    time.sleep(pause * (0.5 + random.random()))
                    pause = min(pause * 2, BACK_MOST)
            time.sleep(0.05)

    def _connect(self) -> None:
        client = socketio.Client(reconnection=False, request_timeout=5)
        client.on("posted", self._receive)
        client.on("head", lambda head: self._note(head["seq"]))
        self._client = client
        url = random.choice(self.urls)
        headers, auth = {"Cookie": self.person.cookie}, {"csrf": self.person.csrf}
        client.connect(url, headers=headers, auth=auth, transports=["websocket"], wait_timeout=10)
        while client.connected and not self.over:
            try:
                answer = self._call(client, "enter", after=self.last, rev=0)
            except Unanswered:
                return
            if answer["ok"]:
                self.entered = True
                self._heard(answer)
                self._behind |= answer["more"]
                return
            self._refusal(answer)
            time.sleep(answer.get("retry_after", TRY))

    def _drop(self) -> None:
        self.entered = False
        client, self._client = self._client, None
        if client is not None:
            # Without a goodbye that would have to be taken: what is silent is let go of.
            with contextlib.suppress(Exception):
                client.eio.ws.sock.shutdown(socket.SHUT_RDWR)

    def _give_up(self, client: socketio.Client) -> None:
        """A line that does not answer is closed; the next one may."""
        if client is self._client and client.connected:
            self.gave_up.append(time.monotonic())
            self._drop()

    def _look(self) -> None:
        """Ask for what is missing: after a gap, a hint, a quiet while; over HTTP while there is no line."""
        while not self.over:
            time.sleep(0.05)
            now = time.monotonic()
            with self._lock:
                gap = bool(self._parked) and now - self._parked_since > GAP
            gap |= self._asked_for > self.last and now > self._asked_at
            online = self._client is not None and self._client.connected and self.entered
            poll = now - self._polled > POLL and not online
            quiet = online and now - self._heard_at > self.quiet and now - self._polled > POLL
            if self._behind or gap or poll or quiet:
                self._polled = now
                self._behind = False
                self.catch_up()

    def catch_up(self) -> None:
        """Ask for everything after the last number without a gap."""
        with self._catching, contextlib.suppress(Unanswered):
            more = True
            while more and not self.over:
                before = self.last
                answer = self._ask("catch_up", after=self.last, rev=0)
                if not answer["ok"]:
                    self._refusal(answer)
                    return
                self._heard(answer)
                more = answer["more"] and self.last > before

    def _heard(self, answer: Answer) -> None:
        self._heard_at = time.monotonic()
        for message in answer["messages"]:
            self._receive(message)

    def _note(self, newest: int) -> None:
        self._behind |= newest > self.last

    def _receive(self, message: Answer) -> None:
        now = time.monotonic()
        with self._lock:
            self._heard_at = now
            if message["seq"] <= self.last:
                return
            if not self._parked:
                self._parked_since = now
            self._parked.setdefault(message["seq"], message)
            while self.last + 1 in self._parked:
                self.last += 1
                shown = self._parked.pop(self.last)
                self.saw[self.last] = now, shown
                self._shown[shown.get("client_id") or ""] = self.last
                self._parked_since = now

    # ---- writing -------------------------------------------------------------------------------------------------

    def _write(self) -> None:
        while not self.over:
            if self.writing:
                self.unsent = True
                self.post()
                self.unsent = False
                self._wait(self.pause * (0.75 + random.random() / 2))
            else:
                time.sleep(0.02)

    def post(self) -> bool:
        """Write one message and try until the server has it, or until the page is closed."""
        self._wrote += 1
        client_id, text, begun = str(uuid.uuid4()), plain_text(self._wrote), time.monotonic()
        while not self.over:
            self.tries += 1
            try:
                answer = self._ask("post", client_id=client_id, text=text)
            except Unanswered:
                self._wait(TRY * (0.75 + random.random() / 2), hurry=True)
                if client_id in self._shown:  # what is shown as sent leaves the outbox, whoever lost the answer
                    self.acknowledged.append(
                        Acknowledged(client_id, self._shown[client_id], text, begun, time.monotonic())
                    )
                    return True
                continue
            if answer["ok"]:
                self.acknowledged.append(Acknowledged(client_id, answer["seq"], text, begun, time.monotonic()))
                self._asked_for = max(self._asked_for, answer["seq"])
                self._asked_at = time.monotonic() + GAP
                return True
            self._refusal(answer)
            # What is said without a time to wait stands there with "again", which somebody presses.
            self._wait(answer.get("retry_after", TRY))
        return False

    def _wait(self, seconds: float, hurry: bool = False) -> None:
        """Wait for the next try; `hurry`: no longer than until there is a line again."""
        was, until = self.entered, time.monotonic() + seconds
        while time.monotonic() < until and not self.over and not (hurry and self.entered and not was):
            was = self.entered
            time.sleep(min(0.02, seconds))

    def _refusal(self, answer: Answer) -> None:
        self.refused.append((time.monotonic(), answer["error"]))
        self.told.append(answer.get("say", ""))

    def is_signed_in(self) -> bool:
        """Whether the page of one's own account opens, as it does for nobody else."""
        return http(f"{random.choice(self.urls)}/account", self.person.cookie)[0] == 200

    # ---- one question --------------------------------------------------------------------------------------------

    def _ask(self, verb: str, **data: object) -> Answer:
        client = self._client
        if client is not None and client.connected and self.entered:
            return self._call(client, verb, **data)
        return self.ask_http(verb, **data)

    def _call(self, client: socketio.Client, verb: str, **data: object) -> Answer:
        """Over the line; like the browser's client it waits no longer than the line stands."""
        came, answers = threading.Event(), list[Answer]()

        def answered(answer: Answer) -> None:
            answers.append(answer)
            came.set()

        until = time.monotonic() + ANSWER
        try:
            with self._saying:
                client.emit(verb, {"room": self.person.room, **data}, callback=answered)
        except Exception:  # the line went in this moment
            raise Unanswered from None
        while not came.wait(0.1):
            if not client.connected or self.over:
                raise Unanswered
            if time.monotonic() > until:
                self._give_up(client)
                raise Unanswered
        return answers[0]

    def ask_http(self, verb: str, **data: object) -> Answer:
        """Ask without a line."""
        url = f"{random.choice(self.urls)}/rooms/{self.person.room}/messages"
        headers = {"Cookie": self.person.cookie, "X-CSRFToken": self.person.csrf, "Accept": "application/json"}
        body = None
        if verb == "post":
            body = json.dumps(data).encode()
            headers["Content-Type"] = "application/json"
        else:
            url += f"?after={data['after']}"
        try:
            with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=20) as response:
                answer: Answer = json.loads(response.read())
        except urllib.error.HTTPError as error:
            try:
                answer = json.loads(error.read())
            except ValueError:
                raise Unanswered from None
        except (OSError, ValueError):
            raise Unanswered from None
        return answer
