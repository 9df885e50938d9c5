"""The good scenario with one thing broken: each is refused, by its own rule, on the line where it is broken."""

import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.lessons.bank import CONTENT, bank, real
from tests.practice.shipped_scenarios import every
from tutoring.cli import content
from tutoring.cli.content import group
from tutoring.lessons.content import Fault
from tutoring.lessons.content.lesson_builder import read_lesson
from tutoring.lessons.content.loader import around
from tutoring.practice.content import lesson_references, load_file
from tutoring.practice.content.loader import ScenarioFile

NAME = "ban-sao-khai-sinh"
GOOD = (CONTENT / "scenarios" / f"{NAME}.yml").read_text("utf-8")
SENDING = "nop-ho-so-dau-tien"  # a lesson that sends people to the scenario
LESSONS = {SENDING}
SKILLS = set(re.findall(r"\{id: ([a-z.-]+),", (CONTENT / "skills.yml").read_text("utf-8")))
TRAP = GOOD[GOOD.index("    trap:\n") : GOOD.index("    fields:\n      - id: noi_tra")]
BUTTON = '    actions:\n      - {id: ve, label: {vi: "Về", en: "Back"}, to: trang-chu}\n'
SCREEN = '  la:\n    title: {vi: "L", en: "L"}\n' + BUTTON

# What stands there, what is put in its place, and the rule; the line is that of the change.
BROKEN = {
    "unknown-key": ("minutes: 12", "minuts: 1\nminutes: 12", "extra-forbidden"),
    "unknown-key-of-a-button": ("quiet: true}\n  to-khai", "quite: true}\n  to-khai", "extra-forbidden"),
    "not-for-training": ("training_only: true", "training_only: false", "literal-error"),
    "another-id": (f"id: {NAME}", "id: ban-sao", "id"),
    "unknown-start": ("start: trang-chu", "start: trang-dau", "screen"),
    "way-to-nowhere": ("to: ket-qua, leaves: true, quiet", "to: khong-co, leaves: true, quiet", "screen"),
    "trap-to-nowhere": ("{id: chuyen, bad: true,", "{id: chuyen, bad: true, to: la,", "screen"),
    "unreachable-screen": ("  ket-qua:\n", f"{SCREEN}  ket-qua:\n", "unreachable"),
    "end-with-a-button": ("    final: true\n", "    final: true\n" + BUTTON, "final"),
    "unknown-field-asked": ("{field: anh_khai_sinh,", "{field: anh_la,", "unknown-field"),
    "unknown-value-asked": ("eq: mo-nghieng.jpg", "eq: mo.jpg", "unknown-value"),
    "refused-value-asked": ("met: {dossier_seen: da-gui}", "met: {field: tim, eq: ca-cau}", "unknown-value"),
    "field-asked-without-value": (", eq: mo-nghieng.jpg", "", "condition"),
    "two-questions-in-one": ("{dossier_seen: da-gui}", "{dossier_seen: da-gui, screen: ket-thuc}", "condition"),
    "unknown-screen-asked": ("{screen: ket-thuc}", "{screen: ket}", "screen"),
    "unknown-trap-asked": ("met: {dossier_seen: da-gui}", "met: {trap: la, chose: khong}", "unknown-trap"),
    "unknown-answer-asked": ("met: {dossier_seen: da-gui}", "met: {trap: tai-khoan-rieng, chose: la}", "unknown-trap"),
    "unknown-state-asked": ("dossier_in: [da-gui, dang-lam]", "dossier_in: [da-gui, dang-la]", "state"),
    "unknown-state-in-a-turn": ("{from: [xong], to: da-nhan}", "{from: [xon], to: da-nhan}", "state"),
    "state-never-entered": ("    da-nhan: {", "    la: {status: dung-xu-ly}\n    da-nhan: {", "never-entered"),
    "unknown-status": ("status: moi-dang-ky", "status: moi-gui", "literal-error"),
    "no-days": ("        2: [{to: xong}]", "        0: [{to: xong}]", "greater-than-equal"),
    "unknown-emit": ('Tiếp tục", en: "Continue"}', 'Tiếp", en: "On"}, emit: la', "emit"),
    "emit-of-no-button": ("    nhan: [", "    rut: [{from: [da-gui], to: nhap}]\n    nhan: [", "emit"),
    "citizen-number-on-the-card": ('"000000000000"', '"001201234567"', "persona"),
    "telephone-on-the-card": ('value: "Lê Tập Luyện"', 'value: "Luyện, 0912 345 678"', "real-number"),
    "unknown-line-of-the-card": ("equals_persona: ten_con", "equals_persona: ten_be", "persona"),
    "unknown-rule": ("{not_after_clock: true}", "{not_tomorrow: true}", "rule"),
    "wrong-argument": ("{not_after_clock: true}", '{not_after_clock: "true"}', "rule"),
    "two-rules-in-one": ("{not_after_clock: true}", "{not_after_clock: true, min_len: 2}", "rule"),
    "two-fields-of-one-id": ("- id: ngay_sinh\n", "- id: ten_con\n", "field-id"),
    "unknown-step-of-a-walk": ("- {do: tim-kiem}", "- {bam: tim-kiem}", "event"),
    "value-that-is-a-number": ('{set: dong_y, value: "yes"}', "{set: dong_y, value: 1}", "string-type"),
    "option-without-words": (', text: {vi: "Ví Tập", en: "Practice Wallet"}}', "}", "missing"),
    "words-in-one-language": ('{vi: "Kết quả tìm kiếm", en: "Search results"}', '"Kết quả"', "model-type"),
    "English-missing": (', en: "Search results"', "", "missing"),
    "Vietnamese-empty": ('{vi: "Kết quả tìm kiếm"', '{vi: " "', "string-too-short"),
    "old-word": ("Phường Tập An", "Quận Tập An", "old-word"),
    "place-that-English-lacks": ("{fee} một bản", "8.000 đồng tập một bản", "translation"),
    "real-thing-elsewhere": ("https://dichvucong.gov.vn/", "https://dichvucong.example/", "link"),
    "real-thing-without-a-lock": ("https://dichvucong", "http://dichvucong", "string-pattern-mismatch"),
    "doubt-still-to-be-written": ("Mức phí và", "VIẾT: mức phí và", "to-write"),
    "fee-below-nothing": ("amount: 8000", "amount: -1", "greater-than-equal"),
    "unknown-lesson": ("lesson: nop-ho-so-dau-tien", "lesson: nop-ho-so", "lesson"),
    "unknown-skill": ("[dvc.nop-ho-so, dvc.tra-cuu]", "[dvc.nop-ho-so, dvc.tra]", "skill"),
    "unknown-skill-of-a-field": ("skill: thiet-bi.chup-giay-to", "skill: thiet-bi.chup", "skill"),
    "octal": ("minutes: 12", "minutes: 012", "int-type"),
    "number-in-quotes": ("minutes: 12", 'minutes: "12"', "int-type"),
    "alias": ("minutes: 12", "minutes: *m", "yaml"),
    "tag": ("minutes: 12", "minutes: !!int 12", "yaml"),
    "no-such-day": ("start: 2026-09-07", "start: 2026-09-31", "yaml"),
    "no-such-day-in-quotes": ("start: 2026-09-07", 'start: "2026-09-31"', "day"),
    "hidden-letter": ('"Đã lưu nháp"', '"Đã\u202e lưu nháp"', "odd-character"),
    "hidden-letter-spelled-out": ('"Đã lưu nháp"', '"Đã\\u202e lưu nháp"', "yaml"),
}  # fmt: skip

# The same, where the line that is named is another one: that which begins so.
BROKEN_ELSEWHERE = {
    "training-not-said": ("training_only: true\n", "", "missing", "schema: 1"),
    "key-twice": ("minutes: 12", "minutes: 12\nminutes: 13", "yaml", "minutes: 13"),
    "screen-without-a-way-in": ("to: nham-thu-tuc", "to: thu-tuc", "unreachable", "  nham-thu-tuc:"),
    "circle": ("to: ket-qua, leaves: true}\n  thu", "to: nham-thu-tuc}\n  thu", "dead-end", "  nham-thu-tuc:"),
    "two-buttons-of-one-id": (
        "{id: luu-nhap,", "{id: thanh-toan,", "action-id", "    actions:\n      - {id: thanh-toan",
    ),
    "date-of-the-card-turned-round": (
        '"2020-03-08"}', '"08/03/2020"}', "persona", "        rules: [{not_after_clock",
    ),
    "typed-without-the-card": ("[{equals_persona: ten_con}]", "[{min_len: 2}]", "persona-only", "      - id: ten_con"),
    "no-trap": (TRAP, "", "no-trap", "screens:"),
    "trap-without-a-wrong-answer": ("{id: chuyen, bad: true,", "{id: chuyen,", "trap", "    trap:"),
    "two-answers-of-one-id": ("{id: hoi-phuong,", "{id: khong,", "option-id", "    trap:"),
    "no-right-option": (
        "{id: trich-luc, text", '{id: trich-luc, say: {vi: "K", en: "N"}, text', "options", "      - id: tim",
    ),
    "options-of-a-text": ("type: date\n", "type: date\n        options: [{id: a, text: {vi: A, en: A}}]\n", "options",
                          "      - id: ngay_sinh\n"),
    "walk-that-is-refused": ("walks:\n", "walks:\n  hong:\n    - {do: tim-kiem}\n", "walk", "    - {do: tim-kiem}"),
    "no-clean-walk": ("    - {set: anh_khai_sinh, value: ro", "    - {set: anh_khai_sinh, value: mo-nghieng.jpg}\n"
                      "    - {set: anh_khai_sinh, value: ro", "no-example", "walks:"),
    "screen-that-no-walk-visits": ("    - {do: luu-nhap}\n    - {do: mo-lai}\n", "", "unwalked", "  da-luu-nhap:"),
    "state-that-no-walk-meets": (
        "[{to: xong}]\n", "[{to: la, when: {screen: ket-thuc}}, {to: xong}]\n    la: {status: dung-xu-ly}\n",
        "unwalked", "    la:",
    ),
    "answer-that-no-walk-gives": ("{choose: hoi-phuong}", "{choose: khong}", "unwalked", "    trap:"),
}  # fmt: skip

# What cannot be broken without something else being wrong too.
BROKEN_WITH_MORE = {
    "no-end": ("    final: true\n", "", "no-end", "screens:"),
    "goal-out-of-reach": ("{dossier_seen: da-gui}", "{screen: bien-nhan}", "goal", "  nop-xong: {text"),
    "unknown-placeholder": ("{fee} một bản", "{phi} một bản", "place", '      - {label: {vi: "Phí"'),
    "unknown-line-in-a-text": ("vật {persona:ho_ten}", "vật {persona:ten}", "place", '      - {vi: "Bạn đã đăng nhập'),
    "unknown-first-state": ("initial: nhap", "initial: nhat", "state", "  initial:"),
}  # fmt: skip

# Words that take the place of a good sentence.
SENTENCE = "Không có gì thật ở đây."
BAD_WORDS = {
    "Hôm nay bạn hãy mở máy lên rồi " + "đọc thật kỹ " * 7 + "từng dòng một.": "long-sentence",
    "Click vào đây.": "old-word",
    "Trả 8.000 đồng.": "money",
    "Trả 5 triệu đồng.": "money",
    "Pay 8,000 VND.": "money",
    "Gọi 0912345678.": "real-number",
    "Gọi 0912-345-678.": "real-number",
    "Gọi +84 912 345 678.": "real-number",
    "Số 001201234567.": "real-number",
    "Số 001 201 234 567.": "real-number",
    "Số cũ 012345678.": "real-number",
    "Mã là 482913.": "real-number",
    "Mở vay-nhanh.com nghe.": "host",
    "Mở phat-nguoi.gov.vn.": "host",
    "Mở dichvucong.gov.vn.vay.xyz.": "host",
    "VIẾT: lời.": "to-write",
}
GOOD_WORDS = [
    "Trả 8.000 đồng tập.",
    "Trả 5 triệu đồng tập, ngày 25/9/2026.",
    "Số 000000000000 hoặc 000 000 000 000.",
    "Mở dichvucong.gov.vn, đừng mở vay-nhanh.example.",
    "Trả 300000 đồng tập.",
]


def read(folder: Path, content: str | bytes) -> ScenarioFile:
    """What is said of a file with this content."""
    file = folder / "content" / "scenarios" / f"{NAME}.yml"
    file.parent.mkdir(parents=True)
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return load_file(file, LESSONS, SKILLS)


def line_of(text: str, part: str) -> int:
    return text.count("\n", 0, text.index(part)) + 1


def test_the_good_one_has_no_fault(tmp_path: Path) -> None:
    assert read(tmp_path, GOOD).faults == ()


@pytest.mark.parametrize(("old", "new", "rule"), BROKEN.values(), ids=list(BROKEN))
def test_what_is_broken_is_named_on_its_line(tmp_path: Path, old: str, new: str, rule: str) -> None:
    found = read(tmp_path, GOOD.replace(old, new, 1))
    assert found.scenario is None
    assert {(one.code, one.line) for one in found.faults} == {(rule, line_of(GOOD, old))}
    assert str(found.faults[0]).startswith(f"content/scenarios/{NAME}.yml:{found.faults[0].line}: ")


@pytest.mark.parametrize(("old", "new", "rule", "at"), BROKEN_ELSEWHERE.values(), ids=list(BROKEN_ELSEWHERE))
def test_a_fault_that_shows_elsewhere_is_named_there(tmp_path: Path, old: str, new: str, rule: str, at: str) -> None:
    broken = GOOD.replace(old, new, 1)
    found = read(tmp_path, broken)
    assert found.scenario is None
    assert {(one.code, one.line) for one in found.faults} == {(rule, line_of("\n" + broken, "\n" + at))}


@pytest.mark.parametrize(("old", "new", "rule", "at"), BROKEN_WITH_MORE.values(), ids=list(BROKEN_WITH_MORE))
def test_a_fault_among_others_is_named_too(tmp_path: Path, old: str, new: str, rule: str, at: str) -> None:
    broken = GOOD.replace(old, new, 1)
    assert (rule, line_of("\n" + broken, "\n" + at)) in {(one.code, one.line) for one in read(tmp_path, broken).faults}


@pytest.mark.parametrize(("words", "rule"), BAD_WORDS.items())
def test_bad_words_are_named_in_either_language(tmp_path: Path, words: str, rule: str) -> None:
    found = read(tmp_path, GOOD.replace(SENTENCE, words, 1)).faults
    assert {(one.code, one.line) for one in found} == {(rule, line_of(GOOD, SENTENCE))}
    if rule not in {"old-word", "long-sentence"}:
        found = read(tmp_path / "en", GOOD.replace("Nothing here is real.", words, 1)).faults
        assert {(one.code, one.line) for one in found} == {(rule, line_of(GOOD, "Nothing here is real."))}


@pytest.mark.parametrize("words", GOOD_WORDS)
def test_practice_money_and_made_up_places_are_no_fault(tmp_path: Path, words: str) -> None:
    assert read(tmp_path, GOOD.replace(SENTENCE, words, 1)).faults == ()


@pytest.mark.parametrize(
    ("content", "rule", "line"),
    [
        (GOOD + "# dài\n" * 150_000, "too-big", 1),
        (b"\x7fELF\x02\x01\x01" + bytes(900), "odd-character", 1),
        (GOOD.encode() + b"\xff\xfe", "encoding", GOOD.count("\n") + 1),
        (GOOD.encode("utf-16"), "encoding", 1),
        ("", "model-type", 1),
        ("- một\n- hai\n", "model-type", 1),
        (GOOD[: GOOD.index("    trap:") + 9], "missing", None),
        (GOOD.replace("    fields:\n", "\tfields:\n", 1), "yaml", line_of(GOOD, "    fields:")),
        (GOOD.replace('"Tiếp tục"', '"Tiếp tục', 1), "yaml", None),
        ("a: " + "[" * 3_000, "yaml", 1),
        (GOOD.replace("{screen: ket-thuc}", "{not: " * 90 + "{screen: ket-thuc}" + "}" * 90, 1), None, None),
    ],
    ids=["1-MB", "binary", "letters", "utf-16", "empty", "list", "torn-off", "tab", "open-quote", "deep", "nots"],
)
def test_a_file_that_is_none_of_ours_is_refused_in_a_sentence(
    tmp_path: Path, content: str | bytes, rule: str | None, line: int | None
) -> None:
    found = read(tmp_path, content).faults
    if rule is not None:
        assert {one.code for one in found} == {rule}
    if line is not None:
        assert {one.line for one in found} == {line}
    assert all(one.say for one in found)


# ---- lessons that send people here ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "at"),
    [
        ("scenario: ban-sao-khai-sinh", "scenario: ban-sao", "scenario: ban-sao"),
        ("goal: nhan-ket-qua", "goal: khong-co", "scenario: ban-sao-khai-sinh"),
        ("goal: nhan-ket-qua", "goal: nhan-ket-qua\nstart: khong-co", "scenario: ban-sao-khai-sinh"),
        ("scenario: ban-sao-khai-sinh", "scenario: dang-ky-tam-tru", "scenario: dang-ky-tam-tru"),
    ],
    ids=["scenario", "goal", "start", "another-lesson"],
)
def test_a_lesson_that_sends_people_nowhere_is_named_on_its_line(tmp_path: Path, old: str, new: str, at: str) -> None:
    folder = tmp_path / "content"
    lesson = Path(shutil.copytree(CONTENT / "lessons" / SENDING, folder / "lessons" / SENDING)) / "vi.md"
    text = lesson.read_text("utf-8").replace(old, new, 1)
    lesson.write_text(text, "utf-8")
    made, _notes = read_lesson(lesson.parent, SENDING, around(CONTENT, (), None), None)
    assert made is not None
    found = list(lesson_references.faults(folder, bank(made), every()))
    assert [(one.file, one.line, one.code) for one in found] == [
        (f"content/lessons/{SENDING}/vi.md", line_of(text, at), "sim")
    ]


def checked() -> tuple[int, list[str]]:
    result = CliRunner().invoke(group, ["check"])
    return result.exit_code, [line for line in result.output.splitlines() if not line.startswith("warning: ")]


def test_the_real_ones_have_no_fault() -> None:
    assert checked() == (0, [])


def test_a_lesson_with_such_a_fault_fails_the_check(monkeypatch: pytest.MonkeyPatch) -> None:
    fault = Fault("content/lessons/mot/vi.md", 3, "sim", "không có bài tập này")
    monkeypatch.setattr(content, "read", lambda *_folder: real())
    monkeypatch.setattr(lesson_references, "faults", lambda *_bank: iter([fault]))
    assert checked() == (1, [str(fault)])
