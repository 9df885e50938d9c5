"""Who hears what: an event is encoded once and written to the lines of everybody in a room."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from engineio.exceptions import EngineIOError
from engineio.packet import MESSAGE
from engineio.packet import Packet as EnginePacket
from socketio import Manager
from socketio.packet import EVENT

NAMESPACE = "/"


class Hub(Manager):
    """Socket.IO's manager, which also knows the rooms of each socket, and does not look through all to let one go."""

    def __init__(self) -> None:
        super().__init__()
        self._of: defaultdict[str, set[str | None]] = defaultdict(set)

    def emit(self, event: str, data: Any, namespace: str, room: Any = None, skip_sid: Any = None,
             callback: Any = None, to: Any = None, **_more: Any) -> None:  # fmt: skip
        """Send to everybody in a room, or in several. We neither skip anybody nor ask for acknowledgements."""
        self.deliver(self.encoded(event, data), self.listed(to or room))

    def encoded(self, event: str, data: Any) -> str:
        """An event with one value as it goes over the line."""
        text = self.server.packet_class(EVENT, namespace=NAMESPACE, data=[event, data], binary=False).encode()
        assert isinstance(text, str)
        return text

    @staticmethod
    def listed(rooms: str | Iterable[str]) -> list[str]:
        """One room or several, as several."""
        return [rooms] if isinstance(rooms, str) else list(rooms)

    def deliver(self, text: str, rooms: list[str]) -> None:
        """Write to every socket of this process that is in one of the rooms, once."""
        packet, sockets = EnginePacket(MESSAGE, text), self.server.eio.sockets
        for eio_sid in self._listening(rooms):
            line = sockets.get(eio_sid)
            if line is not None and not line.closed:
                try:
                    line.send(packet)
                except EngineIOError:  # it closed in this moment
                    pass

    def _listening(self, rooms: list[str]) -> Iterable[str]:
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
