"""The pages on which teachers and coordinators read rehearsals through."""

import html
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World
from tests.practice.shipped_scenarios import NAMES, SCENARIOS, rehearsal
from tests.swapped import swapped
from tutoring.kernel.content_folder import ContentFolder

As = Callable[[str], FlaskClient]
LIST = "/practice/scenarios"
NAME = "ban-sao-khai-sinh"


@pytest.fixture
def spoiled(app: Flask, tmp_path: Path) -> Iterator[Path]:
    """A bank of one scenario, which has a fault."""
    folder = tmp_path / "content"
    (folder / "scenarios").mkdir(parents=True)
    text = (SCENARIOS / f"{NAME}.yml").read_text("utf-8").replace("to: ket-thuc, emit", "to: khong-co, emit")
    (folder / "scenarios" / f"{NAME}.yml").write_text(text, "utf-8")
    with swapped(app, content_folder=ContentFolder(folder)):
        yield folder


def told(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return html.unescape(answer.text)


def test_teachers_and_coordinators_come_in_and_nobody_else(world: World, as_: As, client: FlaskClient) -> None:
    for path in (LIST, f"{LIST}/{NAME}"):
        for name in ("hang", "quang"):
            assert as_(name).get(path).status_code == 200
        for name in ("minh", "lan", "khoa", "muoi", "mai", "bay", "admin1"):
            assert as_(name).get(path).status_code == 404, name
        assert client.get(path).status_code == 302


def test_the_page_of_writers_leads_here(as_: As) -> None:
    assert f'href="{LIST}"' in told(as_("hang"), "/writing")


def test_the_list_tells_of_each_what_it_has_and_what_is_still_to_be_checked(as_: As) -> None:
    page = told(as_("hang"), LIST)
    for name in NAMES:
        scenario = rehearsal(name)
        assert f'href="{LIST}/{name}"' in page
        for claim in scenario.unverified:
            assert f"chưa kiểm tra được: {claim}" in page
        for walk in scenario.walks:
            assert f"<b>{walk}</b>:" in page
    assert "13 màn hình, 3 lượt đi, 1 bẫy." in page
    assert "chưa ai ghi ngày mở địa chỉ thật" in page
    assert (
        "Kết thúc ở “Đã có bản sao trích lục”, ngày 10/09/2026 (sau 3 ngày), hồ sơ: Đã trả kết quả. Mục tiêu: 3/3."
    ) in page
    assert "Dừng ở “Thanh toán 8.000 đồng tập”, trong một ngày, hồ sơ: Chưa nộp. Mục tiêu: 0/3. Mắc bẫy: 1." in page


@pytest.mark.parametrize("name", NAMES)
def test_a_rehearsal_is_laid_open(as_: As, name: str) -> None:
    page, scenario = told(as_("hang"), f"{LIST}/{name}"), rehearsal(name)
    assert page.count('<svg xmlns="http://www.w3.org/2000/svg" class="diagram"') == (2 if scenario.dossier else 1)
    for screen in scenario.screens.values():
        for text in (screen.title, *screen.text, *(action.label for action in screen.actions)):
            assert f'<td lang="vi">{text.vi}</td><td lang="en">{text.en}</td>' in page
    for goal in scenario.goals.values():
        assert goal.text.vi in page
    for walk in scenario.walks:
        assert f"<h3>{walk}</h3>" in page
    assert "style=" not in page


def test_slips_and_falls_are_named_in_a_walk(as_: As) -> None:
    page = told(as_("hang"), f"{LIST}/{NAME}")
    assert "<li>Bấm “Đăng ký khai sinh” (bấm nhầm)</li>" in page
    assert "<li>Gặp chuyện lạ, chọn “Chuyển cho nhanh” (mắc bẫy)</li>" in page
    assert "chọn “Ảnh mờ, mất một góc” (chưa tốt)</li>" in page


def test_a_rehearsal_with_a_fault_shows_what_to_mend_and_is_not_offered(
    as_: As, client: FlaskClient, spoiled: Path
) -> None:
    hang = as_("hang")
    for path in (LIST, f"{LIST}/{NAME}"):
        page = told(hang, path)
        assert "không có màn hình “khong-co”" in page and "người học chưa thấy" in page
        assert "<svg xmlns" not in page
    assert "Không lỗi" not in told(hang, LIST)
    assert client.get(f"/practice/{NAME}/cards").status_code == 404


def test_what_there_is_not_is_missing(as_: As) -> None:
    assert as_("hang").get(f"{LIST}/khong-co").status_code == 404


def test_reviewers_read_in_english_too(as_: As) -> None:
    hang = as_("hang")
    hang.post("/language", data={"language": "en"})
    page = told(hang, f"{LIST}/{NAME}")
    assert "the application is “" in page
    assert "Press “Search”" in page and ">Wrong turning</text>" in page
