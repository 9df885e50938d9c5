"""A picture near a pupil waits for the teacher: seen at first by nobody else, then by everybody in the room."""

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.browser import DRAWN, wait_until
from tests.journeys.pair_in_room import pair_and_teacher
from tests.safety.pictures import SECRET, encoded, located, seen
from tests.servers import Site


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A photo as a telephone takes it: large, on its side, with its place."""
    made = tmp_path / "bai-tap.jpg"
    made.write_bytes(encoded(seen(2400, 1800), "JPEG", exif=located(6), comment=SECRET))
    return made


def shown(page: Page) -> list[dict[str, Any]]:
    """The pictures that a page has really loaded."""
    found: list[dict[str, Any]] = page.locator("#messages .shot img").evaluate_all(
        "all => all.filter(one => one.complete && one.naturalWidth)"
        ".map(one => ({src: one.getAttribute('src'), width: one.naturalWidth, height: one.naturalHeight}))"
    )
    return found


def test_a_helpers_picture_waits_for_the_teacher_and_is_then_seen(
    site: Site, browser: Browser, phone: dict[str, Any], photo: Path
) -> None:
    minh, khoa, hang = pair_and_teacher(site, browser, phone)
    minh.says("Em chào anh ạ")
    khoa.hears("Em chào anh ạ")

    with khoa.page.expect_file_chooser() as choosing:
        khoa.page.get_by_label("Gửi ảnh").click()
    choosing.value.set_files(photo)
    khoa.sees("đừng để lộ mặt người").finds_the_page_accessible("picture-chosen")
    khoa.fills("Ghi chú cho ảnh (không bắt buộc)", "Em bấm vào ô màu đỏ nhé")
    khoa.page.locator("#picture").get_by_role("button", name="Gửi ảnh").click()
    khoa.hears("Đang chờ người trực xem trước khi gửi.").finds_the_page_accessible("picture-held")
    minh.hears("Tin này đang chờ xem lại.")
    assert shown(minh.page) == []
    expect(minh.page.get_by_text("Em bấm vào ô màu đỏ nhé")).to_have_count(0)
    khoa.page.reload()
    address = khoa.page.locator("#messages .shot").get_attribute("href")
    assert address is not None and minh.page.request.get(site.url(0) + address).status == 404

    hang.signs_in("/desk").presses("Tin chờ xem: Em Khoa")
    hang.sees("Em bấm vào ô màu đỏ nhé").finds_the_page_accessible("picture-desk")
    hang.presses("Cho gửi").sees("Không có việc nào đang chờ")
    minh.hears("Em bấm vào ô màu đỏ nhé")
    expect(minh.page.locator("#messages .shot img")).to_have_attribute("alt", "Em bấm vào ô màu đỏ nhé")
    wait_until(minh.page, "document.querySelector('#messages .shot img').naturalWidth > 0")
    assert [(one["width"], one["height"]) for one in shown(minh.page)] == [(1200, 1600)]  # small, and upright
    kept = minh.page.request.get(site.url(0) + address)
    assert kept.status == 200 and SECRET not in kept.body()
    assert "exif" not in Image.open(io.BytesIO(kept.body())).info
    minh.finds_the_page_accessible("picture-released")
    minh.page.locator("#messages .shot").click()
    expect(minh.page.locator("dialog.large img")).to_be_visible()
    minh.presses("Đóng")
    expect(minh.page.locator("dialog.large")).to_have_count(0)
    for person in (minh, khoa, hang):
        person.leaves()


def test_a_picture_that_could_not_be_sent_says_so_and_is_sent_once_when_asked_again(
    site: Site, browser: Browser, phone: dict[str, Any], photo: Path
) -> None:
    minh, khoa, _hang = pair_and_teacher(site, browser, phone)
    lost = []

    def answer_is_lost(route: Any) -> None:
        """The first time the server takes the picture, and its answer never comes."""
        if not lost:
            lost.append(route.fetch().status)
            route.abort()
        else:
            route.continue_()

    khoa.page.route("**/pictures", answer_is_lost)
    khoa.page.locator("#picture-file").set_input_files(photo)
    khoa.sees("đừng để lộ mặt người")
    with khoa.page.expect_event("requestfailed", lambda asked: asked.url.endswith("/pictures")):
        khoa.page.locator("#picture").get_by_role("button", name="Gửi ảnh").click()
    khoa.hears("Đang chờ người trực xem trước khi gửi.")
    khoa.page.evaluate(DRAWN)
    assert lost == [200]
    expect(khoa.page.locator("#messages .shot")).to_have_count(1)  # its push settled it, whatever the answer
    khoa.context.set_offline(True)
    khoa.page.locator("#picture-file").set_input_files(photo)
    khoa.sees("đừng để lộ mặt người")
    khoa.page.locator("#picture").get_by_role("button", name="Gửi ảnh").click()
    khoa.hears("Chưa gửi được.")
    khoa.context.set_offline(False)
    expect(khoa.page.locator("#messages .msg.held .shot")).to_have_count(2)
    expect(khoa.page.locator("#messages .failed")).to_have_count(0)
    for person in (minh, khoa):
        person.leaves()
