"""Posting to another machine: one request, no redirects, a whole that ends in time.

Addresses that people bring along (where browsers take pushes) may lead anywhere, so the name is looked up here and only
an address of the public network is spoken to; the very address that was looked at, so that no second answer of the
name service leads elsewhere.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

TIMEOUT = 8.0  # seconds for everything, however slowly the other side speaks
_MOST = 2000  # bytes of the answer that are read
_WRAPPED = tuple(ipaddress.ip_network(net) for net in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32"))


class Refused(Exception):
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
    parts = urlsplit(url)
    if parts.scheme not in ({"http", "https"} if inward else {"https"}) or not parts.hostname:
        raise Refused("not an https address")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    addresses = [str(one[4][0]) for one in found]
    if not inward and not all(map(is_public, addresses)):
        raise Refused("not on the public network")
    line = socket.create_connection((addresses[0], port), TIMEOUT)
    clock = threading.Timer(TIMEOUT, _hang_up, [line])
    clock.daemon = True
    clock.start()
    try:
        return _speak(line, parts, body, headers)
    finally:
        clock.cancel()
        line.close()


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


def _hang_up(line: socket.socket) -> None:
    try:
        line.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass  # it is over already
