"""The pages of everyday use that budgets are for, on a site of its own, each with the person who looks at it."""

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.rooms.people import http, rooms_of, sign_in
from tests.servers import Site

LESSON, REHEARSAL = "/lessons/vao-lop-bang-duong-dan", "ban-sao-khai-sinh"


@dataclass(frozen=True)
class Place:
    """One kind of page: what it is called, where it is, and the cookie of who looks at it ("" for a visitor).

    `came_from` is the page of this site that led there, "" for an address that somebody typed.
    """

    name: str
    path: str
    cookie: str = ""
    came_from: str = ""

    @property
    def value(self) -> str:
        """The session cookie's value alone."""
        return self.cookie.partition("=")[2]


def places(site: Site) -> list[Place]:
    """All of them; the site must run."""
    url = site.url()
    minh, bay, mai, admin = (sign_in(site, name) for name in ("minh", "bay", "mai", "admin1"))
    [[member, other]] = rooms_of(site, 1, 2)
    for number in range(6):
        said = {"text": f"Con thấy chữ Đăng nhập ở góc trên chưa? ({number})", "client_id": str(uuid.uuid4())}
        status = (member, other)[number % 2].post(f"{url}/rooms/{member.room}/messages", **said)
        assert status in (200, 201, 302, 303), status
    _status, _page, headers = http(
        f"{url}/practice/{REHEARSAL}/start", minh.cookie, {"csrf_token": minh.csrf, "mode": "alone"}
    )
    run = re.search(r"/practice/runs/[^?]+", headers["Location"])
    group = re.search(r'href="(/groups/\d+)"', http(f"{url}/", bay.cookie)[1])
    unit = re.search(r'href="(/units/\d+)"', http(f"{url}/", mai.cookie)[1])
    assert run and group and unit, (headers["Location"], group, unit)
    found = [
        Place("start, visitor", "/"),
        Place("lessons", "/lessons"),
        Place("step of a lesson", f"{LESSON}/2"),
        Place("rehearsals", "/practice"),
        Place("help", "/help"),
        Place("sign-in", "/sign-in"),
        Place("start, signed in", "/", minh.cookie),
        Place("inbox", "/notices", minh.cookie),
        Place("room", f"/rooms/{member.room}", member.cookie),
        Place("ask for help", "/ask", minh.cookie),
        Place("rehearsal begun", run[0], minh.cookie),
        Place("neighbourhood", group[1], bay.cookie),
        Place("unit", unit[1], mai.cookie),
        Place("figures", "/figures", admin.cookie),
    ]
    if http(f"{url}/search", minh.cookie)[0] == 200:  # from the box of a page: a typed query has no compressed answer
        found.append(Place("search", "/search?q=l%E1%BB%9Bp", minh.cookie, "/"))
    return found


@contextmanager
def running(*ports: int) -> Iterator[tuple[Site, list[Place]]]:
    """A prepared site that also accepts pages from these ports, and its places."""
    with Site() as site:
        site.ports += ports
        site.prepare().start(1)
        site.ports[:] = site.ports[len(ports) :]  # what stands before it is no process of its own
        yield site, places(site)
