"""`cunghoc serve` on an empty folder, and its set-up on a phone: from the printed link to what is left."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.servers import free_port
from tests.waiting import until
from tutoring.config import ROOT

LINK = re.compile(r"http://127\.0\.0\.1:\d+/set-up/\S+")
NOT_PASSED_ON = ("DATABASE_URL", "REDIS_URL", "ORIGINS", "INSTANCE", "APP_ENV")
pytestmark = pytest.mark.full


@pytest.fixture(scope="module")
def link(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The link that a fresh site prints."""
    folder = tmp_path_factory.mktemp("fresh")
    said = folder / "said.log"
    env = {name: value for name, value in os.environ.items() if name not in NOT_PASSED_ON}
    command = [sys.executable, "-m", "tutoring.cli.console", "serve", "--data", str(folder / "site")]
    with said.open("w") as out:
        serving = subprocess.Popen(
            [*command, "--port", str(free_port())], cwd=ROOT, env=env, stdout=out, stderr=subprocess.STDOUT
        )
    try:
        until(lambda: LINK.search(said.read_text("utf-8")) or serving.poll() is not None, "the link is printed", 300)
        found = LINK.search(said.read_text("utf-8"))
        assert found is not None, said.read_text("utf-8")
        yield found[0]
    finally:
        serving.terminate()
        serving.wait(60)


def press(page: Page, words: str) -> None:
    page.get_by_role("main").get_by_role("button", name=words, exact=True).click()


def test_a_site_is_set_up_on_a_phone(link: str, browser: Browser, tmp_path: Path) -> None:
    page = browser.new_context(viewport={"width": 360, "height": 740}).new_page()
    until(lambda: _opens(page, link), "the site answers")
    press(page, "Bắt đầu")
    other = browser.new_context().new_page()
    other.goto(link)
    expect(other.get_by_role("heading", level=1)).to_have_text("Đường dẫn không còn dùng được")

    press(page, "Tiếp tục")
    page.get_by_label("Tên của trang").fill("Học Vui Bình An")
    page.get_by_label("Màu của trang").fill("#ff8800")
    press(page, "Lưu và tiếp tục")
    expect(page.get_by_role("alert")).to_contain_text("cần từ 7 : 1")
    page.get_by_label("Màu của trang").fill("#7a0c2e")
    press(page, "Lưu và tiếp tục")
    expect(page).to_have_title("Người quản trị – Học Vui Bình An")
    expect(page.locator(".bar")).to_have_css("background-color", "rgb(83, 8, 31)")

    page.get_by_label("Họ tên").fill("Trần Văn Mẫu")
    page.get_by_label("Mật khẩu", exact=True).fill("bốn con mèo trắng ngủ trưa")
    press(page, "Lập tài khoản")
    secret = re.search(r"secret=([A-Z2-7]+)", page.content())
    assert secret is not None
    page.locator("#code").fill(pyotp.TOTP(secret[1]).now())
    press(page, "Bật mã")
    page.get_by_role("link", name="Trở lại thiết lập trang").click()
    expect(page.get_by_role("progressbar")).to_have_attribute("value", "3")

    page.get_by_role("main").get_by_role("link", name="Phường, trường và lớp").last.click()
    page.get_by_label("Tìm phường, xã, đặc khu").fill("an khanh ho chi minh")
    press(page, "Tìm")
    page.get_by_role("radio", name="Phường An Khánh").check()
    press(page, "Chọn nơi này")
    page.get_by_label("Tên trường").fill("Trường Tiểu học Minh Hoạ")
    page.get_by_label("Các lớp").fill("4A, 4B, 5A")
    press(page, "Lập trường và lớp")
    expect(page.get_by_role("main")).to_contain_text("3 lớp")
    page.goto("/".join(link.split("/")[:3]))
    expect(page.get_by_role("main")).to_contain_text("Thiết lập trang: còn 4 việc")


def _opens(page: Page, link: str) -> bool:
    try:
        answer = page.goto(link)
    except Exception:  # it has printed the link, and does not listen yet
        return False
    return answer is not None and answer.ok
