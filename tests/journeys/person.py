"""A person in a browser of their own, spoken of in verbs."""

import os
import re
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.browser import DRAWN, LAPTOP, PHONE, axe, is_news
from tests.signed_in import cookie_of, site_at

RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
SHOTS = os.environ.get("SHOTS")


class Person:
    """Signs in, asks, helps, writes: what a test reads like."""

    pages_are_news = True  # not on the second database: the same pages were looked at on the first
    quick = False  # in the quick run tests/every_page looks at pages, a journey at its own states

    def __init__(self, browser: Browser, site: str, card: dict[str, str] | None = None, **context: object) -> None:
        self.site = site
        self.context = browser.new_context(base_url=site, **context)  # type: ignore[arg-type]
        self.page: Page = self.context.new_page()
        self.card = card
        self.faults: list[str] = []
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("console", self._heard)

    def _heard(self, message: object) -> None:
        if getattr(message, "type", "") == "error" and "Content Security Policy" in str(getattr(message, "text", "")):
            self.faults.append(str(getattr(message, "text", "")))

    def goes_to(self, path: str) -> "Person":
        answer = self.page.goto(path)
        assert answer is not None and answer.status < 400, f"{path}: {answer and answer.status}"
        return self

    def signs_in(self, at: str = "/") -> "Person":
        """Is signed in, and opens a page; the form is for where it matters how."""
        assert self.card is not None
        site = site_at(self.site)
        assert site is not None, f"no site of this process answers at {self.site}"
        self.context.add_cookies([{**cookie_of(site, self.card["username"]), "url": self.site}])  # type: ignore[list-item]
        self.goes_to(at)
        expect(self.page.get_by_role("button", name="Đăng xuất")).to_be_attached()
        return self

    def signs_in_by_the_form(self) -> "Person":
        assert self.card is not None
        return self.signs_in_as(self.card["username"], self.card["passphrase"])

    def signs_in_as(self, handle: str, password: str) -> "Person":
        self.goes_to("/sign-in")
        self.page.get_by_label("Tên đăng nhập, số điện thoại hoặc email").fill(handle)
        self.page.get_by_label("Mật khẩu", exact=True).fill(password)
        self.page.locator("main").get_by_role("button", name="Đăng nhập", exact=True).click()
        expect(self.page.get_by_role("button", name="Đăng xuất")).to_be_attached()
        return self

    def signs_out(self) -> "Person":
        """Leave the account, and wait until the device has forgotten it."""
        self.page.get_by_role("button", name="Đăng xuất").click()
        expect(self.page.get_by_role("link", name="Đăng nhập").first).to_be_visible()
        return self

    def presses(self, name: str, exact: bool = True) -> "Person":
        """Press a button or follow a link of the main part or the dock."""
        found = self.page.get_by_role("button", name=name, exact=exact).or_(
            self.page.get_by_role("link", name=name, exact=exact)
        )
        found.and_(self.page.locator(":not(.bar *)")).first.click()
        return self

    def opens_the_menu(self) -> "Person":
        """Open the one place of a room for calling, reporting and ending."""
        self.page.locator("#calls > summary").click()
        return self

    def sees(self, text: str | re.Pattern[str]) -> "Person":
        expect(self.page.get_by_text(text).filter(visible=True).first).to_be_visible()
        return self

    def sees_not(self, text: str) -> "Person":
        expect(self.page.get_by_text(text).filter(visible=True)).to_have_count(0)
        return self

    def is_at(self, pattern: str) -> "Person":
        self.page.wait_for_url(re.compile(pattern))
        return self

    def fills(self, label: str, text: str) -> "Person":
        self.page.get_by_label(label, exact=True).fill(text)
        return self

    def chooses(self, label: str, option: str) -> "Person":
        self.page.get_by_label(label, exact=True).and_(self.page.locator("select")).select_option(label=option)
        return self

    def chooses_a_file(self, label: str, file: str | Path) -> "Person":
        """Choose a file in a field that has the focus: a part that renews itself leaves such a field as it is."""
        field = self.page.get_by_label(label)
        field.focus()
        expect(field).to_be_focused()
        field.set_input_files(file)
        return self

    def ticks(self, label: str, exact: bool = False) -> "Person":
        self.page.get_by_label(label, exact=exact).check()
        return self

    def turns_to(self, part: str) -> "Person":
        """Turn to the "lesson" or the "talk" of a room on a phone."""
        self.page.locator(f'[data-tab="{part}"]').click()
        return self

    def says(self, text: str) -> "Person":
        box = self.page.get_by_label("Tin nhắn", exact=True).and_(self.page.locator("textarea"))
        box.fill(text)
        self.page.get_by_role("button", name="Gửi tin nhắn").click()
        return self

    def hears(self, text: str) -> "Person":
        expect(self.page.locator("#messages").get_by_text(text)).to_be_visible()
        return self

    def finds_the_page_accessible(self, name: str = "", quick: bool = False) -> "Person":
        """No axe finding at phone and at laptop width, nothing to scroll sideways; keeps pictures when SHOTS is set.

        `quick`: in the quick run too, on the phone, for a state to which no address leads.
        """
        sizes = (PHONE,) if self.quick and quick else () if self.quick else (LAPTOP, PHONE)
        for size in sizes if self.pages_are_news else ():
            self.page.set_viewport_size(size)  # type: ignore[arg-type]
            self.page.evaluate(DRAWN)
            if SHOTS and name:
                Path(SHOTS).mkdir(parents=True, exist_ok=True)
                self.page.screenshot(path=f"{SHOTS}/{name}-{size['width']}.png", full_page=True)
            assert self.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} scrolls sideways"
            if not is_news(self.page):
                continue
            if size is PHONE:  # the whole page on one long screen: what scrolls under a bar that stays is not cut off
                height = self.page.evaluate("Math.max(innerHeight, document.documentElement.scrollHeight)")
                self.page.set_viewport_size({**PHONE, "height": height})  # type: ignore[typeddict-item]
            found = axe(self.page, *RULES)
            assert found.violations_count == 0, f"{name or self.page.url}: {found.generate_report()}"
        if sizes:
            self.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        return self

    def leaves(self) -> None:
        assert self.faults == [], self.faults
        self.context.close()
