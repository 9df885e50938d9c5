"""HTTP to another machine: one request, no redirects, and one deadline for all of it.

Addresses that users supply (push endpoints of browsers, identity providers of schools) may lead anywhere. So the name
is resolved here, and only public addresses are connected to. The connection uses the very address that was checked, so
that a second DNS answer cannot lead elsewhere.
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

TIMEOUT = 8.0  # seconds for the whole exchange, however slowly the other side answers
_MOST = 2000  # bytes of an answer that are read, unless the caller wants more
_WRAPPED = tuple(
    ipaddress.ip_network(net) for net in ("::/96", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")
)
_SITE_LOCAL = ipaddress.ip_network("fec0::/10")  # given up by RFC 3879, and still routed inside some networks


class DestinationNotAllowed(Exception):
    """The address is not one that this site calls."""


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes


def is_public(address: str) -> bool:
    """Whether this is an address on the public network, in any notation."""
    found = ipaddress.ip_address(address.split("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return is_public(str(found.ipv4_mapped))
        if any(found in net for net in _WRAPPED):
            return False  # embeds another address
        if found in _SITE_LOCAL:
            return False
    return found.is_global and not found.is_multicast


def post(url: str, body: bytes, headers: Mapping[str, str], *, inward: bool = False, most: int = _MOST) -> Answer:
    """Posts and returns the answer, of which at most `most` bytes are read.

    `inward`: a site setting names the URL; it may be local. Raises DestinationNotAllowed, or OSError or
    http.client.HTTPException when there is no answer in time.
    """
    return _exchange("POST", url, body, headers, inward, most)


def get(url: str, headers: Mapping[str, str], *, inward: bool = False, most: int = _MOST) -> Answer:
    """Fetches; otherwise as `post`."""
    return _exchange("GET", url, None, headers, inward, most)


def _exchange(method: str, url: str, body: bytes | None, headers: Mapping[str, str], inward: bool, most: int) -> Answer:
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
        return _speak(line, method, parts, body, headers, most)


def _left(ends: float) -> float:
    left = ends - time.monotonic()
    if left <= 0:
        raise TimeoutError("no answer in time")
    return left


def _looked_up(name: str, port: int, ends: float) -> list[str]:
    """Resolves a name to its distinct addresses.

    The lookup runs in its own thread, because a name server may not answer.
    """
    run: Run[list[str]] = Run()

    def look() -> None:
        try:
            found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
            run.value = list(dict.fromkeys(str(one[4][0]) for one in found))
        except ValueError:  # UnicodeError: a label of the name is empty or longer than 63 characters
            run.error = DestinationNotAllowed("not a host name")
        except Exception as error:
            run.error = error
        finally:
            run.done.set()

    threading.Thread(target=look, name="looks-up", daemon=True).start()
    if not run.done.wait(_left(ends)):
        raise TimeoutError("no answer in time")
    return run.answer(0)


def _connected(addresses: list[str], port: int, ends: float) -> socket.socket:
    """Connects to the first address that accepts. Each address gets its share of the time left."""
    for number, address in enumerate(addresses):
        try:
            return socket.create_connection((address, port), _left(ends) / (len(addresses) - number))
        except OSError:
            if number == len(addresses) - 1:
                raise
    raise OSError("the name has no address")


class _Deadline:
    """Shuts a connection down at its deadline, even while a thread waits on it.

    It holds a second handle of the connection: wrap_socket detaches the first one, which could then not be shut down.
    """

    def __init__(self, line: socket.socket, ends: float) -> None:
        self._line, self._is_over = line.dup(), threading.Event()
        self._clock = threading.Timer(_left(ends), self._hang_up)
        self._clock.daemon = True

    def __enter__(self) -> None:
        self._clock.start()

    def __exit__(self, *raised: object) -> None:
        self._clock.cancel()
        self._clock.join()  # or the handle could be closed and reused by another connection before the timer uses it
        self._line.close()
        if self._is_over.is_set():
            raise TimeoutError("no answer in time") from None

    def _hang_up(self) -> None:
        self._is_over.set()
        try:
            self._line.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # already closed


def _speak(
    line: socket.socket, method: str, parts: SplitResult, body: bytes | None, headers: Mapping[str, str], most: int
) -> Answer:
    name = parts.hostname or ""
    if parts.scheme == "https":
        line = ssl.create_default_context().wrap_socket(line, server_hostname=name)
    connection = http.client.HTTPConnection(name, parts.port or (443 if parts.scheme == "https" else 80))
    connection.sock = line
    try:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        host = f"[{name}]" if ":" in name else name
        connection.request(method, target, body, {"Host": host + (f":{parts.port}" if parts.port else ""), **headers})
        answer = connection.getresponse()
        return Answer(answer.status, answer.read(most))
    finally:
        connection.close()
