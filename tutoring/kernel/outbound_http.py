"""Posting to another machine: one request, no redirects, and a deadline for all of it.

Addresses that people bring along (where browsers take pushes) may lead anywhere, so the name is looked up here and only
an address of the public network is spoken to; the very address that was looked at, so that no second answer of the
name service leads elsewhere.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from tutoring.kernel.monitoring.health_probes import Run

TIMEOUT = 8.0  # seconds for everything, however slowly the other side speaks
_MOST = 2000  # bytes of the answer that are read
_WRAPPED = tuple(ipaddress.ip_network(net) for net in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32"))


class DestinationNotAllowed(Exception):
    """The address is none that this site posts to."""


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes


def is_public(address: str) -> bool:
    """Whether this is the address of a machine on the public network, by whatever form it is written in."""
    found = ipaddress.ip_address(address.split("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return is_public(str(found.ipv4_mapped))
        if any(found in net for net in _WRAPPED):
            return False  # carries another address inside
    return found.is_global and not found.is_multicast


def post(url: str, body: bytes, headers: Mapping[str, str], *, inward: bool = False) -> Answer:
    """Post and tell what was answered. `inward`: the site's own setting says where, so it may be near as well.

    Raises Refused, or OSError and http.client.HTTPException when there is no answer in time.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        raise DestinationNotAllowed("no address") from None
    if parts.scheme not in ({"http", "https"} if inward else {"https"}) or not parts.hostname:
        raise DestinationNotAllowed("not an https address")
    ends = time.monotonic() + TIMEOUT
    addresses = _looked_up(parts.hostname, port, ends)
    if not inward and not all(map(is_public, addresses)):
        raise DestinationNotAllowed("not on the public network")
    line = _connected(addresses, port, ends)
    with line, _Deadline(line, ends):
        return _speak(line, parts, body, headers)


def _left(ends: float) -> float:
    left = ends - time.monotonic()
    if left <= 0:
        raise TimeoutError("no answer in time")
    return left


def _looked_up(name: str, port: int, ends: float) -> list[str]:
    """The addresses of a name, each once. A name server that does not answer holds a thread of its own."""
    run: Run[list[str]] = Run()

    def look() -> None:
        try:
            found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
            run.value = list(dict.fromkeys(str(one[4][0]) for one in found))
        except Exception as error:
            run.error = error
        finally:
            run.done.set()

    threading.Thread(target=look, name="looks-up", daemon=True).start()
    if not run.done.wait(_left(ends)):
        raise TimeoutError("no answer in time")
    return run.answer(0)


def _connected(addresses: list[str], port: int, ends: float) -> socket.socket:
    """A connection to the first address that takes one. Each gets its share of the time that is left."""
    for number, address in enumerate(addresses):
        try:
            return socket.create_connection((address, port), _left(ends) / (len(addresses) - number))
        except OSError:
            if number == len(addresses) - 1:
                raise
    raise OSError("the name has no address")


class _Deadline:
    """Ends a connection at its time, whoever waits for it then. It holds a second handle of the same connection:
    wrap_socket takes the first one's away, and by that the means to end it."""

    def __init__(self, line: socket.socket, ends: float) -> None:
        self._line, self._is_over = line.dup(), threading.Event()
        self._clock = threading.Timer(_left(ends), self._hang_up)
        self._clock.daemon = True

    def __enter__(self) -> None:
        self._clock.start()

    def __exit__(self, *raised: object) -> None:
        self._clock.cancel()
        self._clock.join()  # or the handle could be closed, and given to somebody else, before it is used
        self._line.close()
        if self._is_over.is_set():
            raise TimeoutError("no answer in time") from None

    def _hang_up(self) -> None:
        self._is_over.set()
        try:
            self._line.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # it is over already


def _speak(line: socket.socket, parts: SplitResult, body: bytes, headers: Mapping[str, str]) -> Answer:
    name = parts.hostname or ""
    if parts.scheme == "https":
        line = ssl.create_default_context().wrap_socket(line, server_hostname=name)
    connection = http.client.HTTPConnection(name, parts.port or (443 if parts.scheme == "https" else 80))
    connection.sock = line
    try:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        host = f"[{name}]" if ":" in name else name
        connection.request("POST", target, body, {"Host": host + (f":{parts.port}" if parts.port else ""), **headers})
        answer = connection.getresponse()
        return Answer(answer.status, answer.read(_MOST))
    finally:
        connection.close()
