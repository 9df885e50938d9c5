"""Two people on a network whose answers take two seconds, which is gone for a while in the middle of their talk."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, Locator, Page, expect

from tests.journeys.pair_in_room import come_together
from tests.journeys.person import Person
from tests.network_proxy import Network
from tests.servers import Site, running
from tests.waiting import until

ROUND_TRIP = 2.0


@pytest.fixture(params=["sqlite", "postgres"])
def networks(request: pytest.FixtureRequest) -> Iterator[tuple[Site, list[Network]]]:
    """A site, and a line to it for each of two people; with two processes each comes to another."""
    with running(request.param, request) as site:
        lines = [Network(site.ports[n % len(site.ports)], 0) for n in range(2)]
        for line in lines:  # the pages come from there
            site.answers_at(line.port)
        for port in site.ports:
            site.kill(port)
            site.start_at(port)
        yield site, lines


def spoken(person: Person) -> list[str]:
    """What stands in the talk, line by line, but for what is not sent yet."""
    return person.page.locator("#messages > li[data-author] .text").all_inner_texts()


def told(person: Person, site: Site, room: str) -> list[str]:
    """What the site itself holds of the talk, asked for past the lines."""
    answer = person.context.request.get(f"{site.url()}{room}/messages?after=0", headers={"Accept": "application/json"})
    return [one["text"] for one in json.loads(answer.text())["messages"] if one["kind"] == "text"]


def waiting(person: Person) -> Locator:
    return person.page.locator("#messages > li.wait")


def arrives(page: Page, url: str) -> None:
    """Go there, though the loading before may only now say that there was no network.

    A browser that shows such a page also loads it anew by itself as soon as there is one, which ends our own way there.
    """
    for _ in range(3):
        try:
            page.goto(url)
        except Error as error:
            assert re.search("chrome-error|interrupted by another navigation", str(error)), error
        else:
            return
    expect(page).to_have_url(url)


def test_two_people_on_a_slow_network_that_breaks_lose_nothing_and_double_nothing(
    networks: tuple[Site, list[Network]], browser: Browser, phone: dict[str, Any]
) -> None:
    site, lines = networks
    cards = site.cards()
    minh, khoa = (
        Person(browser, line.url, cards[name], **phone).signs_in()
        for line, name in zip(lines, ("minh", "khoa"), strict=True)
    )
    room = come_together(minh, khoa)
    for line in lines:
        line.delay = ROUND_TRIP / 2
    for person in (minh, khoa):
        person.goes_to(room).turns_to("talk")
        expect(person.page.locator("#by-hand")).to_have_count(0)

    # Both write, faster than answers come.
    for n in range(3):
        minh.says(f"Minh nói lần {n + 1}")
        khoa.says(f"Khoa nói lần {n + 1}")
    for person in (minh, khoa):
        expect(person.page.locator("#messages > li[data-author]")).to_have_count(7)

    # The line breaks while a message is on its way: whether the server has it nobody knows.
    lines[0].delay_back = 3600  # the answer is still on its way when the line breaks
    minh.says("Minh gửi lúc đứt mạng")
    until(lambda: "Minh gửi lúc đứt mạng" in told(khoa, site, room), "the server has it")
    lines[0].delay_back = ROUND_TRIP / 2
    for line in lines:
        line.down()
    minh.says("Minh viết lúc mất mạng").says("Minh viết thêm một tin")
    khoa.says("Khoa cũng viết lúc mất mạng")
    for person, count in ((minh, 3), (khoa, 1)):
        expect(person.page.get_by_text("Mất kết nối.")).to_be_visible()
        expect(waiting(person)).to_have_count(count)
        expect(waiting(person).last.locator(".state")).to_have_text("Đang chờ mạng")

    # Minh loads the page anew, which does not help; later it is there again, and so is what was written.
    try:
        minh.page.reload()
    except Error as error:
        assert re.search(r"ERR_|Timeout", str(error))
    for line in lines:
        line.up()
    arrives(minh.page, room)
    minh.turns_to("talk")
    for person in (minh, khoa):
        expect(person.page.locator("#messages > li[data-author]")).to_have_count(11)
        expect(waiting(person)).to_have_count(0)
        expect(person.page.get_by_text("Mất kết nối.")).to_be_hidden()

    texts = told(minh, site, room)
    assert spoken(minh) == spoken(khoa) == texts and len(set(texts)) == 11
    said = [text for text in texts if text.startswith("Minh")]
    assert said == [*(f"Minh nói lần {n}" for n in (1, 2, 3)), "Minh gửi lúc đứt mạng", "Minh viết lúc mất mạng",
                    "Minh viết thêm một tin"]  # fmt: skip

    # Minh's line is silent from now on, and nobody is told: the page finds out when it gets no answer.
    lines[0].delay = 0
    lines[0].swallow()
    minh.says("Minh gửi lúc mạng im")
    expect(khoa.page.get_by_text("Minh gửi lúc mạng im")).to_be_visible()
    expect(waiting(minh)).to_have_count(0)
    for person in (minh, khoa):
        person.leaves()
