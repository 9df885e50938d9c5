"""Notices on a device, in a browser: how it stands there is said, a push shows one sentence and opens its page.

The push service of a browser's maker is not asked: what it would give back is put in its place, and leads to a push
service on this machine. What comes out of that is handed to the browser's worker as its maker's service would.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import until_heard
from tests.browser import whole_browser as whole_browser
from tests.browser import whole_launch_args as whole_launch_args
from tests.fake_services import PushService, running
from tests.journeys.person import Person
from tests.servers import Site
from tests.waiting import until
from tutoring.notifications.channels.push.channel import new_key

GIVEN = """(place) => {
    const given = {
        endpoint: place.endpoint, options: {}, toJSON: () => place,
        unsubscribe: async () => { localStorage.removeItem("given"); return true; },
    };
    PushManager.prototype.subscribe = async () => { localStorage.setItem("given", "1"); return given; };
    PushManager.prototype.getSubscription = async () => (localStorage.getItem("given") ? given : null);
}"""
ZALO = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/120 Mobile Safari/537.36 Zalo android/24"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Version/17.0 Mobile Safari/604.1"


@pytest.fixture(scope="module")
def browser(whole_browser: Browser) -> Browser:
    return whole_browser


@pytest.fixture
def service() -> Iterator[PushService]:
    made = PushService()
    with running(made.server):
        yield made


@pytest.fixture
def site(service: PushService) -> Iterator[Site]:
    with Site(VAPID_KEY=new_key()[0], VAPID_SUBJECT="mailto:a@hoc.example.vn", PUSH_LOOPBACK="1") as made:
        yield made.prepare().start(1)


@pytest.fixture
def lan(site: Site, browser: Browser, phone: dict[str, Any]) -> Callable[..., Person]:
    def comes(**more: object) -> Person:
        person = Person(browser, site.url(), site.cards()["lan"], **{**phone, **more})
        return person.signs_in()

    return comes


def part(page: Page) -> Any:
    return page.locator("#push")


def test_a_device_is_switched_on_hears_and_is_switched_off(lan: Callable[..., Person], service: PushService) -> None:
    person = lan(permissions=["notifications"])
    endpoint, keys = service.browser("chrome")
    person.page.add_init_script(f"({GIVEN})({json.dumps({'endpoint': endpoint, 'keys': keys})})")
    person.goes_to("/notices/choices")
    expect(part(person.page)).to_contain_text("Máy này chưa nhận thông báo.")
    person.presses("Nhận thông báo trên máy này").sees("Máy này đang nhận thông báo").finds_the_page_accessible(
        "push-on"
    )
    person.presses("Gửi thử một thông báo").sees("Đã gửi một thông báo thử")
    told = until(lambda: service.took, "the push service takes something")[0].told
    assert shown(person.page, told) == [[told["say"], "/notices", told["tag"]]]
    assert shown(person.page, {**told, "say": "Lần hai"}) == [["Lần hai", "/notices", told["tag"]]]  # in its place
    person.goes_to("/notices/choices")
    expect(part(person.page)).to_contain_text("Máy này đang nhận thông báo")
    person.presses("Tắt trên máy này").sees("Máy này không nhận thông báo nữa.")
    expect(part(person.page)).to_contain_text("Máy này chưa nhận thông báo.")
    person.leaves()


def shown(page: Page, told: dict[str, Any]) -> list[list[str]]:
    """What the browser shows after its worker was handed this."""
    line = page.context.new_cdp_session(page)
    found: list[str] = []
    line.on("ServiceWorker.workerRegistrationUpdated", lambda event: found.extend(
        one["registrationId"] for one in event["registrations"] if not one["isDeleted"]
    ))  # fmt: skip
    line.send("ServiceWorker.enable")
    until_heard(page, lambda: found, "the worker is registered")
    origin = page.evaluate("location.origin")
    data = {"origin": origin, "registrationId": found[-1], "data": json.dumps(told)}
    line.send("ServiceWorker.deliverPushMessage", data)
    ask = """async (say) => {
        const worker = await navigator.serviceWorker.ready;
        for (let n = 0; n < 600; n += 1) {
            const all = await worker.getNotifications();
            if (all.some((one) => one.body === say)) return all.map((one) => [one.body, one.data, one.tag]);
            await new Promise((done) => setTimeout(done, 100));
        }
        return [];
    }"""
    seen: list[list[str]] = page.evaluate(ask, told["say"])
    return seen


@pytest.mark.parametrize(
    ("how", "say"),
    [
        ({"user_agent": ZALO}, "chọn Mở bằng trình duyệt"),
        ({"user_agent": IPHONE}, "Thêm vào MH chính"),
        ({"java_script_enabled": False}, "tắt JavaScript"),
    ],
    ids=["inside of Zalo", "on an iPhone", "without scripts"],
)
def test_where_it_cannot_be_the_page_says_what_to_do(
    lan: Callable[..., Person], how: dict[str, object], say: str
) -> None:
    person = lan(**how).goes_to("/notices/choices")
    person.sees(say)
    expect(person.page.get_by_role("button", name="Nhận thông báo trên máy này")).to_be_hidden()


def test_where_the_browser_blocks_it_the_page_says_how_to_allow_it(lan: Callable[..., Person]) -> None:
    person = lan()
    person.page.add_init_script("Object.defineProperty(Notification, 'permission', { get: () => 'denied' })")
    person.goes_to("/notices/choices").sees("Trình duyệt đang chặn thông báo của trang này.").sees("cho phép Thông báo")
    expect(person.page.get_by_role("button", name="Nhận thông báo trên máy này")).to_be_hidden()
