"""A mother looks at what is held of her child, takes a copy along, has all of it deleted, thinks again, and deletes."""

import json
import zipfile
from typing import Any

from playwright.sync_api import Browser, expect

from tests.journeys.person import Person
from tests.servers import Site
from tests.waiting import until


def test_a_guardian_takes_the_childs_data_along_and_deletes_them(
    site: Site, browser: Browser, phone: dict[str, Any], tmp_path: Any
) -> None:
    cards = site.cards()
    minh = Person(browser, site.url(0), cards["minh"], **phone)
    lan = Person(browser, site.url(0), cards["lan"], **phone)
    for one in (minh, lan):
        one.signs_in()
    minh.goes_to("/lessons/vao-lop-bang-duong-dan/2").presses("Em bị kẹt").is_at("/ask").fills(
        "Hoặc viết lời của em", "Em không thấy nút nộp bài."
    ).presses("Gửi, nhờ giúp").is_at(r"/requests/\d+$")
    minh.goes_to("/privacy").sees("em nói với ba mẹ nhé").finds_the_page_accessible("privacy-child")
    expect(minh.page.get_by_role("button", name="Làm bản sao")).to_have_count(0)

    lan.goes_to("/privacy").sees("Chưa có yêu cầu nào").finds_the_page_accessible("privacy-own")
    lan.goes_to("/account").presses("Minh").is_at(r"/children/\d+$").presses("Mở trang dữ liệu")
    lan.is_at(r"/privacy/people/\d+$").sees("1 yêu cầu giúp").finds_the_page_accessible("privacy-guardian")
    lan.presses("Làm bản sao").sees("Đang làm bản sao")
    here = lan.page.url
    until(lambda: lan.goes_to(here).page.get_by_role("link", name="Tải về").count(), "the copy is made")
    lan.finds_the_page_accessible("privacy-ready")
    copy = tmp_path / "copy.zip"
    with lan.page.expect_download() as found:
        lan.presses("Tải về")
    found.value.save_as(copy)
    with zipfile.ZipFile(copy) as archive:
        data = json.loads(archive.read("data.json"))["data"]
    assert data["user"][0]["called_name"] == "Minh" and "password_hash" not in data["user"][0]
    assert [row["words"] for row in data["help_request"]] == ["Em không thấy nút nộp bài."]
    assert "report" not in data and "notice" not in data

    lan.goes_to(here).presses("Xoá tài khoản và dữ liệu").is_at("/delete$").finds_the_page_accessible("privacy-delete")
    lan.fills("Gõ “Minh” để xác nhận", "An").presses("Xoá hết").sees("Hãy gõ đúng tên gọi.")
    lan.finds_the_page_accessible("privacy-delete-wrong")
    lan.fills("Gõ “Minh” để xác nhận", "Minh").presses("Xoá hết").sees("Đã ghi yêu cầu xoá")
    lan.finds_the_page_accessible("privacy-deleting")
    minh.goes_to("/account").is_at("/sign-in")
    lan.presses("Lấy lại").sees("Đã lấy lại: không có gì bị xoá.")
    lan.presses("Xoá tài khoản và dữ liệu").fills("Gõ “Minh” để xác nhận", "Minh").presses("Xoá hết")
    lan.sees("Đã ghi yêu cầu xoá").sees("xong chậm nhất")
    for one in (minh, lan):
        one.leaves()
