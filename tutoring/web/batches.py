"""Verbs that are done for several people at once: what they say in the same moment costs one transaction.

They are taken from the line by the thread that reads it, without waiting. Whatever cannot be done together goes through
the same guard as every verb, alone.
"""

import re
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from flask import Flask, g
from flask_socketio import SocketIO
from socketio.packet import ACK

from tutoring.kernel.errors import Refusal, TooMany
from tutoring.policy.access import SIGNED_IN
from tutoring.policy.tables import SOCKET_EVENTS
from tutoring.web import transport
from tutoring.web.errors import as_json
from tutoring.web.writer import Writer

MOST_WAITING = 64  # verbs of one line that are not answered yet; a page of ours sends one after the other
MOST_HANDS = 16  # of those that go alone, done at the same time

Answer = dict[str, Any]
AGAIN: Literal["again"] = "again"
# What several people say with one verb: who says what; for each its answer, None where it has to go alone, AGAIN where
# somebody else holds what it needs for a moment.
Done = Answer | Refusal | Literal["again"] | None
Batch = Callable[[list[tuple[Any, dict[str, Any]]]], list[Done]]

BATCHES: dict[str, Batch] = {}


def batch(name: str) -> Callable[[Batch], Batch]:
    """Register how a verb that is open to everybody signed in is done for several people at once. It counts how often
    itself, as strictly at least as the verb's own rule."""

    def register(function: Batch) -> Batch:
        BATCHES[name] = function
        return function

    return register


class People(Protocol):
    """What sockets need to know of people; told by the features above through app.py."""

    def opened(self, sid: str, sign_in_id: int, user_id: int) -> list[str]: ...
    def closed(self, sid: str) -> None: ...
    def seen(self, sids: list[str], stale_after: float) -> None: ...
    def person(self, sign_in_id: int) -> Any | None: ...
    def people(self, sign_in_ids: Iterable[int]) -> Mapping[int, Any]: ...
    def roles(self, user_id: int) -> frozenset[str]: ...


@dataclass
class Seat:
    """Who signed for a line."""

    sign_in_id: int
    user_id: int
    unknown: int = 0  # verbs heard that we do not have
    waiting: int = 0  # verbs heard and not answered yet, of those that are done for several people at once
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass(frozen=True)
class _Said:
    """A verb as it came over a line, with where its answer goes."""

    verb: str
    sid: str
    eio_sid: str
    number: int
    data: list[Any]
    seat: Seat


class Batches:
    """The batches of one server. `alone` does a verb for one socket, with every check, and never raises."""

    def __init__(
        self,
        app: Flask,
        people: People,
        socketio: SocketIO,
        seat_of: Callable[[str], Seat | None],
        alone: Callable[[str, str, list[Any]], Answer],
    ) -> None:
        closed = [name for name in BATCHES if SOCKET_EVENTS.get(name) is not SIGNED_IN]
        if closed:
            raise RuntimeError(f"not open to everybody signed in: {closed}")
        self._app, self._people, self._socketio, self._seat_of, self._alone = app, people, socketio, seat_of, alone
        self._writer = Writer(self._together, self._one, lambda said: said.seat.user_id, transport.Hands(MOST_HANDS).do)
        self._event = re.compile(rf'2\d+\["({"|".join(BATCHES)})",')

    def takes(self, packet: str) -> bool:
        """Whether `take` will have this packet of Socket.IO, if its sender has signed for the line."""
        return self._event.match(packet) is not None

    def take(self, eio_sid: str, number: int | None, data: list[Any]) -> bool:
        """Put an event aside until the next batch; False for all that are no verbs of ours. Never waits."""
        if data[0] not in BATCHES or number is None:
            return False
        sid = self._socketio.server.manager.sid_from_eio_sid(eio_sid, "/")
        seat = self._seat_of(sid)
        if seat is None:
            return False
        said = _Said(data[0], sid, eio_sid, number, data[1:], seat)
        with seat.lock:
            seat.waiting += 1
            full = seat.waiting > MOST_WAITING
        if full:
            with self._app.app_context():
                self._answer(said, as_json(TooMany(retry_after=1)))
        else:
            self._writer.put(said)
        return True

    def _answer(self, said: _Said, answer: Answer) -> None:
        server = self._socketio.server
        packet = server.packet_class(ACK, namespace="/", id=said.number, data=[answer], binary=False)
        try:
            server._send_packet(said.eio_sid, packet)
        finally:
            with said.seat.lock:
                said.seat.waiting -= 1

    def _together(self, batch: list[_Said]) -> tuple[list[_Said], list[_Said]]:
        with self._app.app_context(), transport.together():
            people = self._people.people({said.seat.sign_in_id for said in batch})
            done: dict[int, Done] = {}
            for name in {said.verb for said in batch}:
                fit = [
                    said for said in batch if said.verb == name and said.seat.sign_in_id in people and _is_call(said)
                ]
                calls = [(people[said.seat.sign_in_id], said.data[0]) for said in fit]
                done |= zip(map(id, fit), BATCHES[name](calls), strict=True)
            for said in batch:
                answer = done.get(id(said))
                if isinstance(answer, Refusal):
                    g.language = people[said.seat.sign_in_id].language
                    self._answer(said, as_json(answer))
                elif answer is not None and answer != AGAIN:
                    self._answer(said, {"ok": True, **answer})
            alone = [said for said in batch if done.get(id(said)) is None]
            return alone, [said for said in batch if done.get(id(said)) == AGAIN]

    def _one(self, said: _Said) -> None:
        self._answer(said, self._alone(said.verb, said.sid, said.data))


def _is_call(said: _Said) -> bool:
    return len(said.data) == 1 and isinstance(said.data[0], dict)
