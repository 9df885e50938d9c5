"""A dossier is rehearsed in a room: one does, the other sees where they are and points, and never gets a value."""

from typing import Any

from playwright.sync_api import Browser, WebSocket, expect

from tests.browser import LAPTOP
from tests.journeys.pair_in_room import come_together
from tests.journeys.person import Person
from tests.practice.shipped_scenarios import rehearsal
from tests.servers import Site
from tutoring.practice.engine import simulator

NAME = "ban-sao-khai-sinh"
REAL = "079203004005"


def secrets() -> set[str]:
    """What nobody types into a rehearsal."""
    return {REAL, "08/03/2020", *rehearsal(NAME).values.values()}


class Watcher(Person):
    """Somebody of whom everything is kept that their page gets."""

    frames: list[str]

    def listens(self) -> "Watcher":
        self.frames = []
        self.page.on("websocket", self._opened)
        return self

    def _opened(self, line: WebSocket) -> None:
        line.on("framereceived", lambda told: self.frames.append(str(told)))

    def has_no_value(self) -> None:
        got = self.page.content() + "".join(self.frames)
        assert not [one for one in secrets() if one in got]
        part = self.page.locator("#rehearsal")
        assert part.locator("input:not([type=hidden])").count() == 0 and part.locator(":checked").count() == 0


def test_a_dossier_is_rehearsed_to_the_end_by_two_people_in_a_room(
    site: Site, browser: Browser, phone: dict[str, Any]
) -> None:
    cards = site.cards()
    minh = Person(browser, site.url(0), cards["minh"], **phone)
    khoa = Watcher(browser, site.url(len(site.ports) - 1), cards["khoa"], **phone).listens()
    minh.signs_in()
    khoa.signs_in()
    room = come_together(minh, khoa)

    # The helper puts the lesson into the room, proposes the rehearsal, and the learner begins it.
    khoa.goes_to(f"{room}/cards?q=nộp hồ sơ đầu tiên")
    khoa.page.get_by_role("button", name="Gửi vào phòng").first.click()
    khoa.is_at("#newest$")
    khoa.presses("Mở trong phòng").is_at("show=lesson").turns_to("practice").finds_the_page_accessible("practice-offer")
    khoa.presses("Đề nghị tập luyện", exact=False)
    minh.is_at("show=lesson").turns_to("talk").hears("Khoa đề nghị cùng tập luyện").turns_to("practice")
    minh.finds_the_page_accessible("practice-begin")
    minh.page.locator("#rehearsal").get_by_role("button", name="Cùng tập luyện").first.click()
    own, seen = minh.page.locator("#rehearsal"), khoa.page.locator("#rehearsal")
    expect(own.locator("[data-screen=trang-chu]")).to_be_visible()
    expect(seen).to_contain_text("Minh đang tập")
    khoa.page.set_viewport_size(LAPTOP)  # type: ignore[arg-type]

    state = simulator.begin(rehearsal(NAME))
    for event in rehearsal(NAME).events("suon-se"):
        if state.screen == "to-khai" and "set" in event and event["set"] == "ten_con":
            _points(minh, khoa)
        simulator.apply(rehearsal(NAME), state, event)
        name, value = next(iter(event.items()))
        if name == "set":
            field = own.locator(f'[name="set-{value}"]')
            if field.first.get_attribute("type") in ("radio", "checkbox"):
                own.locator(f'[name="set-{value}"][value="{event["value"]}"]').check()
            else:
                field.fill("08/03/2020" if value == "ngay_sinh" else str(event["value"]))
            continue
        button = f'[name="{name}"][value="{value}"]'
        if name == "choose":
            khoa.finds_the_page_accessible("practice-trap-helper")
            minh.finds_the_page_accessible("practice-trap-learner")
            khoa.page.set_viewport_size(LAPTOP)  # type: ignore[arg-type]
        before = own.get_attribute("data-sign") or ""
        own.locator(button).click()
        expect(own).not_to_have_attribute("data-sign", before)
        title = rehearsal(NAME).screens[state.screen].title.vi.replace("{fee}", "8.000 đồng tập")
        expect(own.locator(f"[data-screen={state.screen}]")).to_be_visible()
        expect(own).to_contain_text(title)
        expect(seen).to_contain_text(title)
        khoa.has_no_value()

    # Both have come to the end.
    expect(own).to_contain_text("Em đã đi tới màn hình cuối.")
    expect(seen).to_contain_text("Việc đạt được: 3 trên 3")
    khoa.has_no_value()
    minh.finds_the_page_accessible("practice-end-learner")
    khoa.finds_the_page_accessible("practice-end-helper")
    for person in (minh, khoa):
        person.leaves()


def _points(minh: Person, khoa: Watcher) -> None:
    """What looks real is refused and kept nowhere; the helper points while the learner is typing."""
    own, seen = minh.page.locator("#rehearsal"), khoa.page.locator("#rehearsal")
    own.locator('[name="set-ten_con"]').fill(REAL)
    own.locator('[name="do"][value="tiep"]').click()
    expect(own.locator(".errors")).to_be_focused()
    expect(own).not_to_contain_text(REAL)
    expect(seen).to_contain_text("Vừa sai")
    khoa.has_no_value()
    own.locator('[name="set-ten_con"]').fill("Lê Tập")
    seen.locator('[name="control"][value="field:ngay_sinh"]').click()
    expect(own.locator('[data-control="ngay_sinh"][data-pointed="Anh Khoa chỉ vào đây"]')).to_be_visible()
    expect(minh.page.locator("#pointing")).to_contain_text("Anh Khoa chỉ vào đây: Ngày sinh")
    expect(own.locator('[name="set-ten_con"]')).to_have_value("Lê Tập")  # what is typed stays
    minh.finds_the_page_accessible("practice-pointed-learner")
    khoa.finds_the_page_accessible("practice-pointed-helper")
    khoa.page.set_viewport_size(LAPTOP)  # type: ignore[arg-type]
    own.get_by_role("button", name="Bỏ chỉ").click()
    expect(own.locator("[data-pointed]")).to_have_count(0)
    expect(seen.get_by_role("button", name="Bỏ chỉ")).to_have_count(0)
    seen.locator('[name="control"][value="do:tiep"]').click()
    expect(own.locator('[data-control="do:tiep"][data-pointed]')).to_be_visible()
