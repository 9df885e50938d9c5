"""The bus between processes: events go over Redis, one channel per room, encoded once.

Redis only signals changes; the database is the source of truth. Publishing never blocks. Rooms whose publish failed are
announced after reconnecting. A process that could not listen for a while counts all of its rooms as missed. Pages in
such rooms get the newest number and fetch what they lack. Commands that revoke access (closing a socket, leaving a
room) stay queued while Redis does not answer.
"""

import json
import logging
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

from redis.exceptions import RedisError

from tutoring.web.transport.redis_connection import RedisConnection
from tutoring.web.transport.room_manager import NAMESPACE, RoomManager, by_rooms
from tutoring.web.transport.write_buffering import buffered_writes

log = logging.getLogger(__name__)

MOST_QUEUED = 10_000  # publications that wait for Redis; commands that revoke access wait in any number
MOST_AT_ONCE = 256
PATIENCE = 2.0  # seconds for Redis to accept what is published
PULSE = 5.0  # seconds between two publications to this process itself, at most
DEAF = 15.0  # seconds without receiving even those, after which the connection counts as dead
LONGEST_PAUSE = 2.0

Missed = Callable[[list[str], bool], None]


class RedisBus(RoomManager):
    """A room manager that shares its rooms with other processes.

    `missed` is called, on a thread that may block, with the rooms of this process whose events may have been lost. Its
    second argument tells whether revocations may have been lost too.
    """

    def __init__(self, url: str, prefix: str, missed: Missed) -> None:
        super().__init__()
        self._url, self._prefix, self._missed = url, f"{prefix}-live:", missed
        self.me = secrets.token_hex(8)
        self._queue: deque[tuple[str, str]] = deque()
        self.hears = True  # until pushes of other processes are known to be missed
        self._filled = threading.Event()
        self._publisher: threading.Thread | None = None
        self._beginning = threading.Lock()
        self._handing = False  # the publisher is sending something
        self._lost: set[str] = set()  # rooms of which other processes have missed a push of ours
        self._wanted: deque[tuple[bool, str]] = deque()  # channels to subscribe (True) or unsubscribe

    def initialize(self) -> None:
        """Starts the listener with the first socket; the publisher starts with the first push."""
        super().initialize()
        threading.Thread(target=self._listen_on, name="from-redis", daemon=True).start()

    # ---- the manager interface ------------------------------------------------------------------------------------

    def gathered(self, what: list[tuple[str, list[str]]]) -> None:
        """Sends to these rooms on every process; texts for the same room are one publication."""
        found = by_rooms(what)
        for rooms, texts in found.items():
            if len(rooms) == 1 and _is_shared(rooms[0]):
                self._push(f"room:{rooms[0]}", "\n".join(texts), rooms)  # JSON text never contains this line break
            # several rooms, or a socket of another process
            elif len(rooms) > 1 or not self._is_ours(rooms[0], NAMESPACE):
                self._push("all", json.dumps({"do": "deliver", "texts": texts, "rooms": rooms}), rooms)
        self._wake()
        for rooms, texts in found.items():
            self.deliver(texts, rooms)

    def can_disconnect(self, sid: str, namespace: str) -> bool:
        """Whether the socket belongs to this process; if not, its process is told to close it."""
        if self._is_ours(sid, namespace):
            return bool(super().can_disconnect(sid, namespace))
        self._say_all(do="disconnect", sid=sid)
        return False

    def enter_room(self, sid: str, namespace: str, room: str, eio_sid: str | None = None) -> None:
        if self._is_ours(sid, namespace):
            super().enter_room(sid, namespace, room, eio_sid=eio_sid)
        else:
            self._say_all(do="enter", sid=sid, room=room)

    def leave_room(self, sid: str, namespace: str, room: str) -> None:
        if self._is_ours(sid, namespace):
            super().leave_room(sid, namespace, room)
        else:
            self._say_all(do="leave", sid=sid, room=room)

    def _is_ours(self, sid: str, namespace: str) -> bool:
        return bool(self.is_connected(sid, namespace) or self.is_pre_connected(sid, namespace))

    def basic_enter_room(self, sid: str, namespace: str, room: Any, eio_sid: str | None = None) -> None:
        super().basic_enter_room(sid, namespace, room, eio_sid=eio_sid)
        if _is_shared(room) and len(self.rooms[namespace][room]) == 1:
            self._want(True, room)

    def basic_leave_room(self, sid: str, namespace: str, room: Any) -> None:
        super().basic_leave_room(sid, namespace, room)
        if _is_shared(room) and room not in self.rooms.get(namespace, {}):
            self._want(False, room)

    @property
    def is_quiet(self) -> bool:
        """Whether every push of this process has been handed to Redis."""
        return not self._queue and not self._handing

    def unsent(self) -> int:
        """Returns how many publications wait for Redis."""
        return len(self._queue)

    # ---- publishing -------------------------------------------------------------------------------------------

    def _say_all(self, **what: Any) -> None:
        self._say("all", json.dumps(what))

    def _say(self, channel: str, text: str) -> None:
        self._queue.append((channel, text))  # never dropped: a socket that should be closed would stay open
        self._wake()

    def _push(self, channel: str, text: str, rooms: Iterable[str]) -> None:
        if len(self._queue) < MOST_QUEUED:
            self._queue.append((channel, text))
        else:
            self._lost.update(room for room in rooms if _is_shared(room))

    def _wake(self) -> None:
        if self._publisher is None or not self._publisher.is_alive():
            self._begin()
        if not self._filled.is_set():
            self._filled.set()

    def _begin(self) -> None:
        with self._beginning:
            if self._publisher is None or not self._publisher.is_alive():
                self._publisher = threading.Thread(target=self._publish_on, name="to-redis", daemon=True)
                self._publisher.start()

    def _forget(self, channel: str) -> None:
        if channel.startswith("room:"):
            self._lost.add(channel.removeprefix("room:"))

    def _publish_on(self) -> None:
        pause = 0.1
        while True:
            try:
                with RedisConnection(self._url, PATIENCE) as redis:
                    pulse = 0.0
                    while True:
                        pulse = self._publish(redis, pulse)
                        pause = 0.1
            except (RedisError, OSError) as error:
                if pause < LONGEST_PAUSE:  # no repeated logging while Redis is away
                    log.warning("Redis does not take what is published: %s", type(error).__name__)
            except Exception:
                log.exception("the publisher stumbled")
            self._forget_rooms()
            time.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
            self._filled.set()

    def _publish(self, redis: RedisConnection, pulse: float) -> float:
        """Publishes the queue, or waits for it; returns the time of the last self-publication."""
        self._filled.wait(PULSE)
        self._filled.clear()
        self._handing = bool(self._queue)
        some = [self._queue.popleft() for _ in range(min(len(self._queue), MOST_AT_ONCE))]
        lost, now = sorted(self._lost), time.monotonic()
        said = [("PUBLISH", self._prefix + channel, f"{self.me}\n{text}") for channel, text in some]
        if lost:
            told = json.dumps({"do": "missed", "rooms": lost})
            said.append(("PUBLISH", f"{self._prefix}all", f"{self.me}\n{told}"))
        if self._wanted or now - pulse >= PULSE:  # wakes our own listener
            pulse = now
            said.append(("PUBLISH", f"{self._prefix}to:{self.me}", ""))
        try:
            redis.say(said)
            redis.answers(len(said))
        except BaseException:
            for channel, _text in some:
                self._forget(channel)
            self._queue.extendleft(one for one in reversed(some) if one[0] == "all")
            raise
        finally:
            self._handing = False
        self._lost.difference_update(lost)
        if self._queue:
            self._filled.set()
        return pulse

    def _forget_rooms(self) -> None:
        """Drops waiting pushes and marks their rooms as lost; keeps commands that revoke access.

        Pages learn of the dropped pushes by the room's number later.
        """
        for _ in range(len(self._queue)):
            one = self._queue.popleft()
            if one[0] == "all":
                self._queue.append(one)
            else:
                self._forget(one[0])

    # ---- listening --------------------------------------------------------------------------------------------

    def _want(self, heard: bool, room: str) -> None:
        self._wanted.append((heard, room))
        self._begin()
        self._filled.set()  # it wakes the listener too

    def _listen_on(self) -> None:
        pause, first = 0.1, True
        while True:
            try:
                with RedisConnection(self._url, PATIENCE) as redis:
                    channels = [f"{self._prefix}all", f"{self._prefix}to:{self.me}"]
                    self._wanted.clear()
                    channels += [f"{self._prefix}room:{room}" for room in self._shared()]
                    redis.say([("SUBSCRIBE", *channels)])
                    self.hears = True
                    again, pause, first = not first, 0.1, False
                    self._listen(redis, again)
            except (RedisError, OSError) as error:
                log.warning("Redis cannot be heard: %s", type(error).__name__)
            except Exception:
                log.exception("the listener stumbled")
            first = self.hears = False
            time.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    def _shared(self) -> list[str]:
        return [room for room in list(self.rooms.get("/", {})) if _is_shared(room)]

    def _listen(self, redis: RedisConnection, again: bool) -> None:
        """Receives until the connection fails; `again` means that it had failed before.

        A client that entered a room before it was subscribed may have missed pushes in between. Rooms that are
        subscribed together are rechecked together.
        """
        last, begun = time.monotonic(), list[str]()
        while True:
            heard = redis.heard(0.0 if begun else 1.0)
            now = time.monotonic()
            begins = [channel.decode() for kind, channel, _data in heard if kind == b"subscribe"]
            begun += [one.removeprefix(f"{self._prefix}room:") for one in begins if "room:" in one]
            if heard:
                last = now
                self._hear([(channel.decode(), data) for kind, channel, data in heard if kind == b"message"])
            elif now - last > DEAF:
                raise TimeoutError("nothing is heard, not even ourselves")
            if begun and not begins:
                self._miss(begun, again)
                begun, again = [], False
            wanted = [self._wanted.popleft() for _ in range(len(self._wanted))]
            if wanted:
                redis.say(
                    ("SUBSCRIBE" if begin else "UNSUBSCRIBE", f"{self._prefix}room:{room}") for begin, room in wanted
                )

    def _hear(self, messages: list[tuple[str, bytes]]) -> None:
        """Handles all received messages; each connection gets them in one write."""
        mine, pushes = self.me.encode(), list[tuple[str, str]]()
        for channel, data in messages:
            if data.startswith(mine) or not data:
                continue
            name, text = channel.removeprefix(self._prefix), data.decode().partition("\n")[2]
            if name.startswith("room:"):
                pushes.append((name.removeprefix("room:"), text))
                continue
            self._tell(pushes)
            pushes = []
            try:
                self._do(json.loads(text))
            except Exception:
                log.exception("what another process asked for failed")
        self._tell(pushes)

    def _tell(self, pushes: list[tuple[str, str]]) -> None:
        with buffered_writes():
            for room, text in pushes:
                self.deliver(text.split("\n"), [room])

    def _do(self, what: dict[str, Any]) -> None:
        match what["do"]:
            case "deliver":
                self.deliver(what["texts"], what["rooms"])
            case "missed":
                self._miss([room for room in what["rooms"] if room in self.rooms.get("/", {})], False)
            case "disconnect":
                if self._is_ours(what["sid"], "/"):
                    self.server.disconnect(what["sid"], namespace="/")
            case "enter":
                if self._is_ours(what["sid"], "/"):
                    super().enter_room(what["sid"], "/", what["room"])
            case "leave":
                if self._is_ours(what["sid"], "/"):
                    super().leave_room(what["sid"], "/", what["room"])

    def _miss(self, rooms: list[str], rights: bool) -> None:
        if rooms:
            threading.Thread(target=self._missed, args=(rooms, rights), name="missed", daemon=True).start()


def _is_shared(room: Any) -> bool:
    """Whether a room is one of ours; the library has one for each socket and one for all."""
    return isinstance(room, str) and ":" in room
