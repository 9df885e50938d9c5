"""A child says that they are in danger: in a room, asking for help, searching; on a phone with and without scripts.

What the child, the helper, the teacher on duty and the guardian see of it, each in a browser of their own. With SHOTS
set each of these pages is kept as a picture.
"""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, expect

from tests.browser import LAPTOP, PHONE
from tests.journeys.person import Person
from tests.servers import Site, running
from tests.waiting import until

SHOTS = os.environ.get("SHOTS")
BEATEN = "Bố em say rượu đánh em chảy máu"
SECRET = re.compile("say rượu|chảy máu")
ASK = "/ask?lesson=vao-lop-bang-duong-dan&step=2"
ASKED = "Em bấm đường dẫn mà máy hỏi mã phòng."
WAITS = "Tin này đang chờ xem lại."
COMES = "Cô Hằng đang vào giúp."
OPENED = re.compile(r"Cô Hằng đã mở lúc .*\d\d:\d\d")

Comes = Callable[[str], Person]
Keeps = Callable[..., None]


@pytest.fixture
def site(request: pytest.FixtureRequest) -> Iterator[Site]:
    with running("sqlite", request) as made:
        yield made


@pytest.fixture(params=[False, True], ids=["without scripts", "with scripts"])
def scripts(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def comes(site: Site, browser: Browser, phone: dict[str, Any], scripts: bool) -> Iterator[Comes]:
    """`comes("an")` is that person of the demonstration, signed in."""
    cards, here = site.cards(), []

    def one(name: str) -> Person:
        here.append(Person(browser, site.url(), cards[name], **{**phone, "java_script_enabled": scripts}))
        return here[-1].signs_in()

    yield one
    for person in here:
        person.leaves()


@pytest.fixture
def keeps(scripts: bool) -> Keeps:
    """Keep a picture of what somebody sees: of the screen, and of the page below it. axe, which is a script, finds
    nothing wrong with it."""

    def keep(person: Person, name: str, large: bool = False) -> None:
        for size in (LAPTOP, PHONE) if SHOTS and large else (PHONE,) if SHOTS else ():
            person.page.set_viewport_size(size)  # type: ignore[arg-type]
            path = Path(str(SHOTS)) / f"{'scripts' if scripts else 'plain'}-{name}-{size['width']}"
            person.page.screenshot(path=f"{path}.png")
            person.page.screenshot(path=f"{path}-whole.png", full_page=True)
        if scripts:
            person.finds_the_page_accessible()

    return keep


def needs_no_help_yet(an: Person) -> None:
    """In the demonstration An waits for a device; of requests there is one at a time."""
    an.goes_to("/ask").presses("Xem yêu cầu này").is_at(r"/requests/\d+$").page.get_by_text(
        "Không cần giúp nữa"
    ).click()
    an.presses("Huỷ yêu cầu")


def brought_together(an: Person, lan: Person, khoa: Person) -> str:
    """An asks, Khoa takes it, mother and child agree; the path of the room. No page has to come alive."""
    needs_no_help_yet(an)
    an.goes_to(ASK).fills("Hoặc viết lời của em", ASKED).presses("Gửi, nhờ giúp")
    asked = an.is_at(r"/requests/\d+$").page.url.removeprefix(an.site)
    khoa.goes_to("/helping").presses("Nhận giúp").sees("Đang chờ người học đồng ý")
    lan.goes_to(asked).presses("Tôi đồng ý để em Khoa giúp con").sees("Ba mẹ đã đồng ý.")
    an.goes_to(asked).presses("Đồng ý để anh Khoa giúp").is_at(r"/rooms/\d+$")
    return an.page.url.removeprefix(an.site)


def calls_first(an: Person) -> None:
    """The card is on the screen at once, 111 above all, large enough for a thumb."""
    card = an.page.locator("[data-care]")
    expect(card).to_be_visible()
    numbers = card.locator("a[href^='tel:']")
    expect(numbers.first).to_have_attribute("href", "tel:111")
    expect(numbers.first).to_be_in_viewport(ratio=1)

    def has_room_for_a_thumb() -> bool:
        box = numbers.first.bounding_box()  # None while the part of the page is replaced
        return box is not None and box["height"] >= 48

    until(has_room_for_a_thumb, "the number to call is at least 48 px high")


def looks_back(an: Person, words: re.Pattern[str] = SECRET) -> None:
    """Somebody else takes the phone and goes back, page by page: the words are not there, nor in a field."""
    for _ in range(4):
        try:
            an.page.go_back()
        except Error as fault:  # a page that came of a form is kept nowhere
            assert "ERR_CACHE_MISS" in fault.message
            continue
        assert not words.search(an.page.content()), an.page.url
        for field in an.page.locator("textarea, input[type=search]").all():
            assert not words.search(field.input_value()), an.page.url


def tells_nothing_of_it(person: Person, *paths: str) -> None:
    for path in paths:
        person.goes_to(path)
        expect(person.page.locator("main")).not_to_contain_text(SECRET)
        expect(person.page.locator("[data-care]")).to_have_count(0)
        assert not SECRET.search(person.page.content()), path


def takes_it(hang: Person, keeps: Keeps, door: str) -> str:
    """From the desk to the case, in hand: the path of the case."""
    hang.goes_to("/desk")
    keeps(hang, f"{door}-teacher-1-desk")
    hang.page.locator("main .line a").first.click()
    hang.is_at(r"/desk/cases/\d+$").sees(BEATEN).sees("báo động còn kêu").sees("Nhận xem chưa làm báo động ngừng.")
    keeps(hang, f"{door}-teacher-2-case", large=True)
    hang.presses("Tôi xem việc này")
    hang.goes_to(hang.page.url).sees("Bạn đang xem, đến")
    return hang.page.url.removeprefix(hang.site)


def writes_down_a_talk(hang: Person, case: str, keeps: Keeps, door: str) -> None:
    hang.goes_to(case).chooses("Việc", "Đã nói chuyện với người viết").presses("Lưu việc đã làm")
    hang.sees("Đã ghi việc đã làm.").sees_not("báo động còn kêu")
    expect(hang.page.locator("main .rows")).to_contain_text("Đã nói chuyện với người viết")
    keeps(hang, f"{door}-teacher-3-acted", large=True)


def test_in_a_room(comes: Comes, keeps: Keeps, scripts: bool) -> None:
    an, khoa, hang, lan = map(comes, ("an", "khoa", "hang", "lan"))
    room = brought_together(an, lan, khoa)
    khoa.goes_to(room)
    lan.goes_to(f"{room}?show=talk")
    an.goes_to(room).goes_to(f"{room}?show=talk").says(BEATEN)
    calls_first(an)
    an.sees(BEATEN).sees("Chỉ thầy cô trực đọc được lời này, anh Khoa và ba mẹ không thấy.").sees("Chưa ai mở lời này.")
    keeps(an, "room-child-1-card")
    an.page.locator("[data-care] .hint").scroll_into_view_if_needed()
    keeps(an, "room-child-2-card-end")
    an.presses("Vì sao?").sees("người khác trong phòng không thấy")
    keeps(an, "room-child-2-message")
    an.goes_to(room)

    tells_nothing_of_it(khoa, room, f"{room}?show=talk", "/rooms", "/notices")
    khoa.goes_to(f"{room}?show=talk").sees(WAITS).sees_not(COMES)
    keeps(khoa, "room-helper-1-before")
    khoa.says("Em xem bước hai nhé")
    if not scripts:
        lan.goes_to(f"{room}?show=talk")
    lan.sees("Em xem bước hai nhé").sees_not(WAITS)  # live: what comes after it comes, it does not
    guarded = (f"{room}?show=talk", "/", "/rooms", "/notices", "/my-reports")
    tells_nothing_of_it(lan, *guarded)

    case = takes_it(hang, keeps, "room")
    writes_down_a_talk(hang, case, keeps, "room")
    tells_nothing_of_it(khoa, room, f"{room}?show=talk", "/notices")
    khoa.goes_to(f"{room}?show=talk").sees(COMES)
    keeps(khoa, "room-helper-2-somebody-comes")
    tells_nothing_of_it(lan, *guarded)
    keeps(lan.goes_to("/"), "room-guardian-1-start")
    keeps(lan.goes_to("/notices"), "room-guardian-2-notices")
    keeps(lan.goes_to(f"{room}?show=talk").sees_not(WAITS).sees_not(COMES), "room-guardian-3-seat")

    if not scripts:  # with them, who opened it stands there by itself
        an.presses("Tải tin mới")
    an.sees(OPENED).sees(COMES).sees_not("Chưa ai mở lời này")
    keeps(an, "room-child-3-opened")
    an.goes_to("/notices").sees_not(BEATEN).goes_to(room)
    if scripts:
        calls_first(an)
    keeps(an.sees(OPENED), "room-child-4-opened-again")
    an.presses("Cất phần này đi")
    expect(an.page.locator("[data-care]")).to_have_count(0)
    keeps(an, "room-child-5-put-away")
    an.goes_to(room).sees("Nội dung này đã cất đi.")
    looks_back(an)


def test_asking_for_help(comes: Comes, keeps: Keeps, scripts: bool) -> None:
    an, khoa, hang, lan = map(comes, ("an", "khoa", "hang", "lan"))
    needs_no_help_yet(an)
    an.goes_to(ASK).fills("Hoặc viết lời của em", BEATEN)
    keeps(an, "ask-child-0-written")
    an.presses("Gửi, nhờ giúp").is_at("/safety$")
    calls_first(an)
    an.sees("Chỉ thầy cô trực đọc được lời này, người giúp và ba mẹ không thấy.").sees("Chưa ai mở lời này.")
    keeps(an, "ask-child-1-card")
    tells_nothing_of_it(khoa, "/helping", "/", "/notices")
    keeps(khoa.goes_to("/helping"), "ask-helper-1-queue")
    guarded = ("/", "/rooms", "/requests", "/notices", "/my-reports")
    tells_nothing_of_it(lan, *guarded)

    case = takes_it(hang, keeps, "ask")
    writes_down_a_talk(hang, case, keeps, "ask")
    tells_nothing_of_it(lan, *guarded)
    keeps(lan.goes_to("/"), "ask-guardian-1-start")
    if not scripts:
        an.page.reload()
    an.sees(OPENED).sees_not("Chưa ai mở lời này")
    keeps(an, "ask-child-2-opened")
    an.presses("Cất phần này đi").is_at("/$")
    an.goes_to("/safety").sees("111").sees_not("đã mở lúc")
    keeps(an, "ask-child-3-put-away")
    looks_back(an)


def test_searching(comes: Comes, keeps: Keeps) -> None:
    an, hang, lan = map(comes, ("an", "hang", "lan"))

    def searches() -> None:
        an.goes_to("/search").fills("Em tìm gì?", "em muốn chết")
        an.page.locator("main form.search button").click()
        calls_first(an)

    searches()
    an.is_at("/search$").sees("Không ai ở đây biết lời vừa tìm.")
    expect(an.page.get_by_label("Em tìm gì?")).to_have_value("")
    keeps(an, "search-child-1-card")
    an.presses("Cất phần này đi").sees_not("Gọi ngay một trong các số này")
    keeps(an, "search-child-2-put-away")
    looks_back(an, re.compile("muốn chết"))
    searches()
    an.presses("Nói với người lớn ở đây").is_at("/report$")
    keeps(an, "search-child-3-report")
    hang.goes_to("/desk").sees("Không có việc nào đang chờ")
    keeps(hang, "search-teacher-1-desk")
    for path in ("/", "/notices", "/my-reports"):
        lan.goes_to(path).sees_not("muốn chết")
    keeps(lan.goes_to("/"), "search-guardian-1-start")
