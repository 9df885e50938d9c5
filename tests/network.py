"""A network between people and one server process: as slow as is wished, and it can break off."""

import asyncio
import contextlib
import threading
import time


class Network:
    """A proxy before one server: each direction takes so many seconds; it can be cut with whatever is on its way."""

    def __init__(self, target: int, delay: float = 0.02) -> None:
        self.target, self.port, self.delay = target, 0, delay
        self._loop = asyncio.new_event_loop()
        self._open: set[asyncio.StreamWriter] = set()
        self._down = False
        ready = threading.Event()
        threading.Thread(target=self._run, args=(ready,), daemon=True).start()
        assert ready.wait(10)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def _run(self, ready: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._carry, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        self._loop.run_forever()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._down:
            writer.transport.abort()
            return
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.transport.abort()
            return
        self._open |= {writer, far_writer}
        await asyncio.gather(self._pump(reader, far_writer), self._pump(far_reader, writer))
        self._open -= {writer, far_writer}

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass on what comes, each piece so long after it came."""
        on_its_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

        async def arrive() -> None:
            with contextlib.suppress(OSError):
                while True:
                    at, data = await on_its_way.get()
                    await asyncio.sleep(at - self._loop.time())
                    if not data:
                        break
                    writer.write(data)
                    await writer.drain()
            writer.transport.abort()

        arriving = asyncio.create_task(arrive())
        with contextlib.suppress(OSError):
            while data := await reader.read(65_536):
                on_its_way.put_nowait((self._loop.time() + self.delay, data))
        on_its_way.put_nowait((self._loop.time() + self.delay, b""))
        await arriving

    def down(self) -> None:
        """Everything breaks off at once, and nobody comes through."""
        self._down = True
        self._loop.call_soon_threadsafe(lambda: [writer.transport.abort() for writer in list(self._open)])

    def up(self) -> None:
        """Whoever tries again comes through."""
        self._down = False

    def cut(self, seconds: float) -> None:
        """Everything breaks off at once, and nobody comes through for a while."""
        self.down()
        time.sleep(seconds)
        self.up()
