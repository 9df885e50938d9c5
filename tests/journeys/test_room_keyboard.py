"""A room by keyboard alone: all that can be done in it is reached, in order and in sight, and has a name to be told."""

from typing import Any

from playwright.sync_api import Browser, CDPSession, expect

from tests.browser import LAPTOP, PHONE
from tests.journeys.pair_in_room import come_together
from tests.journeys.person import Person
from tests.servers import Site

# Whether what has the focus can be seen: on the screen, below nothing; parts that scroll are larger than the screen.
IN_SIGHT = """() => {
    const one = document.activeElement;
    if (one.matches("[tabindex]")) return "";
    const box = one.getBoundingClientRect();
    const [x, y] = [box.left + Math.min(box.width / 2, 20), box.top + Math.min(box.height / 2, 12)];
    const top = document.elementFromPoint(x, y);
    const whole = box.width && box.height && box.top >= 0 && box.bottom <= innerHeight;
    const seen = whole && (one.contains(top) || top?.contains(one));
    return seen ? "" : `${one.outerHTML.slice(0, 150)} ${box.top}–${box.bottom} below ${top?.outerHTML.slice(0, 90)}`;
}"""

MORE = "Trả lời, thả cảm xúc và việc khác với tin này"
TALK = {
    ("log", "Tin nhắn"), ("textbox", "Tin nhắn"), ("button", "Gửi tin nhắn"), ("link", MORE), ("link", "Báo tin này"),
}  # fmt: skip
LEARNER = {*TALK, ("link", "Vì sao chưa gửi được ảnh?")}
HELPER = {*TALK, ("button", "Bước trước"), ("button", "Bước sau"), ("link", "Gửi ảnh")}
TEACHER = {
    *TALK, ("combobox", "Ai"), ("combobox", "Trong bao lâu"), ("textbox", "Lý do"),
    ("button", "Tạm ngừng viết"), ("button", "Cho viết lại"), ("button", "Mời ra khỏi phòng"),
    ("button", "Xem trước từng tin"), ("button", "Khoá phòng"),
    ("link", "Nhờ người khác giúp tiếp"), ("link", "Đóng phòng"),
}  # fmt: skip

CALLS = {("link", "111 Tổng đài bảo vệ trẻ em, miễn phí, cả ngày đêm"), ("link", "Báo chuyện khác, kể thêm")}
LEARNERS_MENU = {*CALLS, ("link", "Kết thúc"), ("link", "Tìm trong phòng"), ("button", "Em đang bị nguy hiểm"),
                 ("link", "Báo về anh Khoa")}  # fmt: skip
HELPERS_MENU = {*CALLS, ("link", "Kết thúc"), ("link", "Báo về em Minh"), ("link", "Báo về chị Lan")}
TEACHERS_MENU = {
    *CALLS,
    ("button", "Rời phòng"),
    ("link", "Tìm trong phòng"),
    ("button", "Có người đang gặp nguy hiểm"),
}


def in_menu(person: Person) -> set[tuple[str, str]]:
    """Role and name of each thing in the room's menu, which the keyboard opens and closes."""
    page = person.page
    summary = page.locator("#calls > summary")
    summary.press("Enter")
    line = page.context.new_cdp_session(page)
    found: set[tuple[str, str]] = set()
    page.keyboard.press("Tab")
    while page.evaluate("Boolean(document.activeElement.closest('.room-menu'))"):
        assert page.evaluate(IN_SIGHT) == ""
        found.add(told(line))
        page.keyboard.press("Tab")
    summary.press("Enter")
    expect(page.locator(".room-menu")).to_be_hidden()
    return found


def told(line: CDPSession) -> tuple[str, str]:
    """Role and name of what has the focus."""
    handle = line.send("Runtime.evaluate", {"expression": "document.activeElement"})["result"]["objectId"]
    [node, *_] = line.send("Accessibility.getPartialAXTree", {"objectId": handle, "fetchRelatives": False})["nodes"]
    return node["role"]["value"], node.get("name", {}).get("value", "").strip()


def walk(person: Person) -> set[tuple[str, str]]:
    """Role and name of each thing that Tab comes to, from the top of the page to its end."""
    page = person.page
    line = page.context.new_cdp_session(page)
    page.evaluate("document.activeElement.blur(); document.querySelector('a').focus()")
    found: set[tuple[str, str]] = set()
    for _ in range(120):
        assert page.evaluate(IN_SIGHT) == ""
        role, name = told(line)
        assert name, f"{role} without a name: " + page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
        found.add((role, name))
        page.keyboard.press("Tab")
        if page.evaluate(
            "document.activeElement === document.body || document.activeElement === document.querySelector('a')"
        ):
            return found
    raise AssertionError("Tab does not come to the end of the page")


def test_everything_in_a_room_is_done_by_keyboard_and_has_a_name(
    site: Site, browser: Browser, phone: dict[str, Any]
) -> None:
    cards = site.cards()
    minh = Person(browser, site.url(0), cards["minh"], **phone).signs_in()
    khoa = Person(browser, site.url(0), cards["khoa"], **phone).signs_in()
    hang = Person(browser, site.url(0), cards["hang"], **phone).signs_in()
    room = come_together(minh, khoa)
    minh.says("Em chào anh ạ")
    khoa.hears("Em chào anh ạ").says("Anh đây")
    minh.hears("Anh đây")

    # What stands there, for each of the three, on a wide and on a narrow screen.
    hang.goes_to("/board").presses("Vào phòng").is_at(r"/rooms/\d+$")
    hang.page.get_by_text("Giữ trật tự trong phòng").press("Enter")
    for person in (minh, khoa, hang):
        person.hears("Cô Hằng đã vào phòng")
    for person, wanted, menu in (
        (minh, LEARNER, LEARNERS_MENU),
        (khoa, HELPER, HELPERS_MENU),
        (hang, TEACHER, TEACHERS_MENU),
    ):
        person.page.set_viewport_size(LAPTOP)  # type: ignore[arg-type]
        missing = (wanted - walk(person)) | (menu - in_menu(person))
        assert not missing, missing
        person.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        walk(person.turns_to("talk"))
        assert not menu - in_menu(person)

    # Minh writes, answers and says in a word what came of it; every act ends where the next one begins.
    minh.page.get_by_role("textbox", name="Tin nhắn").press_sequentially("Em thấy nút rồi")
    minh.page.keyboard.press("Tab")
    minh.page.keyboard.press("Enter")
    khoa.hears("Em thấy nút rồi")
    expect(minh.page.get_by_role("textbox", name="Tin nhắn")).to_be_focused()
    more = minh.page.locator("#messages > li", has_text="Anh đây").get_by_role("link", name=MORE)
    more.press("Enter")
    sheet = minh.page.get_by_role("dialog", name="Anh Khoa")
    sheet.get_by_role("button", name="Cảm ơn").press("Enter")
    expect(khoa.page.locator("#messages > li", has_text="Anh đây").locator(".reactions")).to_contain_text("Cảm ơn")
    expect(more).to_be_focused()
    more.press("Enter")
    sheet.get_by_role("button", name="Trả lời").press("Enter")
    expect(minh.page.get_by_role("textbox", name="Tin nhắn")).to_be_focused()
    minh.page.keyboard.type("Em cảm ơn anh")
    minh.page.get_by_role("button", name="Gửi tin nhắn").press("Enter")
    khoa.hears("Em cảm ơn anh")

    # Khoa moves the lesson on, the teacher stops Khoa for a while; live parts of the page tell what happens.
    khoa.page.get_by_role("link", name="Bài học", exact=True).and_(khoa.page.locator("[data-tab]")).press("Enter")
    khoa.page.get_by_role("button", name="Bước sau").press("Enter")
    expect(minh.page.get_by_role("status").and_(minh.page.locator("#say"))).to_contain_text("Đã chuyển sang bước 3.")
    hang.page.get_by_label("Ai", exact=True).select_option(label="Em Khoa")
    hang.page.get_by_role("textbox", name="Lý do").press_sequentially("nghỉ một chút")
    hang.page.get_by_role("button", name="Tạm ngừng viết").press("Enter")
    khoa.turns_to("talk")
    expect(khoa.page.get_by_role("status").filter(has_text="tạm ngừng viết đến")).to_be_visible()
    expect(minh.page.get_by_role("log", name="Tin nhắn")).to_contain_text("Cô Hằng yêu cầu Khoa tạm ngừng viết")
    assert minh.page.url.endswith(room)
    for person in (minh, khoa, hang):
        person.leaves()
