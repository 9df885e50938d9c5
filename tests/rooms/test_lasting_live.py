"""Lasting rooms over open sockets: announcements hold at once, and whoever loses the place hears nothing more."""

import re
import time
from collections.abc import Iterator

import pytest

from tests.rooms.people import Line, Person, http, membership_of, sign_in, until
from tests.servers import Site, running

SOON = 2.0  # seconds that an act may take to reach a socket on another process


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.services)])
def site(request: pytest.FixtureRequest) -> Iterator[Site]:
    """A running installation; with PostgreSQL it has two processes."""
    with running(request.param, request) as made:
        yield made


def opened(site: Site, lead: Person, unit: str) -> str:
    """The number of the room for questions that the lead opens by the form on the unit's page."""
    for number in range(1, 20):
        if f"<h1>{unit}</h1>" in http(f"{site.url(0)}/units/{number}", lead.cookie)[1]:
            data = {"csrf_token": lead.csrf, "kind": "questions"}
            _status, _page, headers = http(f"{site.url(0)}/units/{number}/rooms", lead.cookie, data)
            return str(headers["Location"]).rsplit("/", 1)[-1]
    raise AssertionError(f"no unit {unit}")


def test_a_resident_reads_announcements_at_once_and_hears_nothing_after_leaving(site: Site) -> None:
    admin, muoi, bay = (sign_in(site, name) for name in ("admin1", "muoi", "bay"))
    muoi.room = bay.room = opened(site, muoi, "Khu phố 3")
    room = f"{site.url(0)}/rooms/{bay.room}"
    last = site.url(len(site.ports) - 1)

    # Without a seat there is nothing; opening the page is what gives one.
    line = Line(bay, last).open()
    assert line.enter()["error"] == "missing" and line.write("chưa vào")["error"] == "missing"
    status, page, _headers = http(room, bay.cookie)
    assert status == 200 and re.search(r"<h1>Hỏi đáp Khu phố 3</h1>", page)
    assert line.enter()["ok"] and line.write("chào bà con")["ok"]

    assert muoi.post(f"{room}/announce", on=1) == 200
    assert until(lambda: line.changes("announcing")) < SOON
    assert line.write("em viết được không")["error"] == "locked" and line.say("typing")["error"] == "locked"
    lead = Line(muoi, site.url(0)).open()
    assert lead.enter()["ok"] and lead.write("mai họp lúc 7 giờ")["ok"]
    until(lambda: [one for one in line.posted() if one["text"] == "mai họp lúc 7 giờ"])
    assert muoi.post(f"{room}/announce", on=0) == 200
    assert until(lambda: line.changes("all_write")) < SOON and line.write("dạ")["ok"]

    member = membership_of(site, admin, "Khu phố 3", "Bảy")
    assert admin.post(f"{site.url(0)}/members/{member}/end", reason="chuyển đi") in (200, 302)
    assert until(lambda: line.changes("removed")) < SOON
    time.sleep(0.3)
    for number in range(3):
        assert lead.write(f"chuyện riêng {number}")["ok"]
    time.sleep(0.5)
    assert not any("chuyện riêng" in frame for _at, frame in line.frames)
    assert line.say("catch_up", after=0)["error"] == "missing" and line.enter()["error"] == "missing"
    assert http(room, bay.cookie)[0] == 404
    line.close()
    lead.close()
