"""WebSocket transport without a thread per socket; see docs/realtime.md, "The transport"."""

from tutoring.web.transport.connection import rest
from tutoring.web.transport.engineio_adapter import Transport, answer
from tutoring.web.transport.event_loop import WorkerPool
from tutoring.web.transport.redis_bus import RedisBus
from tutoring.web.transport.room_manager import RoomManager
from tutoring.web.transport.write_buffering import buffered_writes

__all__ = ["RedisBus", "RoomManager", "Transport", "WorkerPool", "answer", "buffered_writes", "rest"]
