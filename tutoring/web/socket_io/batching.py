"""Batched socket events: events of several users at the same moment cost one transaction.

The thread that reads a connection takes them without waiting. An event that cannot be batched passes the same guard as
every event, alone.
"""

import logging
import re
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from flask import Flask, g
from flask_babel import gettext
from flask_socketio import SocketIO

from tutoring.kernel.batching import BatchQueue
from tutoring.kernel.commands import command
from tutoring.kernel.database import timeouts
from tutoring.kernel.db import db, is_timeout
from tutoring.kernel.errors import DomainError, RateLimited
from tutoring.kernel.monitoring import correlation
from tutoring.policy.access import SIGNED_IN
from tutoring.policy.access_tables import SOCKET_EVENTS
from tutoring.web import request_metrics, transport
from tutoring.web.error_handlers import as_json
from tutoring.web.socket_io import packet_validation

MOST_WAITING = 64  # unanswered events of one connection; our pages send one after the other
MOST_HANDS = 16  # unbatched events done at the same time

log = logging.getLogger(__name__)

Answer = dict[str, Any]
AGAIN: Literal["again"] = "again"
# Handles several calls of one event. For each call it returns an answer, None where it has to be done alone, or AGAIN
# where another transaction briefly holds what it needs.
Done = Answer | DomainError | Literal["again"] | None
Batch = Callable[[list["Call"]], list[Done]]

BATCHES: dict[str, Batch] = {}
_ONE_COMMAND: set[str] = set()


@dataclass(frozen=True)
class Caller:
    """The sender of an event and its socket."""

    sid: str
    user: Any


Call = tuple[Caller, dict[str, Any]]


def batch(name: str, one_command: bool = False) -> Callable[[Batch], Batch]:
    """Registers the batch handler of an event that is open to every signed-in user.

    The handler applies rate limits itself, at least as strictly as the event's own rule. Where it is a single command,
    the users are loaded in the same transaction.
    """

    def register(function: Batch) -> Batch:
        BATCHES[name] = function
        if one_command:
            _ONE_COMMAND.add(name)
        return function

    return register


class IdentityProvider(Protocol):
    """What sockets need to know about users; app.py passes in the features' functions."""

    def signed(self, tokens: Iterable[str]) -> Mapping[str, tuple[int, int]]: ...
    def opened(self, lines: Sequence[tuple[str, int, int]]) -> Mapping[str, list[str]]: ...
    def closed(self, sids: Sequence[str]) -> None: ...
    def seen(self, sids: list[str], stale_after: float) -> list[str]: ...
    def person(self, sign_in_id: int) -> Any | None: ...
    def people(self, sign_in_ids: Iterable[int]) -> tuple[Mapping[int, Any], list[int]]: ...
    def used(self, sign_in_ids: list[int]) -> None: ...
    def roles(self, user_id: int) -> frozenset[str]: ...


@dataclass
class SocketOwner:
    """The owner of a connection."""

    sign_in_id: int
    user_id: int
    unknown: int = 0  # unknown events received
    waiting: int = 0  # batched events received and not answered yet
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass(slots=True)  # not frozen: that takes twice as long to construct
class _Said:
    """An event as received, with the target of its answer."""

    verb: str
    sid: str
    eio_sid: str
    number: int | None  # of its acknowledgement, where the client asks for one
    data: list[Any]
    seat: SocketOwner
    since: float = field(default_factory=time.perf_counter)


class Batches:
    """The batches of one server.

    `alone` handles an event of one socket, with every check, and never raises.
    """

    def __init__(
        self,
        app: Flask,
        people: IdentityProvider,
        socketio: SocketIO,
        seat_of: Callable[[str], SocketOwner | None],
        alone: Callable[[str, str, list[Any]], Answer],
    ) -> None:
        closed = [name for name in BATCHES if SOCKET_EVENTS.get(name) is not SIGNED_IN]
        if closed:
            raise RuntimeError(f"not open to everybody signed in: {closed}")
        self._app, self._people, self._socketio, self._seat_of, self._alone = app, people, socketio, seat_of, alone
        self._writer = BatchQueue(
            self._together, self._one, lambda said: said.seat.user_id, transport.WorkerPool(MOST_HANDS).do
        )
        self._event = re.compile(rf'2([0-9]{{1,15}})(?=\["(?:{"|".join(BATCHES)})",)')

    def takes(self, packet: str) -> bool:
        """Whether `take` accepts this Socket.IO packet, if its connection is authenticated."""
        return self._event.match(packet) is not None

    def read(self, packet: str) -> tuple[int, Any]:
        """Returns the number and the event of such a packet."""
        found = self._event.match(packet)
        assert found is not None
        return int(found[1]), packet_validation.Json.loads(packet[found.end() :])

    def take(self, eio_sid: str, number: int | None, data: list[Any]) -> bool:
        """Queues an event for the next batch; returns False for other events. Never blocks."""
        if data[0] not in BATCHES:
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
                self._answer(said, as_json(RateLimited(retry_after=1)))
        else:
            self._writer.put(said)
        return True

    def _answer(self, said: _Said, answer: Answer) -> None:
        try:
            if said.number is not None:
                transport.answer(self._socketio.server, said.eio_sid, said.number, packet_validation.Json.dumps(answer))
        finally:
            request_metrics.answered(said.verb, said.since, answer)
            with said.seat.lock:
                said.seat.waiting -= 1

    def _together(self, batch: list[_Said]) -> tuple[list[_Said], list[_Said]]:
        try:
            with timeouts.time_budget(timeouts.BATCH):
                return self._as_one(batch)
        except Exception as error:
            if not is_timeout(error):
                raise
            # Each call alone would take as long again, so all are answered with the error now.
            log.warning("the database takes too long for a batch of %d", len(batch))
            with self._app.app_context():
                db.session.rollback()
                for said in batch:
                    self._answer(said, failed())
            return [], []

    def _as_one(self, batch: list[_Said]) -> tuple[list[_Said], list[_Said]]:
        with self._app.app_context(), correlation.piece("together"):
            with transport.buffered_writes():
                verbs = {said.verb for said in batch}
                one = command(self._done) if verbs <= _ONE_COMMAND else self._done
                people, unnoted, done = one(batch, sorted(verbs))
                for said in batch:
                    self._answered(said, people, done.get(id(said)))
            self._note_use(unnoted)
            alone = [said for said in batch if done.get(id(said)) is None]
            return alone, [said for said in batch if done.get(id(said)) == AGAIN]

    def _answered(self, said: _Said, people: Mapping[int, Any], answer: Done) -> None:
        """Sends the answer of a batched event."""
        if isinstance(answer, DomainError):
            person = people[said.seat.sign_in_id]
            g.language, g.pupil = person.language, person.is_minor
            self._answer(said, as_json(answer))
        elif answer is not None and answer != AGAIN:
            self._answer(said, {"ok": True, **answer})

    def _note_use(self, unnoted: list[int]) -> None:
        """Records sign-in use after the answers, which do not depend on it."""
        try:
            if unnoted:
                self._people.used(unnoted)
        except Exception:
            log.exception("the use of %d sign-ins could not be noted", len(unnoted))

    def _done(self, batch: list[_Said], verbs: list[str]) -> tuple[Mapping[int, Any], list[int], dict[int, Done]]:
        """Returns the users by sign-in, the sign-ins whose use must be recorded, and the results."""
        people, unnoted = self._people.people({said.seat.sign_in_id for said in batch})
        done: dict[int, Done] = {}
        for name in verbs:
            fit = [said for said in batch if said.verb == name and said.seat.sign_in_id in people and _is_call(said)]
            calls = [(Caller(said.sid, people[said.seat.sign_in_id]), said.data[0]) for said in fit]
            done |= zip(map(id, fit), BATCHES[name](calls), strict=True)
        return people, unnoted, done

    def _one(self, said: _Said) -> None:
        self._answer(said, self._alone(said.verb, said.sid, said.data))


def failed() -> Answer:
    """Returns the answer to a client for an internal error."""
    say = gettext("Máy chủ gặp lỗi, việc này chưa xong. Hãy thử lại.")
    return {"ok": False, "error": "refused", "say": say, "retry_after": 2}


def _is_call(said: _Said) -> bool:
    return len(said.data) == 1 and isinstance(said.data[0], dict)
