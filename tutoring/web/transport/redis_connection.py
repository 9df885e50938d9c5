"""A connection to Redis on which much is said and heard at once.

The library opens it (address, password, TLS, number of the database); from then on it is written to and read here,
because its own reader costs more for each thing heard than all the lines that are to be told of it.
"""

import ssl
from collections.abc import Iterable
from typing import Any

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

READ = 256 * 1024


class RedisLine:
    """`patience` is how many seconds an answer may take."""

    def __init__(self, url: str, patience: float) -> None:
        retry = Retry(NoBackoff(), 0)  # a connection that is mended in silence has missed something
        self._redis = Redis.from_url(url, protocol=2, socket_connect_timeout=2, socket_timeout=patience, retry=retry)
        self._connection: Any = self._redis.connection_pool.get_connection()
        self._sock: Any = self._connection._sock
        self._patience, self._rest = patience, b""

    def __enter__(self) -> "RedisLine":
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.disconnect()
        self._redis.close()

    def say(self, commands: Iterable[tuple[str, ...]]) -> None:
        """Send commands, all in one piece."""
        pieces: list[bytes] = []
        for command in commands:
            pieces.append(b"*%d\r\n" % len(command))
            for part in command:
                data = part.encode()
                pieces.append(b"$%d\r\n%b\r\n" % (len(data), data))
        self._sock.settimeout(self._patience)
        self._sock.sendall(b"".join(pieces))

    def answers(self, count: int) -> None:
        """Wait for the answers to so many commands, and raise if one of them is a refusal."""
        while count > 0:
            found = self.heard(self._patience)
            if not found:
                raise TimeoutError("Redis does not answer")
            count -= len(found)

    def heard(self, seconds: float) -> list[Any]:
        """What has come, after waiting for the first of it for so long at most."""
        self._sock.settimeout(seconds)
        try:
            data = self._sock.recv(READ)
        except (BlockingIOError, TimeoutError, ssl.SSLWantReadError):
            return []
        if not data:
            raise ConnectionError("Redis hung up")
        data, at, found = self._rest + data, 0, []
        while at < len(data):
            value, after = _value(data, at)
            if after < 0:
                break
            found.append(value)
            at = after
        self._rest = data[at:]
        return found


def _value(data: bytes, at: int) -> tuple[Any, int]:
    """One value of Redis's protocol and where it ends; -1 where its end has not come yet."""
    end = data.find(b"\r\n", at)
    if end < 0:
        return None, -1
    kind, head, after = data[at], data[at + 1 : end], end + 2
    if kind == 36:  # $: so many bytes
        size = int(head)
        if size < 0:
            return None, after
        return (data[after : after + size], after + size + 2) if len(data) >= after + size + 2 else (None, -1)
    if kind == 42:  # *: so many values
        found = []
        for _ in range(int(head)):
            value, after = _value(data, after)
            if after < 0:
                return None, -1
            found.append(value)
        return found, after
    if kind == 58:  # : a number
        return int(head), after
    if kind == 45:  # - a refusal
        raise RedisError(head.decode("utf-8", "replace"))
    return head, after
