"""What the lint finds in scenarios that were spoiled on purpose: each fault by its name, at its line."""

from pathlib import Path

import pytest

from tutoring.config import ROOT
from tutoring.practice.content import load_file

TEXT = (ROOT / "content" / "scenarios" / "ban-sao-khai-sinh.yml").read_text("utf-8")
NEW_SCREEN = """  them:
    title: {vi: "Thêm", en: "More"}
    text: [{vi: "Một màn hình.", en: "A screen."}]
"""
FIRST_SCREEN = '  trang-chu:\n    title: {vi: "Cổng'
SPOILED = {
    "unreachable": [(FIRST_SCREEN, NEW_SCREEN + "    final: true\n" + FIRST_SCREEN)],
    "dead-end": [("to: nham-thu-tuc, wrong: true", "to: them, wrong: true"), (FIRST_SCREEN, NEW_SCREEN + FIRST_SCREEN)],
    "unknown-field": [("{field: da_chep,", "{field: khong_co,")],
    "unknown-value": [("eq: mo-nghieng.jpg", "eq: khong-co.jpg")],
    "screen": [("to: bien-nhan, emit", "to: khong-co, emit")],
    "never-entered": [("    da-nhan: {status", "    thua: {status: dung-xu-ly}\n    da-nhan: {status")],
    "state": [("{dossier_seen: da-gui}", "{dossier_seen: khong-co}")],
    "emit": [("to: ket-thuc, emit: nhan,", "to: ket-thuc, emit: khong-co,")],
    "persona": [('value: "000000000000"', 'value: "001201234567"')],
    "persona-only": [("        rules: [{equals_persona: ten_con}]\n", "")],
    "rule": [("{not_after_clock: true}", "{looks_nice: true}")],
    "no-end": [("    final: true\n", '    actions: [{id: lai, label: {vi: "Lại", en: "Again"}, to: trang-chu}]\n')],
    "place": [("trả khi nộp", "trả khi nộp {khong_co}")],
    "money": [("Phí {fee} trả", "Phí 8.000 đồng trả")],
    "host": [("Đọc kỹ tên từng thủ tục", "Mở lam-ho-so.com")],
    "to-write": [("Bản điện tử, hoặc đến nơi hẹn", "VIẾT: chỗ này")],
    "walk": [("    - {do: ban-sao}\n    - {set: noi_nop", "    - {do: khong-co}\n    - {set: noi_nop")],
    "unwalked": [("    - {do: luu-nhap}\n    - {do: mo-lai}\n", "")],
    "missing": [(', en: "Search results"}', "}")],
}


def faults(tmp_path: Path, *changes: tuple[str, str]) -> dict[str, tuple[int, str]]:
    """What is wrong in the shipped scenario after these changes: by rule, the line and the words."""
    text = TEXT
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    file = tmp_path / "scenarios" / "ban-sao-khai-sinh.yml"
    file.parent.mkdir()
    file.write_text(text, "utf-8")
    return {one.code: (one.line, one.say) for one in load_file(file).faults}


def test_as_it_is_shipped_nothing_is_wrong(tmp_path: Path) -> None:
    assert faults(tmp_path) == {}


@pytest.mark.parametrize("code", SPOILED)
def test_a_spoiled_scenario_is_told_what_is_wrong(tmp_path: Path, code: str) -> None:
    assert code in faults(tmp_path, *SPOILED[code])


def test_a_rehearsal_without_a_trap_is_none(tmp_path: Path) -> None:
    start = TEXT.index("    trap:\n")
    trap = TEXT[start : TEXT.index("    fields:\n", start)]
    walks = [(f"    - {{choose: {name}}}\n", "") for name in ("khong", "hoi-phuong", "chuyen")]
    assert "no-trap" in faults(tmp_path, (trap, ""), *walks)


@pytest.mark.parametrize(
    "said", ["001201234567", "0012 0123 4567", "0912 345 678", "+84 912 345 678", "GD4797912345678", "19033445566"]
)
def test_a_number_as_long_as_somebody_s_own_stands_nowhere(tmp_path: Path, said: str) -> None:
    line, say = faults(tmp_path, ("Đọc kỹ tên từng thủ tục", f"Đọc kỹ số {said}"))["real-number"]
    assert "Đọc kỹ số" not in say and TEXT.splitlines()[line - 1].strip().startswith("- {vi")


def test_a_number_within_the_words_of_a_card_or_a_walk_is_found_too(tmp_path: Path) -> None:
    assert "real-number" in faults(tmp_path, ('value: "Trần Thị Tập"', 'value: "Tập, thẻ GD4797912345678"'))


@pytest.mark.parametrize("said", ["0000 0000 0000", "TAP-260907-0001", "ngày 08/03/2020", "2020-03-08"])
def test_noughts_days_and_the_practice_code_are_nobody_s(tmp_path: Path, said: str) -> None:
    assert faults(tmp_path, ("Đọc kỹ tên từng thủ tục", f"Đọc kỹ {said} rồi")) == {}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Read each name, then choose one.", "Đọc kỹ tên từng thủ tục rồi chọn một."),  # left as it is in Vietnamese
        ("Pay {fee}", "Pay"),  # a place that is filled in one language alone
    ],
)
def test_what_was_left_untranslated_is_found(tmp_path: Path, old: str, new: str) -> None:
    assert "translation" in faults(tmp_path, (old, new))


def test_names_of_people_and_addresses_are_the_same_in_both_languages(tmp_path: Path) -> None:
    same = '{vi: "Phường Tập An, dichvucong.gov.vn", en: "Phường Tập An, dichvucong.gov.vn"}'
    assert faults(tmp_path, ('{vi: "Biên lai điện tử", en: "Electronic receipt"}', same)) == {}


def test_a_screen_whose_buttons_are_all_hidden_is_a_dead_end(tmp_path: Path) -> None:
    end = "    - {do: hom-sau}\n" * 3 + "    - {do: nhan}\n"
    hidden = ("when: {dossier_in: [da-gui, dang-lam]}", "when: {dossier_in: [dang-lam]}")
    assert "theo-doi" in faults(tmp_path, hidden, (end, ""))["dead-end"][1]
