"""Two grown-ups speak from their room and look at a screen together: by agreement, with everything open said, and ended
whole by whatever ends it."""

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, BrowserType, expect

from tests.browser import wait_until
from tests.browser import whole_launch_args as whole_launch_args
from tests.journeys.caller import Caller, calling_browser, in_call, two
from tests.rooms.people import http, sign_in
from tests.servers import Site
from tests.servers import site as site
from tests.waiting import until

PIXEL = """([x, y]) => {
  const video = document.querySelector("#call video");
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
  const pen = canvas.getContext("2d");
  pen.drawImage(video, 0, 0);
  return [...pen.getImageData(Math.round(x * canvas.width), Math.round(y * canvas.height), 1, 1).data].slice(0, 3);
}"""
HIDE = """(hidden) => {
  Object.defineProperty(document, "hidden", { get: () => hidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""
STOP = "#call [data-do=end]:visible"
SHOWN = "([one]) => { const { left, top, width, height } = document.querySelector(one).getBoundingClientRect();"
SHOWN += " return [(left + 8) / innerWidth, (top + height / 2) / innerHeight]; }"


@pytest.fixture(scope="module")
def callers(browser_type: BrowserType, whole_launch_args: dict[str, Any]) -> Iterator[Browser]:
    with calling_browser(browser_type, whole_launch_args) as made:
        yield made


def fits(one: Caller) -> None:
    """Every press of the panel is large enough for a finger."""
    boxes = one.page.locator("#call :is(button, .call-saving):visible").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect()).map(({width, height, right}) => [width, height, right])"
    )
    wide = one.page.evaluate("innerWidth")
    assert boxes and all(width >= 44 and height >= 44 and right <= wide for width, height, right in boxes), boxes


def grows(one: Caller, name: str, kind: str) -> None:
    before = one.stats(kind)[name]
    until(lambda: one.stats(kind)[name] > before, f"{name} of {kind} is more than {before}")


def sends_nothing(one: Caller) -> bool:
    """Whether no voice goes out while a second of voice comes in, whose packets are the clock."""
    begun = one.stats("audio")
    until(lambda: one.stats("audio")["received"] >= begun["received"] + 50, "fifty packets come in")
    return one.stats("audio")["packets"] - begun["packets"] <= 2


def test_two_grown_ups_speak_look_at_a_screen_and_stop(site: Site, callers: Browser, phone: dict[str, Any]) -> None:
    with two(site, callers, phone) as (learner, helper):
        # Nobody hears anything before both have agreed, and who writes is not disturbed by being asked.
        helper.page.locator("textarea#text").fill("Dạ chị chờ em")
        helper.page.locator("textarea#text").focus()
        learner.presses("Gọi thoại").sees("Không có gì được ghi lại").finds_the_page_accessible("call-before")
        fits(learner)
        learner.presses("Để sau")
        learner.is_on("#call-start")
        learner.asks().finds_the_page_accessible("call-asking")
        helper.is_asked().told("muốn gọi thoại với bạn")
        helper.is_on("textarea#text")
        helper.finds_the_page_accessible("call-asked")
        fits(helper)
        assert learner.asked_for == helper.asked_for == []
        answer = helper.page.get_by_role("button", name="Nghe", exact=True)
        answer.focus()
        helper.page.keyboard.press("Enter")
        for one in (learner, helper):
            one.is_connected().knows("đang nghe bạn. Bạn đang nghe")
            assert one.asked_for == ["getUserMedia"]
            grows(one, "received", "audio")
            grows(one, "energy", "audio")
            one.finds_the_page_accessible("call-on")
            fits(one)

        # Silence is not sent.
        helper.presses("Tắt micro").knows("bạn đã tắt micro")
        learner.knows("đã tắt micro")
        until(lambda: sends_nothing(helper), "silence is not sent")
        helper.presses("Mở micro")
        learner.knows("Bạn đang nghe")
        grows(helper, "packets", "audio")

        # The helper asks to see; the learner says no, then shows this page: never before a yes.
        helper.presses("Màn hình").finds_the_page_accessible("call-screen")
        helper.presses("Xin xem màn hình của", exact=False)
        learner.knows("xin xem màn hình của bạn").told("xin xem màn hình").presses("Không chia sẻ")
        helper.sees("chưa muốn lúc này")
        assert "getDisplayMedia" not in learner.asked_for
        learner.shares_this_page(helper)
        learner.knows("đang nhìn thấy màn hình của bạn")
        for one in (learner, helper):
            one.finds_the_page_accessible("call-sharing")
            fits(one)
        grows(helper, "received", "video")
        place = learner.page.evaluate(SHOWN, ["#call .call-bar [data-do=end]"])
        red = "[151, 15, 39]"  # of the button that stops it all
        wait_until(helper.page, f"({PIXEL})({place}).every((one, n) => Math.abs(one - {red}[n]) < 30)")

        # What the helper points at is marked and said on the learner's page; nothing is pressed there.
        stage = helper.page.locator(".call-stage video")
        box = stage.bounding_box()
        assert box is not None
        at = learner.page.evaluate(SHOWN, ["#text"])
        stage.click(position={"x": at[0] * box["width"], "y": at[1] * box["height"]})
        learner.told("chỉ vào ô “Tin nhắn”")
        mark = learner.page.locator(".call-mark")
        expect(mark).to_be_visible()
        shown, field = mark.bounding_box(), learner.page.locator("#text").bounding_box()
        assert shown is not None and field is not None
        assert abs(shown["x"] + shown["width"] / 2 - field["x"] - 8) < 12
        assert abs(shown["y"] + shown["height"] / 2 - field["y"] - field["height"] / 2) < 12
        assert not learner.page.evaluate("document.activeElement.matches('#text')")
        helper.page.locator(".call-stage").focus()
        helper.page.keyboard.press("ArrowRight")
        for _ in range(5):
            helper.page.keyboard.press("Shift+ArrowUp")
        helper.page.keyboard.press("Enter")
        learner.told("chỉ vào")
        expect(mark).to_have_count(0)

        # The browser's own stop is a stop; then everything at once.
        learner.page.evaluate("seen.tracks.at(-1).dispatchEvent(new Event('ended'))")
        helper.sees("Đã dừng chia sẻ màn hình")
        assert learner.page.evaluate("seen.tracks.at(-1).readyState") == "ended"
        assert helper.page.evaluate("document.querySelector('#call video').srcObject") is None
        learner.shares_this_page(helper)
        helper.page.locator(STOP).click()
        for one in (helper, learner):
            one.sees("Micro và màn hình đã tắt").has_nothing_open().finds_the_page_accessible("call-over")
            fits(one)
        expect(helper.page.locator("textarea#text")).to_have_value("Dạ chị chờ em")


def test_who_does_not_answer_or_says_no_is_not_heard(site: Site, callers: Browser, phone: dict[str, Any]) -> None:
    with two(site, callers, phone) as (asker, other):
        asker.asks()
        other.is_asked().presses("Từ chối")
        expect(other.page.locator("#call")).to_have_count(0)
        asker.sees("chưa nghe được lúc này").finds_the_page_accessible("call-declined")
        asker.presses("Gọi lại").presses("Gọi").sees("Đang gọi")
        other.is_asked()
        asker.presses("Ngừng gọi").sees("Cuộc gọi đã dừng")
        expect(other.page.locator("#call")).to_have_count(0)
        # Who comes while it rings is asked too, and a call that rings too long is over.
        asker.presses("Gọi lại").presses("Gọi").sees("Đang gọi")
        other.is_asked().page.reload()
        other.is_asked()
        asker.sees("chưa trả lời")
        other.sees("chưa kịp nghe").finds_the_page_accessible("call-missed")
        assert asker.asked_for == other.asked_for == []


def seated(site: Site, room: str, name: str) -> None:
    """A seat for somebody in a room that has no way in for them: whatever gave it, the call is over."""
    sit = """INSERT INTO seat (room_id, user_id, role, mute_reason, seen_seq)
             SELECT :room, id, 'helper', '', 0 FROM "user" WHERE username = :name"""
    with site.transaction() as connection:
        assert connection.execute(sa.text(sit), {"room": int(room), "name": name}).rowcount == 1


def test_a_minor_who_comes_in_ends_the_call(site: Site, callers: Browser, phone: dict[str, Any]) -> None:
    with two(site, callers, phone) as (asker, other):
        in_call(asker, other)
        room = asker.who.room
        seated(site, room, "minh")
        minh = sign_in(site, "minh")
        assert http(f"{site.url()}/rooms/{room}", minh.cookie)[0] == 200
        for one in (asker, other):
            one.sees("vì phòng có học sinh").has_nothing_open()
        answer = other.who.get(f"{site.url()}/rooms/{room}/call")
        assert answer["may"] is False and answer["why"] == "minor" and answer["ice"] == []
        other.page.reload()
        expect(other.page.locator("#compose")).to_be_visible()
        expect(other.page.locator("#call-start")).to_have_count(0)


def test_a_seat_that_is_taken_away_ends_the_call(site: Site, callers: Browser, phone: dict[str, Any]) -> None:
    with two(site, callers, phone) as (asker, other):
        in_call(asker, other)
        room = f"{site.url()}/rooms/{asker.who.room}"
        muoi = sign_in(site, "muoi")
        assert muoi.post(f"{room}/enter") == 200
        asker.hears("Bác Mười đã vào phòng")
        asker.is_connected().knows("Bạn đang nghe")  # a watcher reads, and does not hear
        assert muoi.post(f"{room}/remove", user=other.who.user, reason="Nói lời không hay") == 200
        asker.sees("không còn tham gia phòng").has_nothing_open()
        wait_until(other.page, "location.pathname === '/rooms'")


def test_a_page_that_hides_ends_the_call(site: Site, callers: Browser, phone: dict[str, Any]) -> None:
    with two(site, callers, phone) as (asker, other):
        in_call(asker, other)
        asker.shares_this_page(other)
        asker.page.evaluate(HIDE, True)  # a browser without a screen hides nothing: the page is told so
        asker.has_nothing_open()
        other.sees("Cuộc gọi đã dừng").has_nothing_open()
        asker.page.evaluate(HIDE, False)
        asker.sees("trang này không còn hiện")
        # Leaving for another page does the same.
        other.presses("Gọi lại").presses("Gọi").sees("Đang gọi")
        asker.is_asked().presses("Nghe")
        for one in (asker, other):
            one.is_connected()
        asker.goes_to("/")
        other.sees("Cuộc gọi đã dừng").has_nothing_open()


def test_a_new_line_takes_the_call_over(site: Site, callers: Browser, phone: dict[str, Any]) -> None:
    with two(site, callers, phone) as (asker, other):
        in_call(asker, other)
        name = "(/a=ice-ufrag:(\\S+)/.exec(seen.pcs.at(-1).localDescription.sdp)[1])"
        before = [one.page.evaluate(name) for one in (asker, other)]
        site.kill(site.ports[0])
        grows(asker, "received", "audio")  # voice goes its own way
        site.start_at(site.ports[0])
        for one, old in zip((asker, other), before, strict=True):
            wait_until(one.page, f"(old) => {name} !== old", old)
            one.is_connected().knows("đang nghe bạn. Bạn đang nghe")
        asker.presses("Tắt micro")
        other.knows("đã tắt micro")
        asker.page.locator(STOP).click()
        for one in (asker, other):
            one.sees("Cuộc gọi đã dừng").has_nothing_open()


def rate(one: Caller, seconds: float = 4) -> float:
    """Bytes that are sent for a second of voice, as the microphone counts it."""
    begun = one.stats()
    until(lambda: one.stats()["captured"] >= begun["captured"] + seconds, f"{seconds} s of voice")
    now = one.stats()
    return (now["sent"] - begun["sent"]) / (now["captured"] - begun["captured"])


def test_saving_sends_less_both_ways(site: Site, callers: Browser, phone: dict[str, Any]) -> None:
    with two(site, callers, phone) as (asker, other):
        in_call(asker, other)
        usual = [rate(one) for one in (asker, other)]
        asker.page.locator("#call .call-more").get_by_label("Tiết kiệm dữ liệu").check()
        asker.is_connected().finds_the_page_accessible("call-saving")
        for one, most in zip((asker, other), usual, strict=True):
            until(lambda one=one, most=most: rate(one) < 0.6 * most, f"less than 0.6 of {usual}")  # type: ignore[misc]


def test_without_leave_for_the_microphone_one_still_hears(site: Site, callers: Browser, phone: dict[str, Any]) -> None:
    with two(site, callers, phone, permissions=[]) as (asker, other):
        asker.asks()
        other.is_asked().presses("Nghe")
        other.sees("Trình duyệt chưa cho dùng micro")
        other.is_connected().knows("chưa nghe bạn").finds_the_page_accessible("call-refused")
        fits(other)
        grows(other, "received", "audio")
        other.context.grant_permissions(["microphone"])
        other.presses("Thử lại").knows("đang nghe bạn")
        asker.knows("Bạn đang nghe")
        grows(asker, "received", "audio")
        other.page.locator(STOP).click()
        asker.sees("Cuộc gọi đã dừng").has_nothing_open()
