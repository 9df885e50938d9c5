"""Bodies that come slowly or never, to a real server: everybody else is served, and no thread is held for ever."""

import contextlib
import socket
import urllib.request
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from tests.servers import Site
from tutoring.web import request_heads

THREADS = 8
FLOOD = 40


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with Site() as made:
        made.threads = THREADS
        yield made.prepare().start(1)


def connected(site: Site) -> socket.socket:
    where = urlsplit(site.url())
    return socket.create_connection((where.hostname or "", where.port or 80), timeout=30)


def asked(site: Site, path: str, *headers: str) -> bytes:
    head = [f"POST {path} HTTP/1.1", f"Host: {urlsplit(site.url()).netloc}", *headers]
    return ("\r\n".join(head) + "\r\n\r\n").encode()


def flood(site: Site, path: str, *headers: str) -> list[socket.socket]:
    """More requests than there are threads, whose bodies never come to an end."""
    lines = [connected(site) for _ in range(FLOOD)]
    for line in lines:
        line.sendall(asked(site, path, *headers) + b"5\r\nx=abc\r\n")
    return lines


def serves(site: Site) -> bool:
    with urllib.request.urlopen(f"{site.url()}/healthz", timeout=30) as answer:
        return bool(answer.status == 200)


FORM = "Content-Type: application/x-www-form-urlencoded"
SORTS = {
    "small": (FORM, "Content-Length: 2000"),
    "large": (FORM, "Content-Length: 60000"),
    "chunked": (FORM, "Transfer-Encoding: chunked"),
    "expecting": (FORM, "Content-Length: 2000", "Expect: 100-continue"),
}


@pytest.mark.parametrize(
    ("path", "sort"),
    [pytest.param("/sign-in", "large"),
     *(pytest.param(path, sort, marks=pytest.mark.full)
       for path in ("/sign-in", "/report", "/socket.io/?EIO=4&transport=polling&sid=x") for sort in SORTS)],
)  # fmt: skip
def test_bodies_that_never_come_stop_nobody(site: Site, path: str, sort: str) -> None:
    lines = flood(site, path, *SORTS[sort])
    try:
        assert all(serves(site) for _ in range(5))
        for line in lines:
            line.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            assert lines[0].recv(1) is not None
    finally:
        for line in lines:
            line.close()


def answer(line: socket.socket) -> bytes:
    line.settimeout(30)
    return line.recv(4096)


def test_a_body_that_comes_in_pieces_is_read_whole(site: Site) -> None:
    with connected(site) as line:
        line.sendall(asked(site, "/language", FORM, "Content-Length: 26", "Connection: close"))
        for piece in (b"lang=en&", b"next=", b"/lessons&x=12"):
            line.sendall(piece)
        assert b"302 FOUND" in answer(line)


@pytest.mark.parametrize("body", [b"5;\x00\r\nabcde\r\n0\r\n\r\n", b"zz\r\nabc\r\n", b"5\r\nabcdeXX0\r\n\r\n"])
def test_a_malformed_chunk_is_a_bad_request(site: Site, body: bytes) -> None:
    with connected(site) as line:
        line.sendall(asked(site, "/sign-in", FORM, "Transfer-Encoding: chunked") + body)
        line.shutdown(socket.SHUT_WR)
        assert answer(line).startswith(b"HTTP/1.1 400 ")


def test_a_header_puts_no_path_in_front_of_addresses(site: Site) -> None:
    with connected(site) as line:
        host = urlsplit(site.url()).netloc
        line.sendall(f"GET //evil.test/lessons HTTP/1.1\r\nHost: {host}\r\nSCRIPT_NAME: //evil.test\r\n\r\n".encode())
        assert not answer(line).startswith(b"HTTP/1.1 200 ")
    with urllib.request.urlopen(f"{site.url()}/lessons", timeout=30) as page:
        assert b"evil.test" not in page.read()


def test_a_referrer_that_is_no_address_is_none(site: Site) -> None:
    with connected(site) as line:
        line.sendall(asked(site, "/account/password", FORM, "Content-Length: 0", "Referer: http://["))
        assert answer(line).startswith((b"HTTP/1.1 3", b"HTTP/1.1 4"))


def seen(data: bytes) -> int:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(data)
        return request_heads.arrived(ours)


def test_how_much_of_a_request_has_arrived() -> None:
    post = b"POST / HTTP/1.1\r\nHost: a\r\n"
    assert seen(post) == request_heads.PART
    assert seen(post + b"\r\n") == request_heads.WHOLE
    assert seen(post + b"Content-Length: 5\r\n\r\nabc") == request_heads.COMING
    assert seen(post + b"content-length:5\r\n\r\nabcde") == request_heads.WHOLE
    assert seen(post + b"Content-Length: 50000\r\n\r\nabc") == request_heads.LARGE
    assert seen(post + b"Transfer-Encoding: chunked\r\n\r\n5\r\n") == request_heads.LARGE
    assert seen(post + b"Content-Length: 5\r\nExpect: 100-continue\r\n\r\n") == request_heads.LARGE
    assert seen(b"x" * request_heads.LONGEST) == request_heads.OVER
    ours, theirs = socket.socketpair()
    with ours, theirs:
        assert request_heads.arrived(ours) == request_heads.NOTHING


def test_a_large_body_has_longer_and_one_without_a_length_as_long_as_the_longest() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(b"POST / HTTP/1.1\r\nContent-Length: 40960\r\n\r\n")
        assert request_heads.allowed(ours, 20, 8192 * 1024) == 20 + 40960 / request_heads.SLOWEST
    assert request_heads.length(b"GET / HTTP/1.1") == 0
