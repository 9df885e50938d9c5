"""Persona cards and class sheets: what stands on them, for learners and for trainers, without signing in."""

import html
import re

import pytest
from flask.testing import FlaskClient

from tests.practice.shipped_scenarios import NAMES, rehearsal
from tutoring.practice.screens.screen import card

NAME = "ban-sao-khai-sinh"
BAND = "TẬP LUYỆN — không phải cổng thật"


def told(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return html.unescape(answer.text)


@pytest.mark.parametrize("name", NAMES)
def test_a_sheet_holds_eight_cards_each_with_the_band_the_address_and_every_value(
    client: FlaskClient, name: str
) -> None:
    page = told(client, f"/practice/{name}/cards")
    assert page.count(BAND) == page.count("số mẫu, không phải số thật") == 8
    assert page.count(f"<b>localhost/practice/{name}</b>") == page.count('class="qr"') == 8
    for label, value in card(rehearsal(name), "vi"):
        assert page.count(f'<dt>{label}</dt><dd translate="no">{value}</dd>') == 8


@pytest.mark.parametrize(("asked", "given"), [("1", 1), ("40", 40), ("41", 40), ("0", 1), ("-3", 1), ("tám", 8)])
def test_between_one_and_forty_cards_are_printed(client: FlaskClient, asked: str, given: int) -> None:
    assert told(client, f"/practice/{NAME}/cards?n={asked}").count(BAND) == given


@pytest.mark.parametrize("name", NAMES)
def test_a_class_sheet_numbers_what_is_pressed_chosen_and_filled_in(client: FlaskClient, name: str) -> None:
    page = told(client, f"/practice/{name}/handout")
    lines = [line for part in re.findall(r"<ol start.*?</ol>", page) for line in re.findall(r"<li>(.*?)</li>", part)]
    starts = [int(n) for n in re.findall(r'<ol start="(\d+)"', page)]
    assert starts[0] == 1 and starts == sorted(starts) and starts[-1] <= len(lines)
    assert all(re.match(r"Bấm “|Điền “|Đánh dấu “|Có chuyện lạ|“.+”: chọn “|Lùi lại", line) for line in lines)
    assert BAND in page and "{" not in "".join(lines)
    assert ("Mã hồ sơ tập:" in page) is (rehearsal(name).dossier is not None)
    for line in rehearsal(name).based_on.prepare:
        assert line.vi in page


def test_the_lines_say_what_the_guide_does(client: FlaskClient) -> None:
    page = told(client, f"/practice/{NAME}/handout")
    for line in ("Bấm “Tìm kiếm”", "Điền “08/03/2020” vào ô “Ngày sinh”", "Đánh dấu “Tôi đã chép mã hồ sơ”",
                 "“Nơi giải quyết”: chọn “Thành phố Tập Luyện › Phường Tập An”", "Bấm “Sang ngày hôm sau”, 3 lần",
                 "Bấm “Trả 8.000 đồng tập và nộp hồ sơ”"):  # fmt: skip
        assert f"<li>{line}</li>" in page


@pytest.mark.parametrize("name", NAMES)
def test_learners_get_the_traps_as_questions_and_trainers_the_answers(client: FlaskClient, name: str) -> None:
    learners, trainers = (
        told(client, f"/practice/{name}/handout"),
        told(client, f"/practice/{name}/handout?for=trainer"),
    )
    traps = [screen.trap for screen in rehearsal(name).screens.values() if screen.trap]
    assert traps
    for option in (option for trap in traps for option in trap.options):
        assert option.text.vi in learners and option.say.vi not in learners
        assert f"<b>{'Sai' if option.bad else 'Đúng'}:</b> {option.text.vi}<br>" in trainers
        assert option.say.vi in trainers
    assert "Sai:" not in learners and "Gặp chuyện lạ, chọn" not in learners


def test_an_address_that_nobody_opened_lately_says_so(client: FlaskClient) -> None:
    page = told(client, f"/practice/{NAME}/handout")
    assert "https://dichvucong.gov.vn/" in page
    assert "Chưa ai trong nhóm ghi ngày mở xem lại địa chỉ này." in page


def test_the_sheets_come_in_english_too(client: FlaskClient) -> None:
    client.post("/language", data={"language": "en"})
    page = told(client, f"/practice/{NAME}/handout")
    assert "Press “Search”" in page and "Tick “I have noted the code”" in page
    assert "sample numbers, not real ones" in told(client, f"/practice/{NAME}/cards")


@pytest.mark.parametrize("page", ["cards", "handout"])
def test_a_rehearsal_that_there_is_not_has_no_paper(client: FlaskClient, page: str) -> None:
    assert client.get(f"/practice/khong-co/{page}").status_code == 404


def test_the_page_of_a_rehearsal_leads_to_its_paper(client: FlaskClient) -> None:
    page = told(client, f"/practice/{NAME}")
    for name in ("cards", "handout"):
        assert f'href="/practice/{NAME}/{name}"' in page
