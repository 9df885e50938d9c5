"""A network between two ends, people and a server or a server and its database: slow, silent or broken as is wished."""

import asyncio
import contextlib
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

Target = int | Path  # a port of this machine, or a Unix socket


@dataclass(eq=False)
class _Way:
    """One connection through the proxy, with both of its ends."""

    ends: list[asyncio.StreamWriter] = field(default_factory=list)
    dead: bool = False  # nothing passes any more, not even that an end has hung up


class Network:
    """A proxy before one server: each direction takes so many seconds. It can be cut with whatever is on its way; stand
    still, so that everything arrives later; or swallow what present connections carry, without telling either end."""

    def __init__(self, target: Target, delay: float = 0.02) -> None:
        self.target, self.port = target, 0
        self.delay = delay
        self._loop = asyncio.new_event_loop()
        self._ways: set[_Way] = set()
        self._down = False
        self._moving = asyncio.Event()
        ready = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(ready,), daemon=True)
        self._thread.start()
        assert ready.wait(60)

    @property
    def delay(self) -> float:
        """Seconds that each direction takes."""
        return self._delay

    @delay.setter
    def delay(self, seconds: float) -> None:
        self._delay = self.delay_back = seconds

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def _run(self, ready: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        self._moving.set()
        server = self._loop.run_until_complete(asyncio.start_server(self._carry, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        self._loop.run_forever()
        self._loop.set_exception_handler(lambda *_told: None)  # who is stopped while reading
        server.close()
        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        self._loop.close()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._down:
            writer.transport.abort()
            return
        try:
            if isinstance(self.target, int):
                far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target)
            else:
                far_reader, far_writer = await asyncio.open_unix_connection(self.target)
        except OSError:
            writer.transport.abort()
            return
        way = _Way([writer, far_writer])
        self._ways.add(way)
        await asyncio.gather(
            self._pump(way, reader, far_writer, "delay"), self._pump(way, far_reader, writer, "delay_back")
        )
        if not way.dead:  # else both ends go on believing in it, until the network is closed
            self._ways.discard(way)

    async def _pump(self, way: _Way, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, delay: str) -> None:
        """Pass on what comes, each piece so long after it came."""
        on_its_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

        async def arrive() -> None:
            with contextlib.suppress(OSError):
                while True:
                    at, data = await on_its_way.get()
                    await asyncio.sleep(at - self._loop.time())
                    await self._moving.wait()
                    if way.dead:
                        return
                    if not data:
                        break
                    writer.write(data)
                    await writer.drain()
            writer.transport.abort()

        arriving = asyncio.create_task(arrive())
        with contextlib.suppress(OSError):
            while data := await reader.read(65_536):
                on_its_way.put_nowait((self._loop.time() + getattr(self, delay), data))
        on_its_way.put_nowait((self._loop.time() + getattr(self, delay), b""))
        await arriving

    def _soon(self, job: object) -> None:
        self._loop.call_soon_threadsafe(job)  # type: ignore[arg-type]

    def _break_off(self) -> None:
        for way in list(self._ways):
            for end in way.ends:
                end.transport.abort()

    def down(self) -> None:
        """Everything breaks off at once, and nobody comes through."""
        self._down = True
        self._soon(self._break_off)

    def up(self) -> None:
        """Whoever tries again comes through."""
        self._down = False

    def cut(self, seconds: float) -> None:
        """Everything breaks off at once, and nobody comes through for a while."""
        self.down()
        time.sleep(seconds)
        self.up()

    def stand_still(self) -> None:
        """Nothing arrives, in either direction and on new connections too, until `move_on`."""
        self._soon(self._moving.clear)

    def move_on(self) -> None:
        """What was on its way arrives."""
        self._soon(self._moving.set)

    def swallow(self) -> None:
        """What present connections carry is lost from now on, goodbyes too, and neither end is told. New ones work."""

        def die() -> None:
            for way in self._ways:
                way.dead = True

        self._soon(die)

    def close(self) -> None:
        """End the proxy with all that goes through it."""
        self.down()
        self._soon(self._loop.stop)
        self._thread.join(60)
