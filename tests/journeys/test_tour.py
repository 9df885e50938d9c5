"""The guided tour, followed to the letter: what its page tells people to do is done, in order, in real browsers."""

import re
from typing import Any

from playwright.sync_api import Browser, Locator, expect

from tests.journeys.person import Person
from tests.servers import Site
from tutoring.cli.help_pages import CONTENT
from tutoring.home.help.loader import load
from tutoring.home.help.schema import Act, Stop, Tour

_PLACE = re.compile(r"%\(\w+\)[sd]")


def said(label: str) -> re.Pattern[str]:
    """A word of the product as it may stand on a page, with whatever is filled in."""
    return re.compile(".+".join(map(re.escape, _PLACE.split(label))))


def first(person: Person, label: str) -> Locator:
    pattern = re.compile(rf"^\s*{said(label).pattern}")
    button, link = (person.page.get_by_role(kind, name=pattern) for kind in ("button", "link"))  # type: ignore[arg-type]
    return button.or_(link).filter(visible=True).first


def does(person: Person, act: Act) -> None:
    if act.press:
        first(person, act.press).click()
    elif act.field and act.write:
        person.fills(act.field, act.write.vi)
    elif act.write:
        person.says(act.write.vi)
    elif act.tick:
        person.page.get_by_label(re.compile(rf"^\s*{said(act.tick).pattern}")).check()
    elif act.open:
        person.page.locator("summary").get_by_text(said(act.open)).first.click()
    elif act.tab:
        person.turns_to(act.tab)
    elif act.hear:
        person.hears(act.hear.vi)
    else:
        expect(person.page.get_by_text(said(act.see or "")).filter(visible=True).first).to_be_visible()


def goes_there(visitor: Person, tour: Tour, stop: Stop, person: Person) -> None:
    """The address is taken from the page of the tour itself; without one the person goes on where they are."""
    visitor.goes_to(f"/tour/{tour.id}")
    told = visitor.page.locator(f"#{stop.id} ol li").all_inner_texts()
    assert len(told) == len(stop.acts) and all(text.endswith(".") for text in told)
    if stop.page:
        link = visitor.page.locator(f"#{stop.id}").get_by_role("link", name="Mở trang của chặng này")
        person.goes_to(link.get_attribute("href") or "")


def test_every_walk_of_the_tour_can_be_done_as_it_is_told(site: Site, browser: Browser, phone: dict[str, Any]) -> None:
    visitor = Person(browser, site.url(), **phone)
    visitor.goes_to("/").presses("Đi thử một vòng").is_at("/tour$").finds_the_page_accessible("tours")
    cards, people = site.cards(), dict[str, Person]()
    for tour in load(CONTENT).tours:
        visitor.goes_to(f"/tour/{tour.id}").finds_the_page_accessible(f"tour-{tour.id}")
        for name in dict.fromkeys(stop.who for stop in tour.stops):
            card = visitor.page.locator(f"#card-{name}")  # what the page tells is enough to sign in
            expect(card).to_contain_text(cards[name]["passphrase"])
            people[name] = Person(browser, site.url(), cards[name], **phone).signs_in()
        for stop in tour.stops:
            goes_there(visitor, tour, stop, people[stop.who])
            for act in stop.acts:
                does(people[stop.who], act)
    visitor.page.get_by_label("Xong chặng này").first.check()
    expect(visitor.page.locator("[data-progress]")).to_contain_text("Đã xong 1 trên")
    visitor.page.reload()
    expect(visitor.page.get_by_label("Xong chặng này").first).to_be_checked()
    for person in (visitor, *people.values()):
        person.leaves()
