"""A Redis connection for pipelined commands and bulk reads.

The library opens it (address, password, TLS, database number). This module then writes and reads the socket itself,
because the library's reader costs more per message than sending it to all connections.
"""

import ssl
from collections.abc import Iterable
from typing import Any

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

READ = 256 * 1024


class RedisConnection:
    """One connection; `patience` is the timeout of an answer in seconds."""

    def __init__(self, url: str, patience: float) -> None:
        retry = Retry(NoBackoff(), 0)  # a connection that reconnects silently has missed something
        self._redis = Redis.from_url(url, protocol=2, socket_connect_timeout=2, socket_timeout=patience, retry=retry)
        self._connection: Any = self._redis.connection_pool.get_connection()
        self._sock: Any = self._connection._sock
        self._patience, self._rest = patience, b""

    def __enter__(self) -> "RedisConnection":
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.disconnect()
        self._redis.close()

    def say(self, commands: Iterable[tuple[str, ...]]) -> None:
        """Sends commands in one write."""
        pieces: list[bytes] = []
        for command in commands:
            pieces.append(b"*%d\r\n" % len(command))
            for part in command:
                data = part.encode()
                pieces.append(b"$%d\r\n%b\r\n" % (len(data), data))
        self._sock.settimeout(self._patience)
        self._sock.sendall(b"".join(pieces))

    def answers(self, count: int) -> None:
        """Waits for the answers to so many commands; raises if one of them is an error."""
        while count > 0:
            found = self.heard(self._patience)
            if not found:
                raise TimeoutError("Redis does not answer")
            count -= len(found)

    def heard(self, seconds: float) -> list[Any]:
        """Returns what has arrived, waiting at most this long for the first of it."""
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
    """Parses one value of Redis's protocol; returns it and its end, or -1 if it is incomplete."""
    end = data.find(b"\r\n", at)
    if end < 0:
        return None, -1
    kind, head, after = data[at], data[at + 1 : end], end + 2
    if kind == 36:  # $: a string of so many bytes
        size = int(head)
        if size < 0:
            return None, after
        return (data[after : after + size], after + size + 2) if len(data) >= after + size + 2 else (None, -1)
    if kind == 42:  # *: an array of so many values
        found = []
        for _ in range(int(head)):
            value, after = _value(data, after)
            if after < 0:
                return None, -1
            found.append(value)
        return found, after
    if kind == 58:  # : an integer
        return int(head), after
    if kind == 45:  # - an error
        raise RedisError(head.decode("utf-8", "replace"))
    return head, after
