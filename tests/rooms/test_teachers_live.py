"""What a teacher does reaches open sockets at once, on whichever process: a lock, and a room that is handed over."""

import re
from collections.abc import Iterator

import pytest

from tests.rooms.people import Bell, Line, Person, enter, http, rooms_of, sign_in
from tests.servers import Site, running
from tests.waiting import until

# Over two processes too. In the quick run test_locking.py and tests/pairing hold the rules, test_live.py the sockets.
pytestmark = pytest.mark.full


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.services)])
def site(request: pytest.FixtureRequest) -> Iterator[Site]:
    """A running installation; with PostgreSQL it has two processes."""
    with running(request.param, request) as made:
        yield made


def last(site: Site) -> str:
    return site.url(len(site.ports) - 1)


def test_a_lock_holds_at_once_on_two_open_sockets(site: Site) -> None:
    people = rooms_of(site, 1, 2)[0]
    lines = [Line(person, site.url(n % len(site.ports))).open() for n, person in enumerate(people)]
    enter(lines)
    lead, room = sign_in(site, "muoi"), f"{last(site)}/rooms/{people[0].room}"
    assert lead.post(f"{room}/lock", reason="Nghỉ một chút") == 200
    for line in lines:
        until(lambda line=line: line.changes("locked"))  # type: ignore[misc]
        refused = line.write("vẫn viết")
        assert refused["error"] == "locked" and "Phòng đang khoá: Nghỉ một chút." in refused["say"]
        assert line.say("typing")["error"] == "locked"
    assert not any("vẫn viết" in frame for line in lines for _at, frame in line.frames)
    assert any("đã khoá phòng: Nghỉ một chút" in (one["text"] or "") for one in lines[0].posted())
    assert lead.post(f"{room}/unlock") == 200
    until(lambda: lines[1].changes("unlocked"))
    assert lines[1].write("viết lại được")["ok"]
    until(lambda: any(one["text"] == "viết lại được" for one in lines[0].posted()))
    for line in lines:
        line.close()


def number_in(location: str | None) -> str:
    found = re.search(r"/(\d+)", location or "")
    assert found is not None, location
    return found.group(1)


def goes_to(person: Person, url: str, **data: str) -> str | None:
    """Send a form as a page does; returns where it leads."""
    status, page, headers = http(url, person.cookie, {"csrf_token": person.csrf, **data})
    assert status == 302, page
    return headers["Location"]


def test_who_helped_hears_no_frame_after_the_room_is_handed_over(site: Site) -> None:
    minh, khoa, hang, quang = (sign_in(site, name) for name in ("minh", "khoa", "hang", "quang"))
    asked = number_in(goes_to(minh, f"{site.url(0)}/ask", topic="hoc.vao-lop", words="Em kẹt", device="android",
                              urgency="1", wish="now"))  # fmt: skip
    goes_to(khoa, f"{last(site)}/requests/{asked}/claim")
    room = number_in(goes_to(minh, f"{site.url(0)}/requests/{asked}/answer", word="accept"))
    minh.room = khoa.room = room
    learner, helper = Line(minh, site.url(0)).open(), Line(khoa, last(site)).open()
    assert all(answer["ok"] for answer in enter([learner, helper]))
    bell = Bell(site, rooms_of(site, 1, 2)[0][0])
    teacher = f"{site.url(0)}/rooms/{room}"
    assert hang.post(f"{teacher}/hold", on="1") == 200
    held = helper.write("đợi cô xem")["seq"]

    goes_to(hang, f"{teacher}/hand-over", to="0", reason="Anh có việc phải đi")
    for line in (learner, helper):
        until(lambda line=line: line.changes("closed"))  # type: ignore[misc]
    until(lambda: any("để người khác giúp tiếp" in (one["text"] or "") for one in learner.posted()))
    assert helper.write("còn nói được không")["error"] == "closed"
    assert helper.enter(after=0)["ok"]  # what was there is read again; nothing new comes over this line
    bell.ring(helper)
    before = len(helper.frames)
    assert hang.post(f"{teacher}/release", seq=held) == 200
    until(lambda: learner.changes("released"))
    bell.ring(helper)
    assert [one for one in helper.pushed(before) if "notices" not in one] == []
    waiting = http(f"{site.url(0)}/requests/{asked}", minh.cookie)[1]
    assert "Một người khác sẽ giúp tiếp." in waiting
    assert quang.post(f"{last(site)}/requests/{asked}/claim") in (200, 302)
    for line in (learner, helper):
        line.close()
    bell.close()
