"""Who hears what: an event is encoded once and written to the lines of everybody in a room."""

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
    """Texts by the rooms they go to, in order."""
    found: dict[tuple[str, ...], list[str]] = {}
    for text, rooms in what:
        found.setdefault(tuple(rooms), []).append(text)
    return found


class RoomManager(Manager):
    """Socket.IO's manager, which also knows the rooms of each socket, and does not look through all to let one go."""

    def __init__(self) -> None:
        super().__init__()
        self.delivered = 0  # events written to lines; threads that meet here may lose one
        self._of: defaultdict[str, set[str | None]] = defaultdict(set)

    def emit(self, event: str, data: Any, namespace: str, room: Any = None, skip_sid: Any = None,
             callback: Any = None, to: Any = None, **_more: Any) -> None:  # fmt: skip
        """Send to everybody in a room, or in several. We neither skip anybody nor ask for acknowledgements."""
        self.send([(self.encoded(event, data), self.listed(to or room))])

    def encoded(self, event: str, data: Any) -> str:
        """An event with one value as it goes over the line."""
        return f"{EVENT}{self.server.packet_class.json.dumps([event, data], separators=(',', ':'))}"

    @staticmethod
    def listed(rooms: str | Iterable[str]) -> list[str]:
        """One room or several, as several."""
        return [rooms] if isinstance(rooms, str) else list(rooms)

    def send(self, pushes: list[tuple[str, list[str]]]) -> None:
        """Send texts, each to its rooms; of those sent within `together` all at its end."""
        for one in pushes:
            if not put_aside(self, one):
                self.gathered([one])

    def gathered(self, what: list[tuple[str, list[str]]]) -> None:
        """Write what was put aside, whatever goes to the same rooms in one piece."""
        for rooms, texts in by_rooms(what).items():
            self.deliver(texts, rooms)

    def deliver(self, texts: Sequence[str], rooms: Sequence[str]) -> None:
        """Write to every socket of this process that is in one of the rooms, once."""
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
                except EngineIOError:  # it closed in this moment
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
