"""Rules of style: each is found where it is planted, and what is well written passes."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.lessons.bank import CONTENT
from tests.lessons.test_content import LESSON, Tree
from tests.lessons.test_content import tree as tree
from tutoring.cli import content
from tutoring.cli.content import group
from tutoring.lessons.content import LessonContent
from tutoring.lessons.content.style import acts, check, conditionals, figures, questions

# The most that the real lessons may hold of each: lower a number when lessons get better, never raise it.
AT_MOST = {
    "two-acts": 0,
    "thi-sentences": 0,
    "hint-tells": 0,
    "short-distractor": 0,
    "right-places": 1,
    "longest-right": 0,
    "dated-question": 0,
    "options-alike": 0,
    "no-screen": 0,
    "screen-word": 0,
    "missing": 0,
    "stale": 0,
    "translation-missing": 0,
    "translation-stale": 0,
}


def codes(tree: Tree) -> list[str]:
    bank = tree.load()
    assert bank.faults == ()
    return [one.code for one in bank.warnings if one.code in check.CODES]


def line_of(tree: Tree, words: str, name: str = "vi.md") -> int:
    lines = (tree.lesson / name).read_text("utf-8").split("\n")
    return next(n for n, line in enumerate(lines, 1) if words in line)


# ---- one act a step --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "Bấm nút nguồn một cái rồi thả ngay.",
        "Tìm hình bánh răng trên màn hình rồi chạm một lần.",
        "Đặt ngón tay lên màn hình rồi vuốt lên một cái.",
        "Giơ máy ngay phía trên tờ giấy, giữ yên, rồi bấm nút chụp.",
        "Giữ phím Windows rồi bấm L.",
        "Đính kèm là gửi ảnh đi theo đơn. Bấm “Tải lên”, “Chọn tệp” hoặc chữ tương tự.",
        "Bấm “Bản thân” nếu làm cho mình. Bấm “Khai hộ” nếu làm giùm người khác.",
        "Bấm đường dẫn trong tin của trường, hoặc tự gõ địa chỉ ghi trên giấy.",
        "Gọi ngân hàng và nói: “Khoá tài khoản và thẻ giùm tôi”.",
        "Nói xong, bấm hình micro thêm một lần.",
        "Ghi số trang cạnh tên em. Bài có ba trang, em ghi 1/3, 2/3, 3/3.",
        "Bấm nút nộp rồi chờ. Lần sau bấm được nữa thì cứ bấm.",
        "Nói một câu: “Tắt máy, mở lại, rồi bấm gửi”.",
        "Nhìn thanh địa chỉ rồi đọc đến chữ cuối cùng.",
    ],
)
def test_what_is_one_act_at_most(text: str) -> None:
    assert acts.acts(text) <= 1


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Chạm vào ô tìm kiếm, gõ tên ứng dụng, rồi bấm tìm.", 3),
        ("Gõ tên đăng nhập, rồi gõ mật khẩu.", 2),
        ("Vào Cài đặt, mở mục thông báo.", 2),
        ("Bấm nút nộp rồi chờ. Máy hỏi lại thì chọn “Có”.", 2),
        ("Mở lại “Đăng ký tạm trú” và bấm vào yêu cầu đã gửi.", 2),
        ("Ba mẹ mở máy. Con cùng ba mẹ gõ mật khẩu.", 2),
        ("Bật chế độ máy bay. Sau đó tắt đi.", 2),
        ("Đang dùng Wi-Fi thì tắt Wi-Fi, bật 4G. Đang dùng 4G thì bật Wi-Fi.", 2),
    ],
)
def test_each_verb_of_doing_at_the_beginning_of_a_clause_is_an_act(text: str, count: int) -> None:
    assert acts.acts(text) == count


def test_a_step_with_two_acts_is_a_warning_at_its_heading(tree: Tree) -> None:
    assert codes(tree) == []
    tree.change("**Mục tiêu:** vào lớp.\n", "**Mục tiêu:** vào lớp.\n\nMở nhóm lớp. Bấm đường dẫn rồi chờ.\n")
    (found,) = [one for one in tree.load().warnings if one.code == "two-acts"]
    assert found.line == line_of(tree, "## Bấm đường dẫn") and "bảo làm 2 việc" in found.say


def test_only_the_task_of_a_step_is_counted(tree: Tree) -> None:
    tree.change("**Tìm:** chữ “Tham gia”.", "**Tìm:** chữ “Tham gia”. Mở nhóm lớp. Bấm đường dẫn.")
    tree.change("chờ một lúc.", "mở lại nhóm, bấm lại, rồi gõ tên.")
    assert codes(tree) == []


def test_many_acts_in_a_hostile_text_are_counted_soon() -> None:
    assert acts.acts("bấm, " * 20_000) == 20_000
    assert acts.acts("em " * 60_000) == 0
    assert acts.acts("“" * 60_000) == 0


# ---- conditional sentences -------------------------------------------------------------------------------


def test_the_marker_of_a_part_is_no_conditional_sentence(tree: Tree) -> None:
    page_text = (tree.lesson / "vi.md").read_text("utf-8")
    assert page_text.count("thì") > 2 and codes(tree) == []


def test_many_conditional_sentences_are_a_warning(tree: Tree) -> None:
    tree.change("chờ một lúc.", "chậm thì chờ.")
    assert codes(tree) == []
    tree.change("hỏi thầy cô.", "kẹt thì hỏi thầy cô.")
    (found,) = [one for one in tree.load().warnings if one.code == "thi-sentences"]
    assert "2 trong 8 câu" in found.say
    assert not conditionals.too_many(2, 24) and conditionals.too_many(3, 35)


# ---- questions -------------------------------------------------------------------------------------------

PLANTED = [
    ('prompt: "Bấm đường dẫn nào?"', 'prompt: "Từ ngày 1/7, bấm đường dẫn nào?"', "dated-question", "prompt:"),
    ('prompt: "Bấm đường dẫn nào?"', 'prompt: "Năm 2026 bấm đường dẫn nào?"', "dated-question", "prompt:"),
    ('text: "Của người lạ"', 'text: "Của người lạ, tháng 9/2025"', "dated-question", "{id: b"),
    ('text: "Của người lạ"', 'text: "Của thầy cô."', "options-alike", "{id: b"),
    ('text: "Của thầy cô"', 'text: "Của thầy cô chủ nhiệm gửi trong nhóm"', "short-distractor", "{id: b"),
    ('hints: ["Xem ai gửi."]', 'hints: ["Câu đầu tiên đó."]', "hint-tells", "hints:"),
    ('hints: ["Xem ai gửi."]', 'hints: ["Có hai câu đúng."]', "hint-tells", "hints:"),
    ('hints: ["Xem ai gửi."]', 'hints: ["Người dạy lớp là thầy cô."]', "hint-tells", "hints:"),
]


@pytest.mark.parametrize(("old", "new", "code", "at"), PLANTED)
def test_a_weak_point_of_a_checkpoint_is_found_at_its_line(tree: Tree, old: str, new: str, code: str, at: str) -> None:
    tree.change(old, new)
    found = [one for one in tree.load().warnings if one.code in check.CODES]
    assert [(one.code, one.line) for one in found] == [(code, line_of(tree, at))]


@pytest.mark.parametrize(
    "hint", ["Có hơn một câu đúng.", "Xem ai gửi tin.", "Người lạ có biết lớp mình không?", "Nhìn chữ cuối cùng."]
)
def test_a_hint_that_says_how_to_think_passes(tree: Tree, hint: str) -> None:
    tree.change("Xem ai gửi.", hint)
    assert codes(tree) == []


@pytest.mark.parametrize(
    "prompt", ["Ghi số trang 1/3 ở đâu?", "Ông sinh ngày 2/9/1955. Mã nào dễ đoán?", "Gõ 2026-11-27_ban-2 vào đâu?"]
)
def test_a_number_that_is_no_date_passes(tree: Tree, prompt: str) -> None:
    tree.change("Bấm đường dẫn nào?", prompt)
    assert codes(tree) == []


def quiz(right: list[int], *, options: int = 3, long: bool = False) -> str:
    """A quiz.yml whose right answers stand at these places."""
    lines = ["schema: 1", "questions:"]
    for n, place in enumerate(right, 1):
        lines += [
            f"  - id: q{n}",
            "    step: bam",
            "    kind: single",
            f'    prompt: "Việc {n} làm sao?"',
            "    options:",
        ]
        for at, letter in enumerate("abcdef"[:options]):
            text = f"Cách {letter} của việc {n}" + (" cho đúng" if long and at == place else "")
            mark = "correct: true" if at == place else 'say: "Chưa đúng."'
            lines.append(f'      - {{id: {letter}, text: "{text}", {mark}}}')
    return "\n".join(lines) + "\n"


def test_weak_points_of_a_quiz_are_found_in_its_file(tree: Tree) -> None:
    tree.write(quiz([0, 1, 2] * 4).replace("Việc 3 làm sao?", "Năm 2026, việc 3 làm sao?"), "quiz.yml")
    (found,) = [one for one in tree.load().warnings if one.code in check.CODES]
    assert (found.code, found.file) == ("dated-question", "content/lessons/thu/quiz.yml")
    assert found.line == line_of(tree, "2026", "quiz.yml")


def test_right_answers_at_one_place_are_a_warning(tree: Tree) -> None:
    tree.write(quiz([0, 1, 2] * 4), "quiz.yml")
    assert codes(tree) == []
    tree.write(quiz([1] * 8 + [0, 2, 0, 2]), "quiz.yml")
    assert codes(tree) == ["right-places"]


def test_a_right_answer_that_is_always_the_longest_is_a_warning(tree: Tree) -> None:
    tree.write(quiz([0, 1, 2] * 4, long=True), "quiz.yml")
    assert codes(tree) == ["longest-right"]


def test_right_answers_of_all_lessons_together() -> None:
    def asked(place: int) -> questions.Question:
        return {"kind": "single", "options": [{"text": "x", "correct": n == place} for n in range(4)]}

    even = questions.right_places(asked(n % 4) for n in range(40))
    assert even.found == (10, 10, 10, 10) and not even.uneven(check.BANK_OFF, check.BANK_LEAST)
    odd = questions.right_places(asked(0 if n < 20 else n % 4) for n in range(40))
    assert odd.uneven(check.BANK_OFF, check.BANK_LEAST) and str(odd) == "a: 25, b: 5, c: 5, d: 5"
    assert questions.right_places([]).found == ()


# ---- the real content ------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", sorted(check.CODES.union(AT_MOST)))
def test_the_real_lessons_hold_no_more_of_each_than_before(real_bank: LessonContent, code: str) -> None:
    found = [str(one) for one in real_bank.warnings if one.code == code]
    assert len(found) <= AT_MOST.get(code, 0), "\n".join(found)


def test_every_step_of_the_real_lessons_shows_a_picture(real_bank: LessonContent) -> None:
    htmls = {f"{one.id}#{step.id}": step.texts["vi"].html for one in real_bank.lessons for step in one.steps}
    assert [step for step, html in htmls.items() if "<figure" not in html and "<img" not in html] == []


def test_the_real_lessons_pass_the_strict_check(monkeypatch: pytest.MonkeyPatch, real_bank: LessonContent) -> None:
    monkeypatch.setattr(content, "read", lambda *_: real_bank)  # to read it takes three seconds
    done = CliRunner().invoke(group, ["check", "--strict", str(CONTENT)])
    assert done.exit_code == 0, done.output


GOAL = "**Mục tiêu:** vào lớp.\n"
STRICT = [
    (GOAL, f"{GOAL}\nNói tên lớp. Đọc to giờ học rồi nói tên em.\n"),
    (GOAL, f"{GOAL}\nBấm đường dẫn.\n"),
    ("chờ một lúc.", "chậm thì chờ. Kẹt thì hỏi."),
    *((old, new) for old, new, _, _ in PLANTED),
]


@pytest.mark.parametrize(("old", "new"), STRICT)
def test_the_strict_check_fails_on_what_is_planted(tree: Tree, old: str, new: str) -> None:
    def exits(*options: str) -> int:
        return CliRunner().invoke(group, ["check", *options, str(tree.root)]).exit_code

    assert exits("--strict") == 1 and exits() == 0  # without English
    tree.translate()
    assert exits("--strict") == 0
    tree.change(old, new)
    assert exits("--strict") == 1  # with an old translation
    tree.translate()
    assert exits("--strict") == 1 and exits() == 0


def test_the_report_begins_with_the_figures(tree: Tree) -> None:
    lines = figures.figures(tree.root, tree.load())
    assert lines[0] == "Bước có hình: 1 trong 2"
    assert "Câu có “thì” trong các bước: 0 trong 8 (0 %); bài có quá một phần 12: 0" in lines
    assert "Chỗ của câu đúng (câu single): a: 1, b: 0" in lines
    assert lines[-2] == "Bước có tiếng Anh: 0 trong 2, còn thiếu 2; bài đủ tiếng Anh: 0 trong 1"
    assert lines[-1] == "Câu hỏi của bài có tiếng Anh: 0 trong 0, còn thiếu 0"
    printed = CliRunner().invoke(group, ["report", str(tree.root)]).output
    assert printed.startswith(f"## Số liệu: {len(lines)}\n- {lines[0]}\n")


def test_figures_of_an_empty_folder_need_no_lesson(tmp_path: Path) -> None:
    folder = tmp_path / "content"
    folder.mkdir()
    bank = LessonContent((), (), (), {}, {}, (), ())
    assert figures.figures(folder, bank)[0] == "Bước có hình: 0 trong 0"


def test_the_lesson_that_other_tests_spoil_is_well_written(tree: Tree) -> None:
    assert "{#bam}" in LESSON and codes(tree) == []
