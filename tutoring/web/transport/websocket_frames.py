"""WebSocket frames and the handshake, based on wsproto, which does no socket I/O itself."""

from typing import Any

from engineio.packet import Packet
from wsproto.connection import Connection, ConnectionType
from wsproto.events import AcceptConnection
from wsproto.frame_protocol import FrameProtocol
from wsproto.handshake import H11Handshake


def framed(text: str) -> bytes:
    """Encodes a text as one unmasked server frame."""
    data = text.encode()
    size = len(data)
    if size < 126:
        return bytes((0x81, size)) + data
    if size < 65_536:
        return b"\x81\x7e" + size.to_bytes(2, "big") + data
    return b"\x81\x7f" + size.to_bytes(8, "big") + data


def frame(packet: Packet) -> bytes:
    """Encodes an Engine.IO packet as one frame, once for all connections."""
    made: bytes | None = packet.__dict__.get("frame")
    if made is None:
        encoded = packet.encode()
        made = framed(encoded) if isinstance(encoded, str) else _framed_bytes(encoded)
        packet.frame = made
    return made


def _framed_bytes(data: bytes) -> bytes:
    return bytes(FrameProtocol(client=False, extensions=[]).send_data(data, fin=True))


def whole(data: bytes, at: int, largest: int) -> tuple[str | None, int]:
    """Parses a whole, masked, unfragmented text frame that begins at this position.

    Returns the text and the position of the next frame. The text is None where the frame is incomplete or of another
    kind.
    """
    there = len(data) - at
    if there < 6 or data[at] != 0x81 or data[at + 1] < 0x80:
        return None, at
    size, start = data[at + 1] & 127, at + 6
    if size == 126:
        size, start = int.from_bytes(data[at + 2 : at + 4], "big"), at + 8
        if size < 126:
            return None, at
    elif size == 127:
        return None, at
    end = start + size
    if end > len(data) or size > largest:
        return None, at
    mask = data[start - 4 : start]
    said = data[start:end]
    if size and mask != b"\0\0\0\0":
        longer = (mask * (size // 4 + 1))[:size]
        said = (int.from_bytes(said, "little") ^ int.from_bytes(longer, "little")).to_bytes(size, "little")
    try:
        return said.decode(), end
    except UnicodeDecodeError:
        return None, at


def begins(data: bytes, largest: int) -> bool:
    """Whether the data begin such a frame whose end has not arrived yet."""
    if data[0] != 0x81 or (len(data) > 1 and (data[1] < 0x80 or data[1] == 0xFF)):
        return False
    if len(data) < 4:
        return True
    size, head = data[1] & 127, 6
    if size == 126:
        size, head = int.from_bytes(data[2:4], "big"), 8
        if size < 126:
            return False
    return size <= largest and len(data) < head + size


def accept(environ: dict[str, Any]) -> tuple[bytes, Connection]:
    """Returns the answer to a WebSocket request and the protocol of the new connection.

    Compression is off. Raises ValueError for other requests.
    """
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
    except Exception as error:  # errors of wsproto, of h11 and of invalid HTTP headers
        raise ValueError("no WebSocket request") from error
    line = handshake.connection
    assert line is not None
    return answer, line
