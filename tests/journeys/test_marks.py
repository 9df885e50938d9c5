"""A helper shows on the learner's own picture where to tap: by finger, by mouse and by keys alone."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import LAPTOP, PHONE, wait_until
from tests.journeys.person import Person
from tests.rooms.people import rooms_of, sign_in
from tests.safety.pictures import encoded, seen
from tests.servers import Site
from tutoring.rooms.pictures.shapes import drawn

TALL = [
    {"kind": "arrow", "from": [120, 900], "to": [701, 333]},
    {"kind": "circle", "at": [420, 240], "radius": 133},
    {"kind": "circle", "at": [420, 240], "radius": 133, "tall": 31},
    {"kind": "number", "at": [990, 4], "number": 12},
    {"kind": "text", "at": [20, 980], "text": "Bấm vào đây rồi chờ một lát nhé cô"},
    {"kind": "text", "at": [500, 500], "text": "Đây"},
]


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    made = tmp_path / "man-hinh.jpg"
    made.write_bytes(encoded(seen(900, 1200), "JPEG"))
    return made


def two(site: Site, browser: Browser, phone: dict[str, Any], **more: Any) -> tuple[Person, Person]:
    """A learner and a helper, both grown up, in their room."""
    people = []
    for n, one in enumerate(rooms_of(site, 1, 2)[0]):
        url = site.url(n % len(site.ports))
        person = Person(browser, url, None, **{**phone, "has_touch": n == 1, **more})
        name, _, value = one.cookie.partition("=")
        person.context.add_cookies([{"name": name, "value": value, "url": url}])
        people.append(person.goes_to(f"/rooms/{one.room}"))
        expect(person.page.locator("#people")).to_contain_text("Đang ở đây")
    return people[0], people[1]


def sends(person: Person, photo: Path) -> None:
    person.page.locator("#picture-file").set_input_files(photo)
    person.sees("đừng để lộ mặt người")
    person.page.locator("#picture").get_by_role("button", name="Gửi ảnh").click()


def opens(person: Person) -> Page:
    """The picture of the talk, large and with the tools."""
    person.page.locator("#messages").get_by_role("link", name="Đánh dấu").click()
    expect(person.page.locator("dialog.large [data-tool]").first).to_be_visible()
    wait_until(person.page, "document.querySelector('dialog.large img').naturalWidth > 0")
    return person.page


def on(page: Page, x: float, y: float) -> tuple[float, float]:
    """A place of the picture, in parts of its width and height, on the screen."""
    box = page.locator("dialog.large img").bounding_box()
    assert box is not None
    return box["x"] + x * box["width"], box["y"] + y * box["height"]


def drags(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """A finger's way over the picture."""
    touch = page.context.new_cdp_session(page)
    ways = [(start[0] + (end[0] - start[0]) * n / 4, start[1] + (end[1] - start[1]) * n / 4) for n in range(5)]
    for n, (x, y) in enumerate(on(page, *way) for way in ways):
        kind = "touchMove" if n else "touchStart"
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    touch.detach()


def tool(page: Page, name: str) -> None:
    page.locator("dialog.large").get_by_role("button", name=name, exact=True).click()


def drafts(page: Page) -> int:
    return page.locator("dialog.large .draft > :not(.halo)").count()


def fits(page: Page) -> None:
    """Every button of the dialog is large enough and within the screen; nothing is to be scrolled sideways."""
    boxes = page.locator("dialog.large button:visible").evaluate_all(
        "all => all.map(one => { const {left, right, top, bottom} = one.getBoundingClientRect();"
        " const inside = left >= 0 && right <= innerWidth && top >= 0 && bottom <= innerHeight;"
        " return [inside, right - left, bottom - top]; })"
    )
    assert boxes and all(inside and width >= 44 and height >= 44 for inside, width, height in boxes), boxes
    assert page.evaluate("document.querySelector('dialog.large').scrollWidth <= innerWidth")


def test_a_helper_shows_where_to_tap_by_finger_and_by_keys(
    site: Site, browser: Browser, phone: dict[str, Any], photo: Path
) -> None:
    learner, helper = two(site, browser, phone)
    sends(learner, photo)
    page = opens(helper)
    for size in (LAPTOP, PHONE):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        fits(page)

    # by finger: an arrow, a circle, two numbers, a text
    tool(page, "Mũi tên")
    drags(page, (0.2, 0.8), (0.7, 0.5))
    tool(page, "Khoanh tròn")
    drags(page, (0.7, 0.3), (0.85, 0.35))
    tool(page, "Số")
    for place in ((0.15, 0.2), (0.15, 0.4)):
        page.touchscreen.tap(*on(page, *place))
    tool(page, "Chữ")
    expect(page.get_by_label("Chữ cần ghi")).to_have_value("Bấm vào đây")
    fits(page)
    page.touchscreen.tap(*on(page, 0.5, 0.92))
    assert drafts(page) == 7  # a number is two parts
    helper.sees("Đã vẽ, chưa gửi: 5 hình.").finds_the_page_accessible("marks-drawing")
    tool(page, "Hoàn tác")
    helper.sees("Còn 4 hình chưa gửi.")
    page.touchscreen.tap(*on(page, 0.5, 0.92))
    lines = page.locator("dialog.large .draft > *").evaluate_all("all => all.map(one => one.outerHTML)")
    tool(page, "Gửi")
    helper.sees("Đã gửi lên ảnh.")
    told = "mũi tên chỉ vào bên phải; khoanh tròn ở góc trên bên phải; số 1 ở góc trên bên trái; số 2 ở bên trái; "
    told += "chữ “Bấm vào đây” ở phía dưới."
    learner.hears(told)
    expect(learner.page.locator("#messages svg.marks > g > *")).to_have_count(len(lines))
    layer = learner.page.locator("#messages svg.marks > g > *").evaluate_all("all => all.map(one => one.outerHTML)")
    assert [part.replace(' xmlns="http://www.w3.org/2000/svg"', "") for part in layer] == lines  # as it was drawn
    expect(page.locator("dialog.large .said")).to_contain_text(told)
    expect(page.locator("dialog.large .marks:not(.draft) > *")).to_have_count(len(lines))
    tool(page, "Đóng")
    expect(page.locator("dialog.large")).to_have_count(0)
    helper.finds_the_page_accessible("marks-helper")
    learner.finds_the_page_accessible("marks-learner")
    learner.page.locator("#messages a.shot").click()
    learner.sees("Chọn một cách đánh dấu").finds_the_page_accessible("marks-large")
    learner.page.keyboard.press("Escape")
    expect(learner.page.locator("dialog.large")).to_have_count(0)

    # by keys alone: an arrow from the middle to the upper right; Escape leaves the tool first
    page.locator("#messages a.mark").focus()
    page.keyboard.press("Enter")
    expect(page.locator("dialog.large [data-tool]").first).to_be_visible()
    page.get_by_role("button", name="Mũi tên").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".stage")).to_be_focused()
    page.keyboard.press("ArrowUp")
    helper.sees("Con trỏ ở giữa.")
    page.keyboard.press("Enter")
    helper.sees("Đã đặt điểm đầu ở giữa.")
    for _ in range(4):
        page.keyboard.press("Shift+ArrowRight")
        page.keyboard.press("Shift+ArrowUp")
    helper.sees("Con trỏ ở góc trên bên phải.").finds_the_page_accessible("marks-keys")
    page.keyboard.press("Enter")
    helper.sees("Đã vẽ, chưa gửi: 1 hình.")
    page.keyboard.press("Escape")
    expect(page.locator("dialog.large [aria-pressed=true]")).to_have_count(0)
    asked: list[str] = []
    page.once("dialog", lambda one: (asked.append(one.message), one.dismiss()))
    page.keyboard.press("Escape")
    expect(page.locator("dialog.large")).to_be_visible()
    assert asked == ["Bạn có hình chưa gửi. Bỏ các hình này?"] and drafts(page) == 1
    page.get_by_role("button", name="Gửi", exact=True).focus()
    page.keyboard.press("Enter")
    learner.hears("đánh dấu: mũi tên chỉ vào góc trên bên phải.")
    expect(learner.page.locator("#messages .said")).to_have_count(2)
    # While it is being sent Escape closes nothing, and until the talk shows it the line that was left is drawn anew.
    expect(page.locator("dialog.large [role=status]")).to_have_text("Đã gửi lên ảnh.")
    expect(page.locator("#messages .said")).to_have_count(2)
    page.keyboard.press("Escape")
    expect(page.locator("dialog.large")).to_have_count(0)
    expect(page.locator("#messages a.mark")).to_be_focused()

    # the page without scripts shows the same, and there the helper takes the second drawing back
    opens(helper).get_by_role("link", name="Xem từng hình, bỏ hình cũ").click()
    helper.is_at(r"/pictures/\d+/marks$").sees("Bạn đánh dấu: mũi tên chỉ vào bên")
    helper.finds_the_page_accessible("marks-page").page.get_by_role("button", name="Bỏ:").last.click()
    helper.finds_the_page_accessible("marks-page-less")
    expect(learner.page.locator("#messages .said")).to_have_count(1)
    for person in (learner, helper):
        person.leaves()


def test_what_could_not_be_sent_stays_and_is_sent_once_when_asked_again(
    site: Site, browser: Browser, phone: dict[str, Any], photo: Path
) -> None:
    learner, helper = two(site, browser, phone)
    sends(learner, photo)
    page = opens(helper)
    lost: list[int] = []

    def answer_is_lost(route: Any) -> None:
        """The first time the server takes the drawing, and its answer never comes."""
        if route.request.method == "POST" and not lost:
            lost.append(route.fetch().status)
            route.abort()
        else:
            route.continue_()

    page.route("**/marks", answer_is_lost)
    tool(page, "Khoanh tròn")
    page.mouse.move(*on(page, 0.5, 0.5))
    page.mouse.down()
    page.mouse.move(*on(page, 0.6, 0.55), steps=3)
    page.mouse.up()
    tool(page, "Chữ")
    page.get_by_label("Chữ cần ghi").fill("Gọi 0912 345 678")
    page.mouse.click(*on(page, 0.5, 0.8))
    tool(page, "Gửi")
    helper.sees("Chưa gửi được. Các hình vẫn còn đây.")
    assert lost == [422] and drafts(page) == 2
    tool(page, "Gửi lại")
    helper.sees("số điện thoại")  # the answer that was lost: what must not be told, with the drawing still there
    assert drafts(page) == 2
    tool(page, "Hoàn tác")
    lost.clear()
    tool(page, "Gửi lại")
    helper.sees("Chưa gửi được. Các hình vẫn còn đây.")
    assert lost == [200] and drafts(page) == 1
    tool(page, "Gửi lại")
    helper.sees("Đã gửi lên ảnh.")
    expect(learner.page.locator("#messages .said")).to_have_count(1)

    # what is taken away is no longer shown large either
    muoi = sign_in(site, "muoi")
    for path, data in (("enter", {}), ("hide", {"seq": 1, "reason": "Có thông tin riêng"})):
        assert muoi.post(f"{page.url}/{path}", **data) == 200
    expect(page.locator("dialog.large")).to_have_count(0)
    expect(page.locator("#messages .shot")).to_have_count(0)
    for person in (learner, helper):
        person.leaves()


def test_scripts_and_pages_place_shapes_alike(site: Site, browser: Browser, phone: dict[str, Any], photo: Path) -> None:
    learner, helper = two(site, browser, phone)
    sends(learner, photo)
    page = opens(helper)
    script = page.evaluate("performance.getEntriesByType('resource').find(x => x.name.includes('annotations.js')).name")
    for width, height in ((900, 1200), (1600, 700), (120, 90)):
        for shape in TALL:
            found = page.evaluate(
                "async ([script, shape, width, height]) => (await import(script)).drawn(shape, width, height)"
                ".map(one => Object.fromEntries([...one.attributes].map(at => [at.name, at.value]).concat("
                "one.textContent ? [['lines', one.textContent]] : [])))",
                [script, shape, width, height],
            )
            made = drawn(shape, width, height)
            if made.path:
                assert {one["d"] for one in found} == {made.path}
            elif made.kind == "circle":
                assert {(one["cx"], one["cy"], one["rx"], one["ry"]) for one in found} == {
                    (str(made.x), str(made.y), str(made.radius), str(made.tall))
                }
            else:
                texts = [(one["lines"], int(one["y"])) for one in found if "lines" in one]
                assert texts == list(made.lines)
                assert {int(one["font-size"]) for one in found if "lines" in one} == {made.size}
    for person in (learner, helper):
        person.leaves()
