"""A device with a poor network, and a phone that a family shares: what opens at once, what waits, what never stays."""

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserType, Page, Route, expect

from tests.browser import DRAWN, PATIENCE, PHONE, wait_until
from tests.journeys.learner import Learner
from tests.journeys.pair_in_room import come_together
from tests.journeys.person import Person
from tests.network_proxy import Network
from tests.servers import Site
from tests.servers import cards as cards
from tests.servers import site as site

SAVED = "vao-lop-bang-duong-dan"
REHEARSAL = "ban-sao-khai-sinh"
UNSENT = """new Promise((done) => {
  const open = indexedDB.open('cunghoc-rooms');
  open.onsuccess = () => {
    const all = open.result.transaction('unsent').objectStore('unsent').count();
    all.onsuccess = () => done(all.result);
  };
})"""
HELD = """async () => {
  let all = JSON.stringify({ ...localStorage }) + JSON.stringify({ ...sessionStorage });
  for (const name of await caches.keys()) {
    const one = await caches.open(name);
    for (const key of await one.keys()) {
      const answer = await one.match(key);
      if ((answer.headers.get('Content-Type') ?? '').startsWith('text/html')) all += await answer.text();
    }
  }
  return all;
}"""
CAN_INSTALL = """() => {
  const event = new Event('beforeinstallprompt');
  event.prompt = () => { window.prompted = true; };
  event.userChoice = Promise.resolve({ outcome: 'accepted' });
  dispatchEvent(event);
}"""
NOT_BY_ITSELF = "addEventListener('beforeinstallprompt', (one) => one.isTrusted && one.stopImmediatePropagation())"
CHOOSE = "(one) => { if (one.matches('select')) one.selectedIndex = 1; else one.checked = true; }"
PRIVATE = ("Hồ sơ của tôi", "Lịch của tôi", "Đang dùng: Lan", "thông báo nào")
ROUND_TRIP = 2.0  # seconds of a poor line
PAINTED = "performance.getEntriesByName('first-contentful-paint').length > 0"


@pytest.fixture
def line(site: Site) -> Iterator[Network]:
    """The same site over a line that can be made slow."""
    made = Network(site.ports[0], 0)
    site.answers_at(made.port)
    site.kill(site.ports[0])
    site.start_at(site.ports[0])
    yield made
    made.delay = 0


@pytest.mark.full
def test_a_saved_lesson_and_rehearsal_paint_without_an_answer_and_then_come_up_to_date(
    line: Network, browser: Browser, phone: dict[str, Any], cards: dict[str, dict[str, str]]
) -> None:
    minh = Learner(browser, line.url, cards["minh"], **phone)
    minh.signs_in()
    minh.goes_to(f"/lessons/{SAVED}").presses("Tải bài về", exact=False).sees("Đã có trên máy.")
    minh.goes_to(f"/practice/{REHEARSAL}").presses("Tải bài tập về máy", exact=False).sees("Đã có trên máy.")
    minh.goes_to(f"/lessons/{SAVED}").begins(SAVED).follows(SAVED, until=3)
    minh.goes_to("/help")
    wait_until(minh.page, "navigator.serviceWorker.controller !== null")
    line.delay = ROUND_TRIP / 2
    for path in (f"/lessons/{SAVED}", f"/practice/{REHEARSAL}"):
        line.stand_still()
        minh.page.goto(path, wait_until="commit")
        wait_until(minh.page, PAINTED)  # and nothing has come over the line
        assert minh.page.locator("html[data-saved]").count() == 1
        line.move_on()
        expect(minh.page.locator("html[data-saved]")).to_have_count(0)  # the account's page took its place
    minh.page.goto(f"/lessons/{SAVED}", wait_until="commit")
    minh.sees("Học tiếp từ bước 3")  # what the account knows, not what the copy does

    # Who has begun with the copy is not interrupted: the newer page is offered.
    minh.page.goto(f"/lessons/{SAVED}/2", wait_until="commit")
    minh.page.locator("html[data-saved] h1").click()
    expect(minh.page.get_by_role("link", name="Mở trang mới nhất")).to_be_visible()
    assert minh.page.locator("html[data-saved]").count() == 1
    line.delay = 0
    minh.page.get_by_role("link", name="Mở trang mới nhất").click()
    expect(minh.page.locator("html[data-saved]")).to_have_count(0)
    minh.leaves()


def texts(page: Page) -> list[str]:
    return page.locator("#messages > li[data-author] .text").all_inner_texts()


def test_a_message_written_without_a_network_goes_once_after_the_tab_was_closed(
    site: Site, browser: Browser, phone: dict[str, Any], cards: dict[str, dict[str, str]]
) -> None:
    minh, khoa = (Person(browser, site.url(), cards[name], **phone).signs_in() for name in ("minh", "khoa"))
    minh.goes_to("/help")  # keeps the page for what is not there
    wait_until(minh.page, "navigator.serviceWorker.ready.then(() => caches.has('emergency'))")
    room = come_together(minh, khoa)
    minh.turns_to("talk").says("Có mạng")
    expect(minh.page.locator("#messages > li[data-author]")).to_have_count(2)
    minh.context.set_offline(True)
    minh.says("Viết lúc mất mạng")
    waiting = minh.page.locator("#messages > li.wait")
    expect(waiting.locator(".state")).to_have_text("Đang chờ mạng")
    assert waiting.locator(".text").evaluate("(one) => getComputedStyle(one).borderTopStyle") == "dashed"

    minh.page.close()
    minh.page = minh.context.new_page()
    minh.page.goto(room)
    minh.sees("Máy đang không có mạng").sees("Tin nhắn chưa gửi: 1.")
    minh.context.set_offline(False)
    minh.goes_to("/lessons").sees("Còn tin nhắn chưa gửi.")
    minh.finds_the_page_accessible("unsent-message")
    minh.page.get_by_role("link", name="Mở phòng để gửi").click()
    minh.turns_to("talk")
    expect(minh.page.locator("#messages > li[data-author]")).to_have_count(3)
    minh.page.reload()
    khoa.turns_to("talk").sees("Viết lúc mất mạng")
    expect(minh.page.locator("#messages > li[data-author]")).to_have_count(3)
    assert texts(minh.page).count("Viết lúc mất mạng") == texts(khoa.page).count("Viết lúc mất mạng") == 1

    # Signing out asks first; whoever comes next finds nothing of it.
    asked: list[str] = []
    minh.page.on("dialog", lambda one: (asked.append(one.message), one.accept()))
    minh.context.set_offline(True)
    minh.says("Không bao giờ gửi")
    expect(minh.page.locator("#messages > li.wait")).to_have_count(1)
    minh.page.evaluate("window.stop()")
    minh.page.route("**/messages", lambda route: route.abort())
    minh.page.route("**/socket.io/**", lambda route: route.abort())
    minh.page.goto("about:blank")
    minh.context.set_offline(False)
    minh.goes_to("/lessons").sees("Còn tin nhắn chưa gửi.")
    minh.page.get_by_role("button", name="Đăng xuất").click()
    minh.is_at("/$")
    assert len(asked) == 1 and "tin nhắn" in asked[0]
    assert minh.page.evaluate(UNSENT) == 0
    minh.leaves()
    khoa.leaves()


@pytest.fixture
def family_phone(browser_type: BrowserType, browser_type_launch_args: dict[str, Any], site: Site) -> Iterator[Any]:
    """A browser that keeps pages for going back, which tests otherwise forbid, with a profile of its own: only such a
    one may put a site on its home screen."""
    args = browser_type_launch_args | {"ignore_default_args": ["--disable-back-forward-cache"]}
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        context = browser_type.launch_persistent_context(
            folder, **args, base_url=site.url(), viewport=PHONE, locale="vi-VN"
        )
        context.set_default_timeout(PATIENCE * 1000)
        yield context
        context.close()


def signs_in(page: Page, card: dict[str, str]) -> None:
    page.goto("/sign-in")
    page.locator("#handle").fill(card["username"])
    page.locator("#password").fill(card["passphrase"])
    page.locator("main").get_by_role("button", name="Đăng nhập", exact=True).click()
    expect(page.get_by_role("button", name="Đăng xuất")).to_be_attached()


def test_a_shared_phone_shows_nothing_private_after_signing_out(
    family_phone: Any, site: Site, cards: dict[str, dict[str, str]]
) -> None:
    page, other = family_phone.pages[0], family_phone.new_page()
    signs_in(page, cards["lan"])
    page.goto(f"/lessons/{SAVED}")
    page.get_by_role("button", name="Tải bài về").click()
    page.get_by_text("Đã có trên máy.").wait_for()
    for path in ("/calendar", "/notices", "/account"):
        page.goto(path)
    assert "Hồ sơ của tôi" in page.locator("body").inner_text()
    other.goto("/account")
    page.get_by_role("button", name="Đăng xuất", exact=True).click()
    page.wait_for_url(re.compile("/$"))
    for _ in range(3):
        page.go_back()
        page.wait_for_load_state()
        assert not any(words in page.locator("body").inner_text() for words in PRIVATE)
    expect(other).to_have_url(re.compile("/sign-in"))  # the tab that was left open too
    family_phone.set_offline(True)
    for path in ("/account", "/calendar", "/notices"):
        page.goto(path)
        expect(page.get_by_text("Máy đang không có mạng")).to_be_visible()
        assert not any(words in page.locator("body").inner_text() for words in PRIVATE)
    expect(page.locator("[data-saved-lessons] li")).to_have_count(1)  # saved lessons stay, and are listed
    page.goto(f"/lessons/{SAVED}")
    expect(page.get_by_text("Bản đã tải về máy này.")).to_be_visible()
    held = page.evaluate(HELD)
    assert "Đăng xuất" not in held and "Chị Lan" not in held and "lessons.who" not in held


@pytest.mark.full
def test_the_site_can_be_put_on_the_home_screen(family_phone: Any, cards: dict[str, dict[str, str]]) -> None:
    page = family_phone.pages[0]
    page.add_init_script(NOT_BY_ITSELF)
    signs_in(page, cards["bay"])
    page.goto("/account")
    session = family_phone.new_cdp_session(page)
    assert session.send("Page.getInstallabilityErrors")["installabilityErrors"] == []
    manifest = session.send("Page.getAppManifest")
    assert manifest["errors"] == [] and '"maskable"' in manifest["data"] and '"shortcuts"' in manifest["data"]
    assert page.locator("[data-install]").is_hidden()  # until the browser says that it can
    page.evaluate(CAN_INSTALL)
    page.locator("main").get_by_role("button", name="Đưa ra màn hình chính").click()
    expect(page.get_by_text("Xong. Cùng Học đã có trên màn hình chính.")).to_be_visible()
    assert page.evaluate("window.prompted")


@pytest.mark.full
def test_an_iphone_is_told_how(
    site: Site, browser: Browser, phone: dict[str, Any], cards: dict[str, dict[str, str]]
) -> None:
    agent = (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile Safari/604.1"
    )
    bay = Person(browser, site.url(), cards["bay"], **{**phone, "user_agent": agent}).signs_in()
    bay.goes_to("/account").sees("Bấm nút Chia sẻ ở cuối màn hình.").finds_the_page_accessible("install-iphone")
    bay.leaves()


def later_version(route: Route) -> None:
    """What a server that was renewed meanwhile answers when a page renews its parts."""
    answer = route.fetch()
    route.fulfill(response=answer, body=re.sub(r'data-version="\w+"', 'data-version="later"', answer.text()))


@pytest.mark.full
def test_a_newer_version_is_said_quietly_and_typed_words_live_through_loading_it(
    site: Site, browser: Browser, phone: dict[str, Any], cards: dict[str, dict[str, str]]
) -> None:
    minh = Learner(browser, site.url(), cards["lan"], **phone).signs_in()
    minh.goes_to("/ask")
    words = minh.page.locator("main textarea").first
    words.fill("Em không thấy nút vào lớp, em đã thử hai lần")
    minh.page.evaluate("window.mine = 'same page'")
    minh.page.route("**/ask", later_version)
    minh.page.evaluate("import('app/live-regions.js').then(({ refresh }) => refresh([]))")
    minh.sees("Có bản mới – tải lại khi bạn xong").finds_the_page_accessible("newer-version")
    minh.page.evaluate(DRAWN)
    assert minh.page.evaluate("window.mine") == "same page"
    expect(words).to_have_value("Em không thấy nút vào lớp, em đã thử hai lần")
    minh.page.unroute("**/ask")
    minh.page.get_by_role("button", name="Tải lại").click()
    wait_until(minh.page, "!window.mine")
    expect(words).to_have_value("Em không thấy nút vào lớp, em đã thử hai lần")
    minh.page.evaluate("sessionStorage.setItem('draft:99999:/ask>/ask', '[]')")
    minh.page.reload()
    expect(words).to_have_value("Em không thấy nút vào lớp, em đã thử hai lần")
    assert "draft:99999" not in minh.page.evaluate(
        "JSON.stringify({ ...sessionStorage })"
    )  # of somebody else in this tab
    minh.signs_out()
    assert minh.page.evaluate("sessionStorage.length") == 0
    minh.leaves()


@pytest.mark.full
def test_a_draft_stays_while_the_server_does_not_answer_and_goes_once_it_has(
    site: Site, browser: Browser, phone: dict[str, Any], cards: dict[str, dict[str, str]]
) -> None:
    bay = Person(browser, site.url(), cards["bay"], **phone).signs_in()
    bay.goes_to("/report")
    bay.page.locator("main textarea").first.evaluate(
        "(one) => { one.value = 'Chuyện riêng'; one.dispatchEvent(new Event('input', { bubbles: true })); }"
    )
    drafts = "Object.keys(sessionStorage).filter((one) => one.startsWith('draft:')).length"
    assert bay.page.evaluate(drafts) == 0  # who tells of danger leaves no trace
    bay.goes_to("/ask")
    words = bay.page.locator("main textarea").first
    words.fill("Tôi không mở được trang nộp hồ sơ")
    assert bay.page.evaluate(drafts) == 1
    bay.page.route("**/ask", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    with bay.page.expect_event("requestfailed", lambda asked: asked.method == "POST"):
        bay.page.locator("main form:has(textarea)").evaluate("(one) => one.requestSubmit()")
    bay.page.unroute("**/ask")
    bay.goes_to("/ask")
    expect(words).to_have_value("Tôi không mở được trang nộp hồ sơ")
    bay.page.locator("main form:has(textarea) [name=topic]").first.evaluate(CHOOSE)
    bay.page.locator("main form:has(textarea)").evaluate("(one) => one.requestSubmit()")
    bay.is_at("/requests/")
    wait_until(bay.page, f"{drafts} === 0")
    bay.leaves()


def test_a_new_worker_is_a_newer_version(site: Site, browser: Browser, phone: dict[str, Any]) -> None:
    visitor = Person(browser, site.url(), **phone)
    answer = visitor.context.request.get("/worker.js")
    assert re.match(r"// [0-9a-f]{12}\n", answer.text()) and answer.headers["cache-control"] == "no-cache"
    assert Path("static/app/service-worker.js").read_text("utf-8") in answer.text()
    same = visitor.context.request.get("/worker.js", headers={"If-None-Match": answer.headers["etag"]})
    assert same.status == 304
    visitor.leaves()
