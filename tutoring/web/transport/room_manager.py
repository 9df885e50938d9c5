"""Room membership: an event is encoded once and written to all connections in a room."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from engineio.exceptions import EngineIOError
from engineio.packet import MESSAGE
from engineio.packet import Packet as EnginePacket
from socketio import Manager
from socketio.packet import EVENT

from tutoring.web.transport.websocket_frames import framed
from tutoring.web.transport.write_buffering import put_aside

NAMESPACE = "/"


def by_rooms(what: list[tuple[str, list[str]]]) -> dict[tuple[str, ...], list[str]]:
    """Groups texts by the rooms they go to, in order."""
    found: dict[tuple[str, ...], list[str]] = {}
    for text, rooms in what:
        found.setdefault(tuple(rooms), []).append(text)
    return found


class RoomManager(Manager):
    """Socket.IO's manager with an index of each socket's rooms, so that leaving needs no scan."""

    def __init__(self) -> None:
        super().__init__()
        self.delivered = 0  # events written to connections; a race between threads may lose one
        self._of: defaultdict[str, set[str | None]] = defaultdict(set)

    def emit(self, event: str, data: Any, namespace: str, room: Any = None, skip_sid: Any = None,
             callback: Any = None, to: Any = None, **_more: Any) -> None:  # fmt: skip
        """Sends to a room or several; skipping sockets and acknowledgements are not supported."""
        self.send([(self.encoded(event, data), self.listed(to or room))])

    def encoded(self, event: str, data: Any) -> str:
        """Encodes an event with one value as a Socket.IO packet."""
        return f"{EVENT}{self.server.packet_class.json.dumps([event, data], separators=(',', ':'))}"

    @staticmethod
    def listed(rooms: str | Iterable[str]) -> list[str]:
        """Returns one room or several as a list."""
        return [rooms] if isinstance(rooms, str) else list(rooms)

    def send(self, pushes: list[tuple[str, list[str]]]) -> None:
        """Sends texts, each to its rooms; within `buffered_writes` all are sent at its end."""
        for one in pushes:
            if not put_aside(self, one):
                self.gathered([one])

    def gathered(self, what: list[tuple[str, list[str]]]) -> None:
        """Writes the collected texts; those for the same rooms in one piece."""
        for rooms, texts in by_rooms(what).items():
            self.deliver(texts, rooms)

    def deliver(self, texts: Sequence[str], rooms: Sequence[str]) -> None:
        """Writes once to every socket of this process that is in one of the rooms."""
        sockets, made = self.server.eio.sockets, b"".join([framed(f"{MESSAGE}{text}") for text in texts])
        listening = self._listening(rooms)
        self.delivered += len(listening) * len(texts)
        for eio_sid in listening:
            eio = sockets.get(eio_sid)
            if eio is None or eio.closed:
                continue
            line = getattr(eio, "line", None)
            if line is not None and not eio.queue.queue:
                line.write(made)
                continue
            for text in texts:
                try:
                    eio.send(EnginePacket(MESSAGE, text))
                except EngineIOError:  # it has just closed
                    break

    def _listening(self, rooms: Sequence[str]) -> Collection[str]:
        known = self.rooms.get(NAMESPACE, {})
        found = [list(known[room]._fwdm.values()) for room in rooms if room in known]
        return found[0] if len(found) == 1 else dict.fromkeys(one for some in found for one in some)

    def basic_enter_room(self, sid: str, namespace: str, room: Any, eio_sid: str | None = None) -> None:
        super().basic_enter_room(sid, namespace, room, eio_sid=eio_sid)
        self._of[sid].add(room)

    def basic_leave_room(self, sid: str, namespace: str, room: Any) -> None:
        super().basic_leave_room(sid, namespace, room)
        if sid in self._of:
            self._of[sid].discard(room)

    def basic_disconnect(self, sid: str, namespace: str, **_options: Any) -> None:
        for room in self._of.pop(sid, set()):
            super().basic_leave_room(sid, namespace, room)
        self.callbacks.pop(sid, None)
        for waiting in (self.pending_connect, self.pending_disconnect):
            if sid in waiting.get(namespace, []):
                waiting[namespace].remove(sid)
                if not waiting[namespace]:
                    del waiting[namespace]
