"""The room's page in a real browser: bad networks, two tabs, no scripts."""

import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.rooms.people import Line, Person, rooms_of, sign_in
from tests.servers import Site
from tests.servers import site as site
from tests.waiting import until

FULL = pytest.mark.full


@pytest.fixture(scope="module")
def rooms(site: Site) -> Iterator[list[Person]]:
    """Rooms of two that nobody has been in yet."""
    return iter(rooms_of(site, 15, 2))


def browser_of(browser: Browser, site: Site, person: Person, phone: dict[str, Any], **more: Any) -> BrowserContext:
    context = browser.new_context(base_url=site.url(), **{**phone, **more})
    name, _, value = person.cookie.partition("=")
    context.add_cookies([{"name": name, "value": value, "url": site.url()}])
    return context


@pytest.fixture
def phone(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in browser_context_args.items() if key != "base_url"}


def room_page(context: BrowserContext, person: Person) -> Page:
    page = context.new_page()
    page.goto(f"/rooms/{person.room}")
    return page


def write(page: Page, text: str) -> None:
    page.locator("#text").fill(text)
    page.get_by_role("button", name="Gửi tin nhắn").click()


def shown(page: Page) -> list[str]:
    return page.locator("#messages .text").all_inner_texts()


def in_room(page: Page) -> None:
    """Wait until the page hears the room."""
    expect(page.locator("#people")).to_contain_text("Đang ở đây")
    expect(page.locator("#by-hand")).to_have_count(0)


def test_what_is_written_without_a_network_is_sent_once_when_it_is_back(
    browser: Browser, site: Site, rooms: Iterator[list[Person]], phone: dict[str, Any]
) -> None:
    one, other = next(rooms)
    context = browser_of(browser, site, one, phone)
    page = room_page(context, one)
    line = Line(other, site.url()).open()
    line.enter()
    write(page, "trước")
    until(lambda: len(line.posted()) == 1)
    expect(page.locator(".msg.wait")).to_have_count(0)  # its own page has heard it too
    context.set_offline(True)
    write(page, "khi mất mạng một")
    write(page, "khi mất mạng hai")
    expect(page.locator(".msg.wait")).to_have_count(2)
    expect(page.get_by_text("Mất kết nối.")).to_be_visible()
    line.write("mình viết khi bạn mất mạng")
    context.set_offline(False)
    until(lambda: len(line.posted()) == 4)
    expect(page.locator(".msg.wait")).to_have_count(0)
    expect(page.locator("#messages .text")).to_have_count(4)
    expect(page.get_by_text("Mất kết nối.")).to_be_hidden()
    assert shown(page) == [m["text"] for m in line.posted()]
    assert shown(page)[2:] == ["khi mất mạng một", "khi mất mạng hai"]
    live = shown(page)
    page.reload()
    assert shown(page) == live
    line.close()
    context.close()


def test_words_of_danger_written_without_a_network_bring_the_card_and_reach_nobody_there(
    browser: Browser, site: Site, rooms: Iterator[list[Person]], phone: dict[str, Any]
) -> None:
    one, other = next(rooms)
    context = browser_of(browser, site, one, {**phone, "viewport": {"width": 360, "height": 640}})
    page = room_page(context, one)
    line = Line(other, site.url()).open()
    line.enter()
    in_room(page)
    context.set_offline(True)
    write(page, "Em không muốn sống nữa")
    expect(page.locator(".msg.wait")).to_have_count(1)
    expect(page.locator("[data-care]")).to_have_count(0)
    context.set_offline(False)
    card = page.locator("#care [data-care]")
    expect(card).to_be_visible()
    expect(card.locator("a[href='tel:111']")).to_be_in_viewport()
    expect(page.locator(".msg .state")).to_contain_text("Người khác trong phòng không thấy lời này")
    until(lambda: len(line.posted()) == 1)
    assert [m["text"] for m in line.posted()] == [None]
    card.get_by_role("button", name="Cất phần này đi").click()
    expect(page.locator("[data-care]")).to_have_count(0)
    expect(page.locator("#messages")).not_to_contain_text("không muốn sống")
    line.close()
    context.close()


KEPT = """async () => {
  const db = await new Promise((done) => {
    indexedDB.open("cunghoc-rooms").onsuccess = (event) => done(event.target.result);
  });
  const asked = db.transaction("unsent").objectStore("unsent").getAll();
  return new Promise((done) => { asked.onsuccess = () => done(asked.result.map((one) => one.text)); });
}"""


@pytest.mark.full
def test_what_waits_survives_the_end_of_the_page(
    browser: Browser, site: Site, rooms: Iterator[list[Person]], phone: dict[str, Any]
) -> None:
    one, _other = next(rooms)
    context = browser_of(browser, site, one, phone)
    page = room_page(context, one)
    in_room(page)
    context.set_offline(True)
    write(page, "còn lại")
    expect(page.locator(".wait .text")).to_have_text("còn lại")
    assert page.evaluate(KEPT) == ["còn lại"]
    page.close()  # the phone has run empty
    context.set_offline(False)
    again = room_page(context, one)
    expect(again.locator("#m1 .text")).to_have_text("còn lại")
    expect(again.locator(".wait")).to_have_count(0)
    assert again.evaluate(KEPT) == []
    context.close()


def test_what_waited_for_hours_is_not_sent_by_itself(
    browser: Browser, site: Site, rooms: Iterator[list[Person]], phone: dict[str, Any]
) -> None:
    one, _other = next(rooms)
    context = browser_of(browser, site, one, phone)
    page = room_page(context, one)
    in_room(page)
    context.set_offline(True)
    write(page, "từ sáng")
    expect(page.locator(".wait .text")).to_have_text("từ sáng")
    page.evaluate(KEPT)
    page.close()
    context.set_offline(False)
    later = context.new_page()
    later.clock.install(time=time.time() + 2 * 3600)
    later.goto(f"/rooms/{one.room}")
    in_room(later)
    expect(later.locator(".failed")).to_contain_text("Chưa gửi được.")
    expect(later.locator("#m1")).to_have_count(0)
    later.get_by_role("button", name="Gửi lại").click()
    expect(later.locator("#m1 .text")).to_have_text("từ sáng")
    context.close()


@pytest.mark.full
def test_without_a_socket_the_page_fetches_and_sends_over_plain_http(
    browser: Browser, site: Site, rooms: Iterator[list[Person]], phone: dict[str, Any]
) -> None:
    one, other = next(rooms)
    context = browser_of(browser, site, one, phone)
    context.add_init_script("window.WebSocket = class { constructor() { throw new Error('no sockets here'); } };")
    page = room_page(context, one)
    line = Line(other, site.url()).open()
    line.enter()
    line.write("Chào bạn")
    expect(page.locator("#messages .text")).to_have_text(["Chào bạn"])
    write(page, "Mình đây")
    until(lambda: len(line.posted()) == 2)
    expect(page.locator("#m2 .text")).to_have_text("Mình đây")
    line.close()
    context.close()


@pytest.mark.full
def test_two_tabs_show_the_same_and_a_watchful_page_heals_a_gap(
    browser: Browser, site: Site, rooms: Iterator[list[Person]], phone: dict[str, Any]
) -> None:
    one, other = next(rooms)
    context = browser_of(browser, site, one, phone)
    first, second = room_page(context, one), room_page(context, one)
    in_room(first)
    in_room(second)
    line = Line(other, site.url()).open()
    line.enter()
    for n in range(6):
        write((first, second)[n % 2], f"tin {n}")
        until(lambda n=n: len(line.posted()) == n + 1)  # type: ignore[misc]
    for page in (first, second):
        expect(page.locator("#messages .text")).to_have_text([f"tin {n}" for n in range(6)])
        expect(page.locator("#messages .mine")).to_have_count(6)
    line.close()
    context.close()


@pytest.mark.full
def test_markup_in_messages_and_names_is_never_markup(
    browser: Browser, site: Site, rooms: Iterator[list[Person]], phone: dict[str, Any]
) -> None:
    one, other = next(rooms)
    context = browser_of(browser, site, one, phone)
    page = room_page(context, one)
    in_room(page)
    line = Line(other, site.url()).open()
    evil = "<img src=x onerror=\"document.title='hỏng'\"><script>document.title='hỏng'</script>"
    line.write(evil)
    expect(page.locator("#m1 .text")).to_have_text(evil)
    page.reload()
    expect(page.locator("#m1 .text")).to_have_text(evil)
    assert "hỏng" not in page.title() and page.locator("#messages img, #messages script").count() == 0
    line.close()
    context.close()


@pytest.mark.full
def test_a_text_that_is_too_long_stays_and_says_why(
    browser: Browser, site: Site, rooms: Iterator[list[Person]], phone: dict[str, Any]
) -> None:
    one, _other = next(rooms)
    context = browser_of(browser, site, one, phone)
    page = room_page(context, one)
    in_room(page)
    write(page, "dài " * 300)
    expect(page.locator("#say")).to_contain_text("Tin dài quá 1000 ký tự")
    assert len(page.locator("#text").input_value()) == 1200
    context.close()


@pytest.mark.full
def test_two_people_chat_without_any_script(
    browser: Browser, site: Site, rooms: Iterator[list[Person]], phone: dict[str, Any]
) -> None:
    people = next(rooms)
    contexts = [browser_of(browser, site, person, phone, java_script_enabled=False) for person in people]
    one, other = (room_page(context, person) for context, person in zip(contexts, people, strict=True))
    write(one, "Chào bạn, mình không có script")
    other.get_by_role("link", name="Tải tin mới").click()
    expect(other.locator("#m1 .text")).to_have_text("Chào bạn, mình không có script")
    write(other, "x" * 1001)
    expect(other.get_by_text("Tin dài quá 1000 ký tự")).to_be_visible()
    assert len(other.locator("#text").input_value()) == 1001
    write(other, "Mình nghe đây")
    one.get_by_role("link", name="Tải tin mới").click()
    expect(one.locator("#m2 .text")).to_have_text("Mình nghe đây")
    one.locator("#calls > summary").click()
    one.get_by_role("link", name="Kết thúc").click()
    one.get_by_label("Xong rồi").check()
    one.get_by_role("button", name="Kết thúc và gửi").click()
    expect(one.get_by_role("heading", name="Buổi học đã kết thúc")).to_be_visible()
    for context in contexts:
        context.close()


@pytest.mark.full
def test_a_browser_without_import_maps_writes_and_signs_out_by_forms(
    browser: Browser, site: Site, rooms: Iterator[list[Person]], phone: dict[str, Any]
) -> None:
    """Older browsers do not know the names by which scripts import each other, and run only those that import none."""
    people = next(rooms)
    contexts = [browser_of(browser, site, person, phone, service_workers="block") for person in people]
    for context in contexts:
        context.route("**/*", without_map)
    one, other = (room_page(context, person) for context, person in zip(contexts, people, strict=True))
    write(one, "Máy mình cũ lắm")
    other.get_by_role("link", name="Tải tin mới").click()
    expect(other.locator("#m1 .text")).to_have_text("Máy mình cũ lắm")
    write(other, "Mình nghe đây")
    one.goto(f"/rooms/{people[0].room}")
    expect(one.locator("#m2 .text")).to_have_text("Mình nghe đây")
    expect(one.locator("#by-hand")).to_be_visible()
    other.goto("/")
    other.get_by_role("button", name="Đăng xuất").click()
    expect(other.get_by_role("link", name="Đăng nhập").first).to_be_visible()
    for context in contexts:
        context.close()


def without_map(route: Route) -> None:
    """Answers without the import map; where a form leads, Playwright does not see the answer."""
    if route.request.resource_type != "document" or route.request.method != "GET":
        return route.continue_()
    answer = route.fetch(max_redirects=0)
    body = re.sub(r'<script type="importmap">.*?</script>', "", answer.text())
    return route.fulfill(response=answer, body=body)


@pytest.mark.parametrize("how", ["leaves", pytest.param("muted", marks=FULL), pytest.param("removed", marks=FULL)])
def test_nobody_is_said_to_be_typing_who_left_or_was_muted_or_removed(
    browser: Browser, site: Site, rooms: Iterator[list[Person]], phone: dict[str, Any], how: str
) -> None:
    one, other = next(rooms)
    page = room_page(browser_of(browser, site, one, phone), one)
    in_room(page)
    lead, here, where = sign_in(site, "muoi"), f"{site.url()}/rooms/{one.room}", {"user": other.user}
    line = Line(other, site.url()).open()
    line.enter()
    expect(page.locator("#people")).not_to_contain_text("Đang vắng")
    # The notice would go by itself after some seconds; without its timer only what happened takes it away.
    page.evaluate("window.setTimeout = () => 0")
    assert line.say("typing")["ok"]
    expect(page.locator("#say")).to_contain_text("đang viết")
    if how == "leaves":
        assert other.post(f"{here}/leave") in (200, 302)
    elif how == "muted":
        assert lead.post(f"{here}/mute", minutes=5, reason="Lời lẽ", **where) in (200, 302)
    else:
        assert lead.post(f"{here}/remove", reason="Lời lẽ", **where) in (200, 302)
    expect(page.locator("#say")).to_have_text("")
    line.close()


def test_a_ready_phrase_is_found_by_keys_and_goes_into_the_composer_alone(
    browser: Browser, site: Site, rooms: Iterator[list[Person]], phone: dict[str, Any]
) -> None:
    learner, helper = next(rooms)
    for text in ("Chào {tên}!", "{bạn} đọc to dòng trên cùng"):
        assert helper.post(f"{site.url()}/rooms/{helper.room}/ready-phrases/own", text=text) == 302
    page = room_page(browser_of(browser, site, helper, {**phone, "viewport": {"width": 360, "height": 740}}), helper)
    in_room(page)
    page.locator("#text").press("/")
    expect(page.locator("#find-phrase")).to_be_focused()
    page.keyboard.type("dong tren")
    expect(page.locator(".phrase:visible")).to_have_count(1)
    expect(page.locator("#find-phrase")).to_be_in_viewport()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".phrase:visible")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#text")).to_have_value(re.compile("^Bạn đọc to dòng trên cùng$"))
    expect(page.locator("#phrases")).to_have_count(0)
    expect(page.locator("#text")).to_be_focused()
    assert shown(page) == []
    page.locator("#add-phrase").click()
    expect(page.locator("#phrases [data-keep] textarea")).to_have_value("Bạn đọc to dòng trên cùng")
    page.keyboard.press("Escape")
    expect(page.locator("#phrases")).to_have_count(0)
    room_page(browser_of(browser, site, learner, phone), learner).locator("#text").press("/")
    assert page.locator("#phrases").count() == 0
