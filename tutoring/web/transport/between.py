"""Several processes: an event goes to the other ones over Redis, one channel for each room, encoded once.

Redis is a bell, never the truth, and nobody waits for it: what cannot be published is forgotten, and its rooms are
named as soon as it goes again; who could not listen for a while counts all of its rooms as missed. Pages in such rooms
are told the newest number and ask for what they lack. What takes a right away (a socket cut, a room left) is kept.
"""

import json
import logging
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from tutoring.web.transport.hub import Hub

log = logging.getLogger(__name__)

MOST_QUEUED = 10_000  # publications that wait for Redis
MOST_AT_ONCE = 256
PULSE = 5.0  # seconds between two of our own publications, at the most
DEAF = 15.0  # seconds without hearing even those, after which the connection is taken for dead
LONGEST_PAUSE = 2.0

Missed = Callable[[list[str], bool], None]


class Between(Hub):
    """A hub that shares its rooms with those of other processes. `missed` is called, by a thread that may wait, with
    the rooms of this process of which something may not have been heard, and whether that may be more than events:
    then somebody may have lost a right meanwhile."""

    def __init__(self, url: str, prefix: str, missed: Missed) -> None:
        super().__init__()
        self._url, self._prefix, self._missed = url, f"{prefix}-live:", missed
        self.me = secrets.token_hex(8)
        self._queue: deque[tuple[str, str]] = deque()
        self._filled = threading.Event()
        self._publisher: threading.Thread | None = None
        self._beginning = threading.Lock()
        self._lost: set[str] = set()  # rooms of which others have not heard something of ours
        self._wanted: deque[tuple[bool, str]] = deque()  # channels to hear from now on, or no more

    def initialize(self) -> None:
        """Begin to listen, once there is a socket; publishing begins with the first thing to say."""
        super().initialize()
        threading.Thread(target=self._listen_on, name="from-redis", daemon=True).start()

    # ---- what the server asks of a manager ------------------------------------------------------------------------

    def emit(self, event: str, data: Any, namespace: str, room: Any = None, skip_sid: Any = None,
             callback: Any = None, to: Any = None, **_more: Any) -> None:  # fmt: skip
        """Send to everybody in a room, or in several, on every process."""
        text, rooms = self.encoded(event, data), self.listed(to or room)
        self.deliver(text, rooms)
        if len(rooms) == 1:
            self._say(f"room:{rooms[0]}", text)
        else:
            self._say_all(do="deliver", text=text, rooms=rooms)

    def can_disconnect(self, sid: str, namespace: str) -> bool:
        """Whether the socket is ours; if it is not, its own process is told."""
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

    # ---- publishing -------------------------------------------------------------------------------------------

    def _say_all(self, **what: Any) -> None:
        self._say("all", json.dumps(what))

    def _say(self, channel: str, text: str) -> None:
        if len(self._queue) >= MOST_QUEUED:
            self._forget(channel)
            return
        self._queue.append((channel, text))
        self._begin()
        self._filled.set()

    def _begin(self) -> None:
        with self._beginning:
            if self._publisher is None or not self._publisher.is_alive():
                self._publisher = threading.Thread(target=self._publish_on, name="to-redis", daemon=True)
                self._publisher.start()

    def _forget(self, channel: str) -> None:
        if channel.startswith("room:"):
            self._lost.add(channel.removeprefix("room:"))

    def _connect(self, read: float | None) -> "Redis":
        retry = Retry(NoBackoff(), 0)  # a connection that is mended in silence has missed something
        return Redis.from_url(self._url, socket_connect_timeout=2, socket_timeout=read, retry=retry)

    def _publish_on(self) -> None:
        redis, pause = self._connect(2.0), 0.1
        while True:
            self._filled.wait(PULSE)
            self._filled.clear()
            some = [self._queue.popleft() for _ in range(min(len(self._queue), MOST_AT_ONCE))]
            lost = sorted(self._lost)
            try:
                pipe = redis.pipeline(transaction=False)
                for channel, text in some:
                    pipe.publish(self._prefix + channel, f"{self.me}\n{text}")
                if lost:
                    pipe.publish(f"{self._prefix}all", f"{self.me}\n{json.dumps({'do': 'missed', 'rooms': lost})}")
                pipe.publish(f"{self._prefix}to:{self.me}", "")  # wakes our own listener
                pipe.execute()
            except (RedisError, OSError) as error:
                for channel, _text in some:
                    self._forget(channel)
                self._queue.extendleft(one for one in reversed(some) if one[0] == "all")
                if pause < LONGEST_PAUSE:  # not for as long as it is gone
                    log.warning("Redis does not take what is published: %s", type(error).__name__)
                time.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
                self._filled.set()
                continue
            self._lost.difference_update(lost)
            pause = 0.1
            if self._queue:
                self._filled.set()

    # ---- listening --------------------------------------------------------------------------------------------

    def _want(self, heard: bool, room: str) -> None:
        self._wanted.append((heard, room))
        self._begin()
        self._filled.set()  # it wakes the listener too

    def _listen_on(self) -> None:
        pause, first = 0.1, True
        while True:
            try:
                with self._connect(None) as redis, redis.pubsub(ignore_subscribe_messages=False) as heard:
                    heard.subscribe(f"{self._prefix}all", f"{self._prefix}to:{self.me}")
                    self._wanted.clear()
                    if rooms := self._shared():
                        heard.subscribe(*(f"{self._prefix}room:{room}" for room in rooms))
                    again, pause, first = not first, 0.1, False
                    self._listen(heard, again)
            except (RedisError, OSError) as error:
                log.warning("Redis cannot be heard: %s", type(error).__name__)
            except Exception:
                log.exception("the listener stumbled")
            first = False
            time.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    def _shared(self) -> list[str]:
        return [room for room in list(self.rooms.get("/", {})) if _is_shared(room)]

    def _listen(self, heard: Any, again: bool) -> None:
        """Hear until the connection fails; `again`: it had failed before. Whoever came in before we could hear a room
        may have missed what was said in between: rooms that begin to be heard together are looked at together."""
        last, begun = time.monotonic(), list[str]()
        while True:
            message = heard.get_message(timeout=0.0 if begun else 1.0)
            now = time.monotonic()
            if message is not None and message["type"] == "subscribe":
                channel = message["channel"].decode().removeprefix(self._prefix)
                begun += [channel.removeprefix("room:")] if channel.startswith("room:") else []
                last = now
                continue
            if begun:
                self._miss(begun, again)
                begun, again = [], False
            if message is not None:
                last = now
                self._hear(message)
            elif now - last > DEAF:
                raise TimeoutError("nothing is heard, not even ourselves")
            while self._wanted:
                begins, room = self._wanted.popleft()
                (heard.subscribe if begins else heard.unsubscribe)(f"{self._prefix}room:{room}")

    def _hear(self, message: dict[str, Any]) -> None:
        channel = message["channel"].decode().removeprefix(self._prefix)
        if message["type"] != "message" or channel.startswith("to:"):
            return
        who, _, text = message["data"].decode().partition("\n")
        if who == self.me:
            return
        if channel.startswith("room:"):
            self.deliver(text, [channel.removeprefix("room:")])
            return
        try:
            self._do(json.loads(text))
        except Exception:
            log.exception("what another process asked for failed")

    def _do(self, what: dict[str, Any]) -> None:
        match what["do"]:
            case "deliver":
                self.deliver(what["text"], what["rooms"])
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
    """Whether a room is one of ours; the library has one for each socket, and one for all."""
    return isinstance(room, str) and ":" in room
