"""A poor network on this machine: a server behind a slow line.

The line delays each direction by half a round trip and lets so many bytes through a second. It stands outside the
browser, because a browser's own throttling leaves service workers and sockets alone.
"""

import asyncio
import contextlib
import http.server
import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath

CHUNK = 1400  # bytes, about what one packet carries


@dataclass
class Line:
    """How slow the line is, and what has come through it, by path."""

    round_trip: float  # seconds
    rate: int  # bytes a second
    carried: int = 0  # bytes to the browser, headers too
    bodies: dict[str, int] = field(default_factory=dict)  # bytes of bodies by path, as they came

    def forget(self) -> None:
        self.carried = 0
        self.bodies.clear()

    def of_kind(self, *endings: str) -> int:
        return sum(size for path, size in self.bodies.items() if PurePosixPath(path.split("?")[0]).suffix in endings)


def _pump(near: socket.socket, far: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while piece := near.recv(65_536):
            far.sendall(piece)


class _Front(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    target, line = 0, Line(0, 1)

    def do_GET(self) -> None:
        if "Upgrade" in self.headers:
            self._tunnel()
            return
        headers = {name: value for name, value in self.headers.items() if name.lower() not in ("connection",)}
        request = urllib.request.Request(f"http://127.0.0.1:{self.target}{self.path}", headers=headers)
        try:
            answer = urllib.request.urlopen(request, timeout=20)
        except urllib.error.HTTPError as error:
            answer = error
        body = answer.read()
        self.line.bodies[self.path] = len(body)
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            if name.lower() not in ("content-length", "connection", "transfer-encoding", "server", "date"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _tunnel(self) -> None:
        """Pass on a line that stays open, as it is."""
        self.close_connection = True
        head = "".join(f"{name}: {value}\r\n" for name, value in self.headers.items())
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.target)) as far:
            far.sendall(f"{self.requestline}\r\n{head}\r\n".encode("latin-1"))
            threading.Thread(target=_pump, args=(self.connection, far), daemon=True).start()
            _pump(far, self.connection)

    def log_message(self, *_: object) -> None:
        pass


async def _carry(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, line: Line, free: list[float], down: bool
) -> None:
    """Pass on what comes, each piece after its turn on the line and half a round trip."""
    loop = asyncio.get_running_loop()
    due: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

    async def arrive() -> None:
        while True:
            at, piece = await due.get()
            await asyncio.sleep(max(0.0, at - loop.time()))
            if not piece:
                break
            writer.write(piece)
            await writer.drain()
        writer.close()

    arriving = asyncio.create_task(arrive())
    with contextlib.suppress(ConnectionError):
        while piece := await reader.read(CHUNK):
            free[0] = max(free[0], loop.time()) + len(piece) / line.rate
            line.carried += len(piece) * down
            due.put_nowait((free[0] + line.round_trip / 2, piece))
    due.put_nowait((loop.time() + line.round_trip / 2, b""))
    with contextlib.suppress(ConnectionError):
        await arriving


async def _serve(port: int, target: int, line: Line, ready: threading.Event) -> None:
    up, down = [0.0], [0.0]  # when each direction is free again: all connections share the line

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        from_server, to_server = await asyncio.open_connection("127.0.0.1", target)
        await asyncio.gather(_carry(reader, to_server, line, up, False), _carry(from_server, writer, line, down, True))

    server = await asyncio.start_server(connected, "127.0.0.1", port)
    ready.set()
    async with server:
        await server.serve_forever()


@contextlib.contextmanager
def slow_line(port: int, target: int, round_trip: float, rate: int) -> Iterator[Line]:
    """Serve on `port` what stands on `target`, slowly, as long as the context lasts."""
    line = Line(round_trip, rate)
    handler = type("Front", (_Front,), {"target": target, "line": line})
    front = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=front.serve_forever, daemon=True).start()
    loop, ready = asyncio.new_event_loop(), threading.Event()
    serving = loop.create_task(_serve(port, front.server_port, line, ready))

    def run() -> None:
        with contextlib.suppress(asyncio.CancelledError):
            loop.run_until_complete(serving)
        loop.set_exception_handler(lambda *_: None)  # connections that are cut off here are no news
        left = asyncio.all_tasks(loop)
        for task in left:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        loop.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    ready.wait(10)
    try:
        yield line
    finally:
        loop.call_soon_threadsafe(serving.cancel)
        thread.join(5)
        front.shutdown()
