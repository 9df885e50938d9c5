"""Lessons for those who use them otherwise: without scripts, by keyboard alone, in larger letters, as a family."""

import re
from typing import Any

from playwright.sync_api import Browser, Locator, expect

from tests.journeys.learner import Learner, lesson, questions, right, wrong
from tests.servers import Site
from tests.servers import cards as cards
from tests.servers import site as site
from tests.waiting import until

PLAIN = "tuyen-sinh-dau-cap"  # single, multiple, order, confirm, type; one wrong answer leads back to a step before
TYPED = "go-tieng-viet-co-dau"  # all five again
FAMILY = "thoi-gian-man-hinh"

# Whether what has the focus can be seen whole: on the screen, and not below the dock or anything else.
IN_SIGHT = """() => {
    const one = document.activeElement;
    if (one === document.body) return "";
    const box = one.getBoundingClientRect();
    const dock = document.querySelector(".dock");
    const over = dock && !dock.contains(one) ? dock.getBoundingClientRect() : { top: innerHeight, bottom: innerHeight };
    const [x, y] = [box.left + Math.min(box.width / 2, 20), box.top + Math.min(box.height / 2, 12)];
    const top = document.elementFromPoint(x, y);
    const said = `${one.outerHTML.slice(0, 90)} ${box.top}–${box.bottom} with the dock at ${over.top}`;
    if (!box.width || !box.height || box.top < 0 || box.bottom > innerHeight) return said;
    if (box.bottom > over.top + 1 && box.top < over.bottom) return said;
    return one.contains(top) || top?.contains(one) ? "" : `${said} below ${top?.outerHTML.slice(0, 90)}`;
}"""


def test_a_visitor_without_scripts_follows_a_lesson_to_its_end(
    site: Site, browser: Browser, phone: dict[str, Any]
) -> None:
    visitor = Learner(browser, site.url(), **phone, java_script_enabled=False)
    visitor.finds_by_path(PLAIN).begins(PLAIN)
    sent_back = False
    for step in lesson(PLAIN).steps:
        for block in questions(PLAIN, step.position):
            if visitor.tries_wrongly(block):
                visitor.opens_the_hints(block)
                back = visitor.asked(block).get_by_role("link", name=re.compile("Xem lại bước"))
                if back.count() and not sent_back:
                    back.click()
                    sent_back = True
                    earlier = "|".join(map(str, range(1, step.position)))
                    visitor.is_at(rf"/lessons/{PLAIN}/({earlier})$")
                    visitor.page.go_back()
            visitor.answers_rightly(block)
            assert f"/lessons/{PLAIN}/{step.position}?{block['id']}=" in visitor.page.url  # an answer has an address
        visitor.goes_on(PLAIN, step.position)
    assert sent_back
    visitor.sees("Đăng nhập thì bài đã học được nhớ trên mọi máy.").sees_not("Tải bài về")

    visitor.goes_to(f"/lessons/{PLAIN}/2").presses("Chưa").sees("Chưa ổn ở chỗ nào?")
    visitor.presses("Chữ khó hiểu").sees("Cảm ơn bạn").presses("Về bước 2").is_at(f"/lessons/{PLAIN}/2$")
    visitor.presses("Có").sees("Cảm ơn bạn")
    visitor.leaves()


class Typist(Learner):
    """Has a keyboard alone; wherever the focus stops it has to be seen."""

    def tabs_to(self, wanted: Locator, most: int = 80) -> "Typist":
        wanted = wanted.and_(self.page.locator(":visible"))
        for _ in range(most):
            self.page.keyboard.press("Tab")
            self.finds_the_focus()
            if wanted.first.evaluate("(one) => one === document.activeElement"):
                return self
        raise AssertionError(f"{self.page.url}: the keyboard does not get to {wanted}")

    def finds_the_focus(self) -> None:
        """A preview that comes meanwhile may move what is below it for a moment: it has to be seen in the end."""
        if hidden := self.page.evaluate(IN_SIGHT):
            until(lambda: not self.page.evaluate(IN_SIGHT), f"{self.page.url}: the focus in sight: {hidden}")

    def tabs_back_out_of(self, part: Locator) -> None:
        while part.evaluate("(one) => one.contains(document.activeElement)"):
            self.page.keyboard.press("Shift+Tab")
            self.finds_the_focus()

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def presses(self, name: str, exact: bool = True) -> "Typist":
        part = self.page.locator("main, .dock")
        found = part.get_by_role("button", name=name, exact=exact).or_(part.get_by_role("link", name=name, exact=exact))
        self.tabs_to(found).press("Enter")
        return self

    def answers(self, block: dict[str, Any], answer: list[str]) -> "Typist":
        asked = self.asked(block)
        boxes = asked.locator("input[type=radio], input[type=checkbox]")
        ids = boxes.evaluate_all("(all) => all.map((one) => one.value)")  # as they stand on the page, mixed
        if block["kind"] == "type":
            self.tabs_to(asked.get_by_role("textbox"))
            self.press("Control+a")
            self.page.keyboard.insert_text(answer[0])
        elif block["kind"] == "order":
            for place, one in enumerate(answer):
                box = asked.get_by_role("combobox").nth(place)
                shown = box.locator("option").evaluate_all("(all) => all.map((one) => one.value)")
                self.tabs_to(box).press("Home", *["ArrowDown"] * shown.index(one))
        elif block["kind"] == "multiple":
            for one in ids:
                choice = asked.locator(f'input[value="{one}"]')
                self.tabs_to(choice)
                if choice.is_checked() != (one in answer):
                    self.press("Space")
        else:
            chosen = asked.locator("input:checked")
            held = ids.index(chosen.get_attribute("value") or "") if chosen.count() else 0
            self.tabs_to(asked.locator(f'input[value="{ids[held]}"]'))
            away = ids.index(answer[0]) - held
            self.press(*(["ArrowDown"] * away if away > 0 else ["ArrowUp"] * -away) or ["Space"])
        self.tabs_to(asked.get_by_role("button", name="Xem đúng chưa")).press("Enter")
        return self


def test_a_lesson_is_followed_by_keyboard_alone_and_the_focus_is_always_in_sight(
    site: Site, browser: Browser, phone: dict[str, Any]
) -> None:
    typist = Typist(browser, site.url(), **phone)
    typist.goes_to("/lessons/paths/lam-quen-thiet-bi")
    typist.press("Tab")
    typist.sees("Đến nội dung chính").press("Enter")
    title = re.compile(rf"^\d+\. {re.escape(lesson(TYPED).texts['vi'].title)}$")
    typist.tabs_to(typist.page.locator("main").get_by_role("link", name=title)).press("Enter")
    typist.is_at(f"/lessons/{TYPED}$")
    typist.begins(TYPED)
    for step in lesson(TYPED).steps:
        for block in questions(TYPED, step.position):
            if found := wrong(block):
                typist.answers(block, found[0]).is_told(block, found[1])
                focused = typist.asked(block).get_by_role("button", name="Xem đúng chưa")
                expect(focused).to_be_focused()  # in the question that came in place of the one before
                typist.tabs_to(typist.asked(block).locator("summary").first).press("Enter")
                expect(typist.asked(block).get_by_text(block["hints"][0], exact=True)).to_be_visible()
                typist.tabs_back_out_of(typist.asked(block))
            typist.answers(block, right(block)).is_told(block, "Đúng rồi!")
        if step.position == 1:
            typist.presses("Chưa").presses("Chữ khó hiểu").sees("Cảm ơn bạn. Góp ý này giúp bài học tốt hơn.")
        typist.goes_on(TYPED, step.position)
    typist.leaves()


def test_larger_letters_stay_on_every_page(site: Site, browser: Browser, phone: dict[str, Any]) -> None:
    visitor = Learner(browser, site.url(), **phone).goes_to(f"/lessons/{PLAIN}/1")
    letters = "parseFloat(getComputedStyle(document.querySelector('main p')).fontSize)"
    small = visitor.page.evaluate(letters)
    smaller = visitor.page.get_by_role("button", name="Chữ nhỏ lại")
    expect(smaller).to_be_disabled()
    visitor.presses("A+ Chữ to hơn")
    middle = visitor.page.evaluate(letters)
    visitor.presses("A+ Chữ to hơn")
    large = visitor.page.evaluate(letters)
    assert small < middle < large
    expect(visitor.page.get_by_role("button", name="Chữ to hơn")).to_be_disabled()
    visitor.finds_the_page_accessible("large-step").presses("Bước tiếp theo").is_at("/2$")
    assert visitor.page.evaluate(letters) == large
    for address in (f"/lessons/{FAMILY}", f"/lessons/{FAMILY}/1", f"/lessons/{FAMILY}/done", "/lessons"):
        visitor.goes_to(address).finds_the_page_accessible("large" + address.replace("/", "-"))
        assert visitor.page.evaluate("document.documentElement.dataset.text") == "2", address
    visitor.goes_to(f"/lessons/{PLAIN}/1")
    smaller.click()
    smaller.click()
    visitor.page.reload()
    assert visitor.page.evaluate(letters) == small
    visitor.leaves()


def test_a_family_lesson_says_whose_part_it_is_and_the_parent_teaches_it_back(
    site: Site, browser: Browser, phone: dict[str, Any], cards: dict[str, dict[str, str]]
) -> None:
    lan = Learner(browser, site.url(), cards["lan"], **phone).signs_in()
    lan.finds_by_path(FAMILY).sees("Phần của con").sees("Phần của ba mẹ").finds_the_page_accessible("family")
    lan.begins(FAMILY)
    for step in lesson(FAMILY).steps:
        whose = {"con": "Phần của con", "ba-me": "Phần của ba mẹ", "": None}[step.part]
        shown = lan.page.locator("article .tag").all_inner_texts()
        assert [text.strip() for text in shown] == ([whose] if whose else [])
        lan.follows(FAMILY, start=step.position, until=step.position + 1)
    first, second, *others = lesson(FAMILY).teach_back["vi"]
    lan.sees("Dạy lại cho con").ticks(first).ticks(second).presses("Lưu lại")
    lan.sees("Đã lưu những việc con đã làm được.").finds_the_page_accessible("taught")
    lan.page.reload()
    for line in (first, second):
        expect(lan.page.get_by_label(line)).to_be_checked()
    for line in others:
        expect(lan.page.get_by_label(line)).not_to_be_checked()
    lan.leaves()

    minh = Learner(browser, site.url(), cards["minh"], **phone).signs_in()
    minh.goes_to(f"/lessons/{FAMILY}/done").sees_not("Dạy lại cho con")
    minh.leaves()


def test_what_a_visitor_ticks_stays_on_the_device_and_comes_into_the_account(
    site: Site, browser: Browser, phone: dict[str, Any], cards: dict[str, dict[str, str]]
) -> None:
    muoi = Learner(browser, site.url(), cards["muoi"], **phone)
    line = lesson(FAMILY).teach_back["vi"][2]
    last = lesson(FAMILY).steps[-1].position
    muoi.goes_to(f"/lessons/{FAMILY}/{last}").goes_on(FAMILY, last).ticks(line)
    muoi.page.reload()
    expect(muoi.page.get_by_label(line)).to_be_checked()
    muoi.signs_in().sees("Đã lưu vào tài khoản của bạn: 1 bài học.").goes_to(f"/lessons/{FAMILY}/done")
    expect(muoi.page.get_by_label(line)).to_be_checked()
    expect(muoi.page.get_by_role("checkbox", checked=True)).to_have_count(1)
    muoi.leaves()
