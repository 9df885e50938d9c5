"""A rehearsal on a phone without a network: saved, played to its end, and in the account exactly once."""

import json
import re
from typing import Any

from playwright.sync_api import Browser, Dialog, expect

from tests.browser import DRAWN, until_heard, wait_until
from tests.journeys.learner import Learner
from tests.practice.shipped_scenarios import rehearsal
from tests.servers import Site
from tests.servers import cards as cards
from tests.servers import site as site
from tutoring.practice.engine import solver
from tutoring.practice.engine.simulator import Event

NAME = "ban-sao-khai-sinh"


def walk() -> list[Event]:
    """What somebody does who is guided."""
    return rehearsal(NAME).events(solver.example(rehearsal(NAME)))


class Rehearser(Learner):
    """Plays a rehearsal, online or not: the screens are the same."""

    def saves(self) -> "Rehearser":
        self.goes_to(f"/practice/{NAME}").presses("Tải bài tập về máy", exact=False)
        self.sees("Đã có trên máy. Không có mạng vẫn luyện được.")
        return self

    def loses_the_network(self, lost: bool = True) -> "Rehearser":
        self.context.set_offline(lost)
        return self

    def plays(self, events: list[Event]) -> "Rehearser":
        for event in events:
            if "set" in event:
                self.puts(str(event["set"]), str(event["value"]))
            else:
                kind = next(iter(event))
                screen = self.page.locator(".mock-screen")
                before = self.page.locator(f'.mock-screen[data-at="{screen.get_attribute("data-at")}"]')
                self.page.locator(f'button[name="{kind}"][value="{event[kind]}"]').click()
                expect(before.filter(visible=True)).to_have_count(0)
        return self

    def puts(self, field: str, value: str) -> None:
        found = self.page.locator(f'[name="set-{field}"]:not([type=hidden])')
        if found.first.get_attribute("type") in ("radio", "checkbox"):
            self.page.locator(f'[name="set-{field}"][value="{value}"]:not([type=hidden])').check()
        else:
            found.fill(value)

    def kept(self, key: str = "practice:") -> Any:
        return self.remembers(key)


def runs(site: Site, username: str) -> list[tuple[str, str, bool]]:
    """The runs in an account: scenario, mode, whether passed."""
    rows = site.rows(
        'select scenario, mode, passed from practice_run join "user" on "user".id = user_id'
        " where username = :username and ended_at is not null order by started_at", username=username,
    )  # fmt: skip
    return [(scenario, mode, bool(passed)) for scenario, mode, passed in rows]


def test_a_rehearsal_saved_on_the_phone_is_done_without_a_network_and_counts_once(
    site: Site, browser: Browser, phone: dict[str, Any], cards: dict[str, dict[str, str]]
) -> None:
    lan = Rehearser(browser, site.url(), cards["lan"], **phone)
    lan.signs_in()
    lan.saves().finds_the_page_accessible("rehearsal-kept")
    who = lan.page.locator("#live-js").get_attribute("data-who")

    lan.loses_the_network().goes_to(f"/practice/{NAME}").sees("Bản đã tải về máy này.")
    lan.finds_the_page_accessible("rehearsal-offline")
    lan.page.locator('[data-mode="alone"]').get_by_role("button", name="Bắt đầu").click()
    lan.sees("Cổng tập luyện: trang đầu").finds_the_page_accessible("rehearsal-screen")
    lan.page.locator('button[name="do"]').click()  # nothing filled in
    lan.sees("Chỗ này còn trống. Hãy điền hoặc chọn rồi đi tiếp.").finds_the_page_accessible("rehearsal-refused")
    expect(lan.page.locator(".errors")).to_be_focused()
    lan.plays(walk()[:5])
    lan.puts("ten_con", "0912345678")
    lan.page.locator('button[name="do"]').click()
    lan.sees("Đây có thể là số thật.")
    held = json.dumps(lan.kept(f"practice:{who}"))
    assert "0912345678" not in held and "missed" in held

    lan.page.reload()
    lan.sees("Tờ khai").plays(walk()[5:13])
    lan.finds_the_page_accessible("rehearsal-trap")
    lan.plays(walk()[13:])
    lan.sees("Đạt. Bạn tự làm được rồi!").sees("Kết quả đang giữ trên máy này.").finds_the_page_accessible(
        "rehearsal-end"
    )
    (run,) = lan.kept(f"practice:{who}")
    assert run["done"] and set(run) == {"id", "scenario", "digest", "mode", "events", "begun", "done", "at"}
    assert runs(site, "lan") == []
    lan.goes_to("/notebook").sees("Máy đang không có mạng").finds_the_page_accessible("rehearsal-list")
    lan.sees(rehearsal(NAME).title.vi).sees(re.compile(r"\d+ kB"))

    lan.loses_the_network(False).goes_to("/lessons").sees("Đã lưu vào tài khoản của bạn: 1 lượt luyện.")
    assert runs(site, "lan") == [(NAME, "alone", True)] and lan.kept(f"practice:{who}") is None
    lan.goes_to(f"/lessons/{rehearsal(NAME).lesson}").sees("Đã tự làm khi luyện tập")

    # A reply that was lost on the way: the device sends it once more.
    lan.page.evaluate("([key, run]) => localStorage.setItem(key, JSON.stringify([run]))", [f"practice:{who}", run])
    lan.page.reload()
    lan.sees("Đã lưu vào tài khoản của bạn: 1 lượt luyện.")
    assert runs(site, "lan") == [(NAME, "alone", True)]
    lan.goes_to(f"/practice/{NAME}").presses("Xoá khỏi máy").sees("Đã xoá khỏi máy này.")
    assert lan.page.evaluate("caches.keys()") == []
    lan.leaves()


def test_a_visitors_run_comes_into_the_account_of_who_signs_in_and_the_page_sends_as_soon_as_it_can(
    site: Site, browser: Browser, phone: dict[str, Any], cards: dict[str, dict[str, str]]
) -> None:
    bay = Rehearser(browser, site.url(), cards["bay"], **phone)
    bay.saves().loses_the_network().goes_to(f"/practice/{NAME}/offline#together")
    bay.page.locator('[data-mode="together"]').get_by_role("button", name="Bắt đầu").click()
    bay.sees("Bước tiếp theo").finds_the_page_accessible("rehearsal-together").plays(walk())
    bay.sees("Bạn đã làm đến cuối.").sees("Bạn chưa đăng nhập.").finds_the_page_accessible("rehearsal-end-visitor")
    bay.presses("Luyện lại").page.locator('[data-mode="exam"]').get_by_role("button", name="Bắt đầu").click()
    bay.plays(walk()[:3])
    bay.loses_the_network(False).signs_in().sees("Đã lưu vào tài khoản của bạn: 1 lượt luyện.")
    assert runs(site, "bay") == [(NAME, "together", False)]

    # What was begun goes on as theirs; at its end the network is there, and the page itself sends.
    bay.loses_the_network().goes_to(f"/practice/{NAME}").presses("Làm tiếp", exact=False)
    bay.plays(walk()[3:])
    bay.sees("Đạt. Bạn tự làm được rồi!")
    bay.loses_the_network(False).sees("Đã lưu vào tài khoản của bạn: 1 lượt luyện.")
    assert runs(site, "bay") == [(NAME, "together", False), (NAME, "exam", True)]
    assert bay.kept() is None
    bay.leaves()


def test_signing_out_asks_before_it_drops_a_run_that_is_not_finished(
    site: Site, browser: Browser, phone: dict[str, Any], cards: dict[str, dict[str, str]]
) -> None:
    mai = Rehearser(browser, site.url(), cards["mai"], **phone)
    mai.signs_in()
    who = mai.page.locator("#live-js").get_attribute("data-who")
    mai.saves().loses_the_network().goes_to(f"/practice/{NAME}")
    mai.page.locator('[data-mode="alone"]').get_by_role("button", name="Bắt đầu").click()
    mai.plays(walk()[:2]).loses_the_network(False)
    asked: list[str] = []

    def hears(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.dismiss() if len(asked) == 1 else dialog.accept()

    mai.page.on("dialog", hears)
    mai.goes_to("/lessons").presses("Đăng xuất")
    until_heard(mai.page, lambda: asked, "the question")
    mai.page.evaluate(DRAWN)
    expect(mai.page.get_by_role("button", name="Đăng xuất")).to_be_attached()
    assert len(asked) == 1 and "lượt luyện" in asked[0] and len(mai.kept(f"practice:{who}")) == 1
    mai.signs_out()
    assert len(asked) == 2 and mai.kept(f"practice:{who}") is None and runs(site, "mai") == []
    mai.leaves()


def test_a_copy_of_an_older_text_is_made_anew_and_what_was_begun_on_it_begins_again(
    site: Site, browser: Browser, phone: dict[str, Any], cards: dict[str, dict[str, str]]
) -> None:
    minh = Rehearser(browser, site.url(), cards["minh"], **phone)
    minh.saves().goes_to(f"/practice/{NAME}/offline")
    minh.page.locator('[data-mode="alone"]').get_by_role("button", name="Bắt đầu").click()
    minh.plays(walk()[:2])
    # As if both the copy and the run were of another text.
    minh.page.evaluate(
        """async (name) => {
          const [old] = (await caches.keys()).filter((one) => one.startsWith(`practice:${name}:`));
          const [from, to] = [await caches.open(old), await caches.open(`practice:${name}:older`)];
          for (const one of await from.keys()) {
            const held = await from.match(one);
            const text = await held.text();
            await to.put(one, new Response(text.replace(/"mark":"\\w+"/, '"mark":"older"'), { headers: held.headers }));
          }
          await caches.delete(old);
          const runs = localStorage.getItem("practice:").replace(/"digest":"\\w+"/, '"digest":"older"');
          localStorage.setItem("practice:", runs);
        }""",
        NAME,
    )
    minh.goes_to(f"/practice/{NAME}")
    expect(minh.page.locator("html[data-saved]")).to_have_count(0)  # a copy that came first gave way
    minh.sees("Đã có trên máy. Không có mạng vẫn luyện được.")
    wait_until(minh.page, "async () => !(await caches.keys()).some((one) => one.endsWith(':older'))")
    minh.loses_the_network().goes_to(f"/practice/{NAME}/offline#alone").sees("Bài tập này vừa được sửa.")
    minh.sees("Chọn cách luyện")
    assert minh.kept() is None
    minh.leaves()
