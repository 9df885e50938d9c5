"""WebSocket frames and the handshake, by wsproto, which reads and writes no sockets itself."""

import threading
from typing import Any

from engineio.packet import Packet
from wsproto.connection import Connection, ConnectionType
from wsproto.events import AcceptConnection
from wsproto.frame_protocol import FrameProtocol
from wsproto.handshake import H11Handshake

_here = threading.local()


def frame(packet: Packet) -> bytes:
    """An Engine.IO packet as one frame. It is made once, however many lines it is written to."""
    made: bytes | None = packet.__dict__.get("frame")
    if made is None:
        writer = _here.__dict__.setdefault("writer", FrameProtocol(client=False, extensions=[]))
        made = packet.frame = bytes(writer.send_data(packet.encode(), fin=True))
    return made


def accept(environ: dict[str, Any]) -> tuple[bytes, Connection]:
    """The answer to a request for a WebSocket, and the protocol of the line that begins with it; no compression.
    Raises ValueError when it is not such a request."""
    handshake = H11Handshake(ConnectionType.SERVER)
    try:
        headers = [
            (name[5:].replace("_", "-").lower().encode("latin-1"), value.encode("latin-1"))
            for name, value in environ.items()
            if name.startswith("HTTP_")
        ]
        handshake.initiate_upgrade_connection(headers, environ.get("PATH_INFO", "/").encode())
        next(handshake.events())
        answer = handshake.send(AcceptConnection())
    except Exception as error:  # wsproto's, h11's and those of headers that no HTTP message may have
        raise ValueError("no WebSocket request") from error
    line = handshake.connection
    assert line is not None
    return answer, line
