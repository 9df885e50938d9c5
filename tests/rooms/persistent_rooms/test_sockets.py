"""Lasting rooms over open sockets: announcements hold at once, and whoever loses the place hears nothing more."""

import re
from collections.abc import Iterator

import pytest

from tests.rooms.people import Bell, Line, Person, enter, http, membership_of, rooms_of, sign_in
from tests.servers import Site, running
from tests.waiting import until

# Over two processes too. In the quick run test_lasting.py holds the rules, test_live.py that who is out hears nothing.
pytestmark = pytest.mark.full


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
    last, bell = site.url(len(site.ports) - 1), Bell(site, rooms_of(site, 1, 2)[0][0])

    # Without a seat there is nothing; opening the page is what gives one.
    line = Line(bay, last).open()
    assert line.enter()["error"] == "missing" and line.write("chưa vào")["error"] == "missing"
    status, page, _headers = http(room, bay.cookie)
    assert status == 200 and re.search(r"<h1>Hỏi đáp Khu phố 3</h1>", page)
    enter([line], len(site.ports) > 1)
    assert line.write("chào bà con")["ok"]

    assert muoi.post(f"{room}/announce", on=1) == 200
    until(lambda: line.changes("announcing"))
    assert line.write("em viết được không")["error"] == "locked" and line.say("typing")["error"] == "locked"
    lead = Line(muoi, site.url(0)).open()
    assert lead.enter()["ok"] and lead.write("mai họp lúc 7 giờ")["ok"]
    until(lambda: [one for one in line.posted() if one["text"] == "mai họp lúc 7 giờ"])
    assert muoi.post(f"{room}/announce", on=0) == 200
    until(lambda: line.changes("all_write"))
    assert line.write("dạ")["ok"]

    member = membership_of(site, admin, "Khu phố 3", "Bảy")
    assert admin.post(f"{site.url(0)}/members/{member}/end", reason="chuyển đi") in (200, 302)
    until(lambda: line.changes("removed"))
    bell.ring(line)
    for number in range(3):
        assert lead.write(f"chuyện riêng {number}")["ok"]
    bell.ring(line)
    assert not any("chuyện riêng" in frame for _at, frame in line.frames)
    assert line.say("catch_up", after=0)["error"] == "missing" and line.enter()["error"] == "missing"
    assert http(room, bay.cookie)[0] == 404
    line.close()
    lead.close()
    bell.close()
