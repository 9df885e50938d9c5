"""What a device keeps of lessons: a saved lesson without a network, and what comes into the account at sign-in."""

import json
import re
from typing import Any

from playwright.sync_api import Browser, Dialog, Page, expect

from tests.browser import DRAWN, LAPTOP, until_heard, wait_until
from tests.journeys.learner import Learner, attempts, lesson, questions, right, wrong
from tests.servers import Site
from tests.servers import cards as cards
from tests.servers import site as site

SAVED = "vao-lop-bang-duong-dan"
FINISHED, BEGUN = "otp-khong-doc-cho-ai", "nhan-biet-lua-dao"


def test_a_saved_lesson_is_followed_without_a_network_and_counts_once(
    site: Site, browser: Browser, phone: dict[str, Any], cards: dict[str, dict[str, str]]
) -> None:
    minh = Learner(browser, site.url(), cards["minh"], **phone)
    minh.finds_by_path(SAVED).presses("Tải bài về", exact=False).sees("Đã có trên máy. Không có mạng vẫn mở được.")
    minh.finds_the_page_accessible("kept")

    minh.context.set_offline(True)
    minh.goes_to(f"/lessons/{SAVED}").sees("Bản đã tải về máy này.").finds_the_page_accessible("kept-offline")
    minh.begins(SAVED)
    given = []
    for step in lesson(SAVED).steps:
        for block in questions(SAVED, step.position):
            if minh.tries_wrongly(block):
                given.append((block["id"], False))
            minh.answers_rightly(block)
            given.append((block["id"], True))
        if step.position == 2:
            minh.finds_the_page_accessible("step-offline")
        minh.goes_on(SAVED, step.position)
    minh.finds_the_page_accessible("done-offline")
    minh.goes_to(f"/lessons/{BEGUN}").sees("Máy đang không có mạng").sees_not("Bản đã tải về")
    minh.finds_the_page_accessible("offline")
    minh.presses(lesson(SAVED).texts["vi"].title).is_at(f"/lessons/{SAVED}$").sees("Học lại")

    minh.context.set_offline(False)
    kept = minh.remembers()
    said = f"Đã lưu vào tài khoản của em: 1 bài học, {len(given)} câu trả lời."
    minh.signs_in().sees(said).finds_the_page_accessible("merged")
    expect(minh.page.locator("body > .flashes > .note")).to_have_text(said)  # within the margins of the page
    assert sorted(attempts(site, "minh")) == sorted((SAVED, *one) for one in given)
    assert minh.remembers() is None
    minh.goes_to(f"/lessons/{SAVED}").sees(re.compile("Đã học xong ngày")).sees_not(said)
    minh.sees_not("Bản đã tải về máy này.")  # with a network it is the page of the account again

    # A reply that was lost on the way: the device sends all of it once more.
    minh.page.evaluate("(kept) => localStorage.setItem('lessons:', kept)", json.dumps(kept))
    minh.page.reload()
    minh.sees(said)
    assert sorted(attempts(site, "minh")) == sorted((SAVED, *one) for one in given)
    minh.presses("Xoá khỏi máy").sees("Đã xoá khỏi máy này.").sees("Tải bài về")
    assert minh.page.evaluate("caches.keys()") == []
    minh.leaves()


def test_a_visitors_progress_comes_into_the_account_whichever_tab_sends_it(
    site: Site, browser: Browser, phone: dict[str, Any], cards: dict[str, dict[str, str]]
) -> None:
    bay = Learner(browser, site.url(), cards["bay"], **phone)
    bay.finds_by_path(FINISHED).begins(FINISHED).follows(FINISHED)
    bay.finds_by_path(BEGUN).begins(BEGUN).follows(BEGUN, until=3)
    stands = "([lesson, step]) => JSON.parse(localStorage.getItem('lessons:')).walked[lesson]?.step === step"
    wait_until(bay.page, stands, arg=[BEGUN, lesson(BEGUN).steps[2].id])  # noted once the page's scripts have come
    bay.goes_to(f"/lessons/{BEGUN}").sees("Học tiếp từ bước 3").finds_the_page_accessible("visitor-resumes")
    kept = bay.remembers()
    given = sorted((one["lesson"], one["checkpoint"], True) for one in kept["answers"])
    asked = [(FINISHED, step.position) for step in lesson(FINISHED).steps] + [(BEGUN, 1), (BEGUN, 2)]
    assert given == sorted((slug, block["id"], True) for slug, position in asked for block in questions(slug, position))
    assert given and set(kept["walked"]) == {FINISHED, BEGUN}

    bay.signs_in().sees(f"Đã lưu vào tài khoản của bạn: 2 bài học, {len(given)} câu trả lời.")
    assert sorted(attempts(site, "bay")) == given
    assert bay.remembers() is None
    stands_in_the_account(bay)

    other = bay.context.new_page()
    other.goto("/lessons")
    bay.page.evaluate("(kept) => localStorage.setItem('lessons:', kept)", json.dumps(kept))
    for tab in (bay.page, other):
        tab.evaluate("void setTimeout(() => location.reload())")
    expect_nothing_left(bay.page)
    other.close()
    assert sorted(attempts(site, "bay")) == given
    stands_in_the_account(bay)

    bay.signs_out()
    bay.signs_in().sees_not("Đã lưu vào tài khoản của bạn")
    assert sorted(attempts(site, "bay")) == given
    bay.leaves()


def stands_in_the_account(person: Learner) -> None:
    person.goes_to("/lessons/paths/an-toan-so")
    expect(person.page.locator(f'[data-lesson="{FINISHED}"]')).to_contain_text("Đã học xong")
    expect(person.page.locator(f'[data-lesson="{BEGUN}"]')).to_contain_text("Đang học")
    person.goes_to(f"/lessons/{FINISHED}").sees(re.compile("Đã học xong ngày"))
    person.goes_to(f"/lessons/{BEGUN}").sees("Học tiếp từ bước 3")


def expect_nothing_left(page: Page) -> None:
    wait_until(page, "() => !localStorage.getItem('lessons:')")


def test_signing_out_asks_before_it_drops_what_was_not_sent(
    site: Site, browser: Browser, phone: dict[str, Any], cards: dict[str, dict[str, str]]
) -> None:
    mai = Learner(browser, site.url(), cards["mai"], **phone).signs_in()
    asked: list[str] = []
    answer = {"yes": False}

    def hears(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.accept() if answer["yes"] else dialog.dismiss()

    mai.page.on("dialog", hears)
    (block,) = questions(FINISHED, 2)
    who = mai.goes_to(f"/lessons/{FINISHED}/2").page.locator("#live-js").get_attribute("data-who")
    sending = re.compile("/lessons/(merge|.*/answer)$")
    mai.page.route(sending, lambda route: route.abort("internetdisconnected"))
    mai.answers(block, wrong(block)[0]).is_told(block, "Câu trả lời đang được giữ trên máy này.")  # type: ignore[index]
    mai.finds_the_page_accessible("answer-kept")
    mai.presses("Đăng xuất")
    expect(mai.page.get_by_role("button", name="Đăng xuất")).to_be_attached()
    until_heard(mai.page, lambda: asked, "the question")
    mai.page.evaluate(DRAWN)
    assert len(asked) == 1 and "chưa gửi được" in asked[0]
    assert len(mai.remembers(f"lessons:{who}")["answers"]) == 1

    # With the network back, signing out sends it first and has nothing to ask.
    mai.page.unroute(sending)
    mai.signs_out()
    assert len(asked) == 1 and mai.remembers(f"lessons:{who}") is None
    assert attempts(site, "mai") == [(FINISHED, block["id"], False)]

    mai.signs_in(f"/lessons/{FINISHED}/2").page.route(sending, lambda route: route.abort("internetdisconnected"))
    mai.answers(block, right(block)).is_told(block, "đang được giữ trên máy này")
    answer["yes"] = True
    mai.signs_out()
    assert len(asked) == 2 and mai.remembers(f"lessons:{who}") is None
    mai.page.unroute(sending)
    mai.signs_in()
    assert len(attempts(site, "mai")) == 1
    mai.leaves()


def test_a_lesson_begun_on_the_phone_goes_on_at_the_laptop(
    site: Site, browser: Browser, phone: dict[str, Any], cards: dict[str, dict[str, str]]
) -> None:
    khoa = Learner(browser, site.url(), cards["khoa"], **phone).signs_in()
    khoa.finds_by_path(SAVED).begins(SAVED).follows(SAVED, until=4)
    laptop = Learner(browser, site.url(), cards["khoa"], **{**phone, "viewport": LAPTOP}).signs_in()
    laptop.goes_to("/lessons").sees("Bước 4 trên 9")
    laptop.goes_to(f"/lessons/{SAVED}").sees("Học tiếp từ bước 4").finds_the_page_accessible("resumes")
    laptop.presses("Học tiếp từ bước 4").is_at(f"/lessons/{SAVED}/4$")
    laptop.follows(SAVED, start=4)
    khoa.goes_to(f"/lessons/{SAVED}").sees(re.compile("Đã học xong ngày"))
    khoa.leaves()
    laptop.leaves()
