"""The files of the lesson bank: the real ones are sound, and what is wrong in a file is said with its line."""

import datetime as dt
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pytest

from tests.growth import calls
from tests.lessons.bank import CONTENT, SOME, copied
from tutoring.lessons.content import Fault, LessonContent, load, strict_yaml
from tutoring.lessons.content.markdown import split, steps
from tutoring.lessons.content.quiz_translations import digest
from tutoring.lessons.content.schema import STAFF_FROM, Hue
from tutoring.lessons.content.style import check
from tutoring.web.assets import HUES

REAL = "vao-lop-bang-duong-dan"
LESSON = """---
schema: 1
id: thu
version: 1
lang: vi
title: Bài thử
summary: Để thử bộ kiểm tra.
path: hoc
order: 10
level: 1
minutes: 5
audience: [hoc-sinh]
teaches: [hoc.thu]
requires: []
authors: ["Nhóm nội dung"]
as_of: 2026-11-24
sources: [{id: s1, publisher: "Báo Mẫu", title: "Bài mẫu"}]
media: [{id: m1, file: hinh.svg, alt: "Một hình vuông"}]
review: {by: "", every_days: 90}
---

## Mở nhóm lớp {#mo-nhom}

**Mục tiêu:** thấy tin nhắn.

**Tìm:** tên thầy cô.

![](media:m1)

**Làm đúng thì:** thấy giờ học.

**Nếu chưa được:** hỏi thầy cô.

```checkpoint
id: c1
kind: single
prompt: "Bấm đường dẫn nào?"
options:
  - {id: a, text: "Của thầy cô", correct: true}
  - {id: b, text: "Của người lạ", say: "Người lạ thì không bấm.", back_to: mo-nhom}
hints: ["Xem ai gửi."]
```
```mistakes
- {wrong: "Bấm nhiều lần", fix: "Bấm một lần rồi chờ."}
```
```stuck
ask: "Em không thấy nhóm lớp."
topic: hoc.thu
```

## Bấm đường dẫn {#bam}

**Mục tiêu:** vào lớp.

**Tìm:** chữ “Tham gia”.

**Làm đúng thì:** thấy lớp.

**Nếu chưa được:** chờ một lúc.
"""
ENGLISH = """---
schema: 1
translates: thu
lang: en
source_version: 1
source_hash: {mo-nhom: "HASH1", bam: "HASH2"}
title: A trial lesson
summary: To try the checks.
media: {m1: {alt: "A square"}}
---

## Open the class group {#mo-nhom}

**Goal:** see the message.

![](media:m1)

```checkpoint
id: c1
prompt: "Which link do you press?"
options:
  - {id: a, text: "The teacher's"}
  - {id: b, text: "A stranger's", say: "Never press a stranger's link."}
hints: ["See who sent it."]
```
```mistakes
- {wrong: "Pressing often", fix: "Press once and wait."}
```
```stuck
ask: "I cannot find the class group."
```

## Press the link {#bam}

**Goal:** be in class.
"""
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 320"><rect width="9" height="9"/></svg>'


class Tree:
    """A folder laid out like content/ with one lesson, to be spoiled."""

    def __init__(self, root: Path) -> None:
        self.root = root / "content"
        self.lesson = self.root / "lessons" / "thu"
        (self.lesson / "media").mkdir(parents=True)
        (self.root / "paths").mkdir()
        (self.root / "skills.yml").write_text(
            'schema: 1\nskills:\n  - {id: hoc.thu, kns: 2, name: {vi: "Thử", en: "Try"}}\n', "utf-8"
        )
        for order, path in enumerate(("hoc", "an-toan-so"), 1):
            (self.root / "paths" / f"{path}.yml").write_text(
                f'schema: 1\nid: {path}\norder: {order}\ntitle: {{vi: "Học"}}\nsummary: {{vi: "Để học."}}\n', "utf-8"
            )
        (self.lesson / "media" / "hinh.svg").write_text(SVG, "utf-8")
        self.write(LESSON)

    def write(self, text: str, name: str = "vi.md") -> None:
        (self.lesson / name).write_text(text, "utf-8")

    def change(self, old: str, new: str, name: str = "vi.md") -> None:
        text = (self.lesson / name).read_text("utf-8")
        assert old in text
        self.write(text.replace(old, new, 1), name)

    def translate(self, text: str = ENGLISH) -> None:
        _, body, before = split((self.lesson / "vi.md").read_text("utf-8"))
        first, second = steps(body, before)[0]
        self.write(text.replace("HASH1", first.digest).replace("HASH2", second.digest), "en.md")

    def load(self, today: dt.date | None = None) -> LessonContent:
        return load(self.root, today)

    def only_fault(self) -> Fault:
        faults = self.load().faults
        assert len(faults) == 1, [str(one) for one in faults]
        return faults[0]


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path)


QUIZ = """schema: 1
questions:
""" + "".join(
    f"""  - id: q{n}
    step: STEP
    kind: single
    prompt: "Câu {n}?"
    options:
      - {{id: a, text: "Đúng {n}", correct: true}}
      - {{id: b, text: "Sai {n}", say: "Chưa đúng."}}
      - {{id: c, text: "Sai nữa {n}", say: "Chưa đúng."}}
"""
    for n in range(1, 11)
)


def english_quiz(tree: Tree, most: int = 10) -> str:
    """Gives the lesson a quiz; returns an English file of it with its first questions."""
    step = re.search(r"\{#([a-z-]+)", (tree.lesson / "vi.md").read_text("utf-8"))
    tree.write(QUIZ.replace("STEP", step[1] if step else ""), "quiz.yml")
    pool = tree.load().lessons[0].quiz
    options = 'a: {text: "Right"}, b: {text: "Wrong", say: "Not so."}, c: {text: "Wrong too", say: "Not so."}'
    asked = (f'  {one["id"]}: {{source_hash: "{digest(one)}", prompt: "Q?", options: {{{options}}}}}\n' for one in pool)
    return "schema: 1\nquestions:\n" + "".join(list(asked)[:most])


def test_a_quiz_has_a_translation_by_language(tree: Tree) -> None:
    tree.write(english_quiz(tree), "quiz.en.yml")
    bank = tree.load()
    assert not bank.faults and not [one for one in bank.warnings if one.code.startswith("translation")]
    told = bank.lessons[0].quiz[0]["translations"]["en"]
    assert told["prompt"] == "Q?" and told["options"]["b"] == {"text": "Wrong", "say": "Not so."}


def test_questions_whose_translation_is_missing_or_old_stay_as_they_are(tree: Tree) -> None:
    tree.write(english_quiz(tree, 9), "quiz.en.yml")
    tree.change("Câu 1?", "Câu một?", "quiz.yml")
    bank = tree.load()
    codes = [
        (one.code, "q1”" in one.say, "q10”" in one.say) for one in bank.warnings if one.file.endswith("quiz.en.yml")
    ]
    assert sorted(codes) == [("translation-missing", False, True), ("translation-stale", True, False)]
    assert [bool(one["translations"]) for one in bank.lessons[0].quiz] == [False, *[True] * 8, False]


def test_a_translated_lesson_wants_a_translated_quiz(tree: Tree) -> None:
    english_quiz(tree)
    tree.translate()
    assert [one.code for one in tree.load().warnings if one.file.endswith("quiz.en.yml")] == ["translation-missing"]


def test_questions_changed_without_their_translations_do_not_keep_the_lesson_from_its_readers(tree: Tree) -> None:
    tree.write(english_quiz(tree).replace("  q2:", "  q77:", 1), "quiz.en.yml")
    tree.change("""      - {id: c, text: "Sai nữa 3", say: "Chưa đúng."}
""", """      - {id: c, text: "Sai nữa 3", say: "Chưa đúng."}
      - {id: d, text: "Sai cả", say: "Chưa đúng."}
""", "quiz.yml")  # fmt: skip
    bank = tree.load()
    assert not bank.faults
    found = [(one.code, one.say) for one in bank.warnings if one.file.endswith("quiz.en.yml")]
    assert [code for code, say in found if "q77" in say or "q3" in say] == ["translation-stale"] * 2
    assert [one["id"] for one in bank.lessons[0].quiz if not one["translations"]] == ["q2", "q3"]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (', c: {text: "Wrong too", say: "Not so."}', "", "blocks-differ"),
        (', say: "Not so."', "", "blocks-differ"),
        ('a: {text: "Right"}', 'a: {text: "Right", say: "Yes"}', "blocks-differ"),
        ('prompt: "Q?"', 'prompt: "Call 0912345678?"', "number"),
        ("schema: 1", "schema: 2", ""),
        ("questions:", "questions: [", "yaml"),
    ],
)
def test_a_translation_of_other_questions_is_a_fault(tree: Tree, old: str, new: str, code: str) -> None:
    text = english_quiz(tree)
    assert old in text
    tree.write(text.replace(old, new, 1), "quiz.en.yml")
    faults = [one.code for one in tree.load().faults if one.file.endswith("quiz.en.yml")]
    assert faults and (not code or code in faults)


# ---- the real content ------------------------------------------------------------------------------------


def test_the_real_content_has_no_faults_and_only_open_questions_as_warnings(real_bank: LessonContent) -> None:
    assert [str(one) for one in real_bank.faults] == []
    style = check.CODES  # test_style.py says how many of these there may be
    assert {one.code for one in real_bank.warnings} - style <= {"unreviewed", "unverified", "fact-unverified"}
    assert not real_bank.broken


BANK = {
    "lam-quen-thiet-bi": [
        "bat-may-lam-quen", "go-tieng-viet-co-dau", "ket-noi-wifi-4g", "xem-va-tiet-kiem-du-lieu",
        "cai-ung-dung-chinh-thuc", "mat-khau-khoa-man-hinh", "chup-giay-to-ro-net", "nhan-may-tang-may-muon",
    ],
    "hoc-truc-tuyen": [
        "vao-lop-bang-duong-dan", "mic-camera-gio-tay", "mat-tieng-mat-hinh-rot-mang", "he-thong-hoc-tap-cua-truong",
        "chup-va-nop-bai", "tim-tai-lieu-dang-tin", "nho-ban-dong-hanh",
    ],
    "cha-me-cung-con": [
        "goc-hoc-va-gio-hoc", "thoi-gian-man-hinh", "quan-ly-may-cua-con", "tai-khoan-con-duoi-16",
        "lien-lac-thay-co", "dong-hoc-phi-hoa-don",
    ],
    "an-toan-so": [
        "nhan-biet-lua-dao", "otp-khong-doc-cho-ai", "cong-va-ung-dung-gia", "lo-bam-link-la",
        "giu-thong-tin-cua-con", "bi-bat-nat-goi-111",
    ],
    "dich-vu-cong": [
        "vneid-muc-2", "dang-nhap-cong-quoc-gia", "doc-mot-thu-tuc", "nop-ho-so-dau-tien", "dang-ky-tam-tru",
        "tuyen-sinh-dau-cap", "the-bhyt-va-ly-lich-tu-phap", "nop-phi-truc-tuyen", "tra-cuu-bo-sung-ho-so",
    ],
    "nguoi-dong-hanh": ["huong-dan-khong-lam-thay", "dieu-phoi-khu-pho-dien-tu"],
    "can-bo-so": [
        "ky-nang-so-cho-can-bo", "an-toan-thong-tin-noi-lam-viec", "dung-he-thong-dung-chung",
        "tham-muu-chuyen-doi-so", "truyen-thong-de-hieu",
    ],
}  # fmt: skip


def test_the_forty_three_lessons_stand_in_their_paths_in_this_order(real_bank: LessonContent) -> None:
    found: dict[str, list[str]] = {path.id: [] for path in real_bank.paths}
    for lesson in real_bank.lessons:
        found[lesson.path].append(lesson.id)
    assert found == BANK and sum(map(len, found.values())) == 43
    assert all({"vi", "en"} <= set(one.texts) for one in real_bank.paths)
    assert all({"vi", "en"} <= set(one.names) for one in real_bank.skills)


def test_every_path_has_a_picture_and_a_hue_of_its_own_and_every_lesson_a_picture(real_bank: LessonContent) -> None:
    assert all(path.picture for path in real_bank.paths) and all(one.picture for one in real_bank.lessons)
    assert len({path.picture for path in real_bank.paths}) == len({path.hue for path in real_bank.paths}) == 7
    assert {path.hue for path in real_bank.paths} < set(HUES) == set(get_args(Hue))


def test_what_is_for_staff_stands_last_and_is_for_nobody_else(real_bank: LessonContent) -> None:
    staff = [path.id for path in real_bank.paths if path.order >= STAFF_FROM]
    assert staff == [real_bank.paths[-1].id] == ["can-bo-so"]
    for lesson in real_bank.lessons:
        if lesson.path in staff:
            assert "can-bo" in lesson.audience and set(lesson.audience) <= {"can-bo", "nguoi-huong-dan"}, lesson.id
            assert all(skill.startswith("can-bo.") for skill in lesson.teaches), lesson.id
        else:
            assert set(lesson.audience) != {"can-bo"}, lesson.id


def test_each_path_begins_in_english_too_and_safety_and_staff_are_english_throughout(real_bank: LessonContent) -> None:
    wanted = {lessons[0] for lessons in BANK.values()} | {*BANK["an-toan-so"], *BANK["can-bo-so"]}
    for lesson in real_bank.lessons:
        if lesson.id in wanted:
            assert all("en" in step.texts and not step.stale for step in lesson.steps), lesson.id


def test_every_step_says_its_four_parts_and_every_lesson_has_a_pool(real_bank: LessonContent) -> None:
    for lesson in real_bank.lessons:
        assert len(lesson.quiz) >= 10, lesson.id
        assert {one["step"] for one in lesson.quiz} <= {step.id for step in lesson.steps}
        for step in lesson.steps:
            html = step.texts["vi"].html
            assert all(f'class="step-{part}"' in html for part in ("goal", "find", "right", "else")), (
                lesson.id,
                step.id,
            )


def test_there_are_lessons_for_parent_and_child(real_bank: LessonContent) -> None:
    family = [one for one in real_bank.lessons if one.teach_back]
    assert len(family) >= 5
    assert all({"con", "ba-me"} <= {step.part for step in one.steps} for one in family)


def test_every_lesson_asks_answers_helps_and_shows(real_bank: LessonContent) -> None:
    for lesson in real_bank.lessons:
        blocks = [block for step in lesson.steps for block in step.texts["vi"].blocks]
        kinds = {block["type"] for block in blocks}
        assert {"checkpoint", "mistakes", "stuck"} <= kinds, lesson.id
        for block in blocks:
            if block["type"] == "checkpoint":
                assert block["hints"]
                if block["kind"] not in {"order", "type"}:
                    assert all(one["correct"] or one["say"] for one in block["options"]), (lesson.id, block["id"])
        assert lesson.media and all(one.alt["vi"] and one.bytes < 6000 for one in lesson.media), lesson.id


def test_lessons_say_when_nobody_else_has_read_them(real_bank: LessonContent) -> None:
    unread = {one.file for one in real_bank.warnings if one.code == "unreviewed"}
    assert unread == {f"content/lessons/{one.id}/vi.md" for one in real_bank.lessons if not one.review.by}


def test_a_lesson_for_residents_in_a_path_for_staff_is_pointed_at(tree: Tree) -> None:
    path = tree.root / "paths" / "hoc.yml"
    path.write_text(path.read_text("utf-8").replace("order: 1", f"order: {STAFF_FROM}"), "utf-8")
    assert [one.say for one in tree.load().warnings if one.code == "audience"] == [
        "lộ trình dành cho cán bộ: audience nên có can-bo"
    ]
    tree.change("audience: [hoc-sinh]", "audience: [hoc-sinh, can-bo]")
    assert "audience" not in {one.code for one in tree.load().warnings}


# ---- faults ----------------------------------------------------------------------------------------------

TWENTY = " ".join(["một hai ba bốn năm sáu bảy tám chín mười"] * 2)
LONG = f"{TWENTY} một hai ba."  # the words before it count too
SEEDED = [
    ("id: thu", "id: khac", "folder", "phải trùng tên thư mục"),
    ("level: 1", "level: 1\nmau: do", "extra-forbidden", "không có mục nào tên “mau”"),
    ("version: 1\n", "", "missing", "thiếu mục “version”"),
    ("version: 1\n", "version: 01\n", "int-type", "số nguyên"),
    ("{#bam}", "", "step-id", "chưa có mã"),
    ("{#bam}", "{#mo-nhom}", "step-id", "dùng hai lần"),
    ("{#bam}", "{#Bấm}", "step-id", "chữ thường không dấu"),
    ('"Của người lạ", say: "Người lạ thì không bấm.",', '"Của người lạ",', "feedback", "cần lời giải thích"),
    ("correct: true", "correct: false, say: Chưa đúng", "correct", "đúng một lựa chọn"),
    ("back_to: mo-nhom", "back_to: khong-co", "back-to", "không phải bước của bài này"),
    ('hints: ["Xem ai gửi."]', "hints: []", "too-short", "ít nhất 1 mục"),
    ("kind: single", "kind: doan-mo", "literal-error", "“kind” phải là"),
    ("```mistakes", "```sai-lam", "block-type", "không có khối “sai-lam”"),
    ("topic: hoc.thu", "topic: hoc.khac", "skill", "không có kỹ năng “hoc.khac”"),
    ("topic: hoc.thu", "topic: hoc.thu\nshare: [password]", "literal-error", "share"),
    ("teaches: [hoc.thu]", "teaches: [hoc.khac]", "skill", "không có kỹ năng"),
    ("requires: []", "requires: [khong-co]", "requires", "không có bài “khong-co”"),
    ("requires: []", "requires: [thu]", "cycle", "đi vòng"),
    ("path: hoc", "path: khac", "path", "không có lộ trình"),
    ("path: hoc", "picture: may-bay\npath: hoc", "picture-unknown", "không có hình “may-bay”"),
    ("every_days: 90", "every_days: 400", "less-than-equal", "lớn nhất là 365"),
    ('by: ""', 'by: "Nhóm nội dung", on: 2026-11-01', "reviewer", "không được là người viết"),
    ('by: ""', 'by: "Người khác"', "review", "ghi ngày duyệt"),
    (', alt: "Một hình vuông"', "", "alt", "cần lời tả"),
    ("file: hinh.svg", "file: khac.svg", "media-missing", "không có tệp media/khac.svg"),
    ("![](media:m1)", "Xem hình.", "media-unused", "không bước nào dùng"),
    ("![](media:m1)", "![](https://la.example/a.png)", "picture", "media:mã"),
    ("chờ một lúc.", LONG, "long-sentence", "câu dài 26 tiếng"),
    ("chờ một lúc.", "hỏi ở quận.", "old-word", "không còn quận"),
    ("chờ một lúc.", "đem sổ hộ khẩu.", "old-word", "không còn sổ hộ khẩu"),
    ("chờ một lúc.", "click vào đó.", "old-word", "viết “bấm”"),
    ("chờ một lúc.", "vào vneid-gov.gov.vn.", "host", "không nằm trong danh sách"),
    ("chờ một lúc.", "nộp 8.000 đồng.", "number", "số tiền"),
    ("chờ một lúc.", "gọi 1800 1096.", "number", "số điện thoại"),
    ("chờ một lúc.", "gõ 001201234567.", "number", "12 chữ số"),
    ("chờ một lúc.", "gọi {fact:khong-co}.", "fact", "facts.yml không có"),
    ("chờ một lúc.", "[bấm đây](http://la.example/).", "link", "không dẫn tới"),
    ("{id: s1, publisher:", '{id: s1, url: "http://la.example", publisher:', "link", "https://"),
    ("wrong: \"Bấm nhiều lần\",", 'wrong: "Bấm nhiều lần", danger: co,', "bool-type", "true hoặc false"),
    ("id: c1\n", "id: c1\nid: c1\n", "yaml", "viết hai lần"),
    ("## Mở nhóm lớp", "Chữ thừa.\n\n## Mở nhóm lớp", "stray-text", "trước bước đầu tiên"),
    ("chờ một lúc.", "chờ.\n\n# Xong", "heading", "đề mục nhỏ"),
    ("chờ một lúc.", "xem ![](media:m1).", "picture", "đứng riêng một dòng"),
    ("summary: Để thử", "summary: Chỉ 5.000 đồng để thử", "number", "số tiền"),
    ('fix: "Bấm một lần rồi chờ."', 'fix: "Chờ.", see: khong-co', "see", "không có bài “khong-co”"),
    ("{id: b,", "{id: a,", "option-id", "trùng id"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "code", "says"), SEEDED)
def test_a_seeded_fault_is_named_with_its_line(tree: Tree, old: str, new: str, code: str, says: str) -> None:
    assert tree.load().faults == ()
    tree.change(old, new)
    bank = tree.load()
    found = [one for one in bank.faults if one.code == code]
    assert found, [str(one) for one in bank.faults]
    assert says in found[0].say
    assert str(found[0]).startswith(f"content/lessons/thu/vi.md:{found[0].line}: ")
    assert bank.lessons == () and bank.broken == {"thu"}


def test_the_line_is_the_line_of_the_file(tree: Tree) -> None:
    for old, new in (
        ("chờ một lúc.", "hỏi ở quận."),
        ("topic: hoc.thu", "topic: 5"),
        ("topic: hoc.thu", "topic: hoc.khac"),
        ("back_to: mo-nhom", "back_to: khong-co"),
        ("level: 1", "level: 9"),
        ('by: ""', 'by: "Nhóm nội dung", on: 2026-11-01'),
        ("summary: Để thử", "summary: Để thử 5.000 đồng"),
    ):
        tree.write(LESSON)
        tree.change(old, new)
        expected = (tree.lesson / "vi.md").read_text("utf-8").split("\n").index(
            next(line for line in LESSON.split("\n") if old in line).replace(old, new)
        ) + 1  # fmt: skip
        assert tree.only_fault().line == expected


def test_too_few_and_too_many_steps(tree: Tree) -> None:
    tree.write(LESSON[: LESSON.index("## Bấm đường dẫn")])
    assert tree.only_fault().code == "step-count"
    tree.write(LESSON + "".join(f"\n## Bước {n} {{#buoc-{n}}}\n\nChờ.\n" for n in range(15)))
    assert tree.only_fault().code == "step-count"


def test_a_lesson_must_ask_something(tree: Tree) -> None:
    start = LESSON.index("```checkpoint")
    tree.write(LESSON[:start] + LESSON[LESSON.index("```mistakes") :])
    assert tree.only_fault().code == "no-checkpoint"


@pytest.mark.parametrize(
    "spoiled",
    [
        SVG.replace("<rect", "<script>alert(1)</script><rect"),
        SVG.replace("<rect", '<rect onload="alert(1)"'),
        SVG.replace("<rect", '<use href="https://la.example/a.svg#b"/><rect'),
        SVG.replace("<rect", "<foreignObject/><rect"),
        "<!DOCTYPE svg>" + SVG,
        SVG.replace(' viewBox="0 0 320 320"', ""),
        SVG[:-6],
        SVG + "<!--" + "x" * 7000 + "-->",
    ],
)
def test_a_drawing_must_be_light_sound_and_unable_to_run_anything(tree: Tree, spoiled: str) -> None:
    (tree.lesson / "media" / "hinh.svg").write_text(spoiled, "utf-8")
    assert tree.only_fault().code in {"svg-unsafe", "svg-broken", "media-heavy"}


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"\xff\xfe", "encoding"),
        (LESSON.replace("Chờ", "Ch\u200bờ").replace("chờ một", "ch\u202eờ một").encode(), "odd-character"),
        (b"x" * 300_000, "too-big"),
        (b"khong co phan dau", "layout"),
        (LESSON.replace("[hoc-sinh]", "[" * 5000).encode(), "yaml"),
        (LESSON.replace("level: 1", "level: [1").encode(), "yaml"),
        (LESSON.replace("id: thu", "id: &a thu").replace("path: hoc", "path: *a").encode(), "yaml"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_fault(tree: Tree, raw: bytes, code: str) -> None:
    (tree.lesson / "vi.md").write_bytes(raw)
    assert tree.only_fault().code == code


def test_faults_of_the_small_files(tree: Tree) -> None:
    (tree.root / "paths" / "hoc.yml").write_text("schema: 1\nid: hoc\n", "utf-8")
    (tree.root / "synonyms.yml").write_text('schema: 1\nsynonyms: {"mk": "mật khẩu"}\n', "utf-8")
    files = {one.file for one in tree.load().faults}
    assert {"content/paths/hoc.yml", "content/synonyms.yml"} <= files


def test_a_synonym_that_no_search_can_match_is_a_fault(tree: Tree) -> None:
    file = tree.root / "synonyms.yml"
    file.write_text('schema: 1\nsynonyms:\n  "một hai ba bốn năm sáu": ["số"]\n', "utf-8")
    assert tree.load().faults == ()
    file.write_text('schema: 1\nsynonyms:\n  "mk": ["số"]\n  "một hai ba bốn năm sáu bảy": ["số"]\n', "utf-8")
    fault = tree.only_fault()
    assert (fault.code, fault.line) == ("synonym", 4) and "hơn 6 tiếng" in fault.say


def test_paths_and_lessons_have_pictures_of_the_list(tree: Tree) -> None:
    path = tree.root / "paths" / "hoc.yml"
    path.write_text(path.read_text("utf-8") + "picture: laptop\nhue: plum\n", "utf-8")
    assert "không có hình “laptop”" in str(tree.only_fault())
    (tree.root / "pictures.txt").write_text("# những hình được chọn\nlaptop\nlink  # đường dẫn\n", "utf-8")
    tree.change("path: hoc", "picture: link\npath: hoc")
    bank = tree.load()
    assert bank.faults == () and bank.lessons[0].picture == "link"
    assert [(one.picture, one.hue) for one in bank.paths] == [("laptop", "plum"), ("", "")]
    path.write_text(path.read_text("utf-8").replace("plum", "pink"), "utf-8")
    assert "hue" in str(tree.load().faults)


def test_a_missing_folder_is_a_fault_and_not_a_crash(tmp_path: Path) -> None:
    bank = load(tmp_path / "content")
    assert bank.lessons == () and "thiếu tệp này" in str(bank.faults[0])


def test_a_fact_stands_in_a_step_with_its_date_and_nowhere_else(tree: Tree) -> None:
    (tree.root / "facts.yml").write_text(
        'schema: 1\nfacts:\n  so: {value: {vi: "09 số", en: "09 number"}, source: "Sổ tay", as_of: 2026-11-24}\n',
        "utf-8",
    )
    tree.change("chờ một lúc.", "gọi {fact:so}.")
    tree.translate(ENGLISH.replace("be in class.", "call {fact:so}."))
    step = tree.load().lessons[0].steps[1]
    assert "gọi 09 số." in step.text("vi").html and "Sổ tay" in step.text("vi").html
    assert "24/11/2026" in step.text("vi").html and "call 09 number." in step.text("en").html
    tree.change("summary: Để thử", "summary: Gọi {fact:so} để thử")
    assert (tree.only_fault().code, tree.only_fault().line) == ("fact", 7)


def test_everything_the_format_knows_is_accepted(tree: Tree) -> None:
    tree.change("sources: [", "sources: [{id: s2, title: A, url: https://dichvucong.gov.vn/, checked: 2026-01-10}, ")
    tree.change('by: ""', 'by: "nguoi-duyet-2", on: 2026-01-12')
    tree.change('alt: "Một hình vuông"', 'alt: "Một hình vuông", shot_of: sim:khai-sinh/receipt, licence: CC-BY-4.0')
    tree.change("topic: hoc.thu", "topic: hoc.thu\nshare: [lesson, step, attempts, sim_screen]\nescalate_to: chi-doan")
    tree.change("chờ một lúc.", "chờ.\n\n```sim\nscenario: khai-sinh\nstart: track\ngoal: seen_supplement\n```\n")
    bank = tree.load()
    assert [str(one) for one in bank.faults] == []
    assert [block["type"] for block in bank.lessons[0].steps[1].texts["vi"].blocks] == ["sim"]


# ---- warnings --------------------------------------------------------------------------------------------


def test_what_is_a_warning_and_no_fault(tree: Tree) -> None:
    tree.change(
        'review: {by: "", every_days: 90}', 'unverified: [{step: bam, what: "Chữ trên nút"}]\nreview: {every_days: 90}'
    )
    tree.change("chờ một lúc.", f"{TWENTY}.")
    tree.change("**Tìm:** chữ “Tham gia”.\n", "")
    bank = tree.load()
    assert bank.faults == ()
    said = {one.code: one.say for one in bank.warnings}
    assert said["unreviewed"] == "chưa có người thứ hai duyệt"
    assert "Chữ trên nút" in said["unverified"]
    assert "23 tiếng" in said["long-sentence"]
    assert "“Tìm:”" in said["step-parts"]
    assert bank.lessons[0].unverified == ({"step": "bam", "what": "Chữ trên nút"},)


def test_a_review_comes_due_on_the_day_that_is_given(tree: Tree) -> None:
    lesson = tree.load().lessons[0]
    assert lesson.review.due == dt.date(2026, 11, 24) + dt.timedelta(days=90)
    codes: Callable[[dt.date], set[str]] = lambda day: {one.code for one in tree.load(day).warnings}  # noqa: E731
    assert "overdue" not in codes(lesson.review.due)
    assert "overdue" in codes(lesson.review.due + dt.timedelta(days=1))
    assert tree.load(dt.date(2026, 11, 1)).faults[0].code == "future"


# ---- YAML that means what was typed ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [
        "001201234567",
        "0312345670",
        "9:30",
        "8.000",
        "1_000",
        "0x1F",
        "0o17",
        "1e3",
        ".5",
        "no",
        "on",
        "Yes",
        "True",
        "+5",
    ],
)
def test_numbers_of_people_times_fees_and_words_stay_text(typed: str) -> None:
    assert strict_yaml.parse(f"a: {typed}").data == {"a": typed}


def test_plain_values_and_refused_ones() -> None:
    assert strict_yaml.parse("a: [true, false, 0, 12, -3]").data == {"a": [True, False, 0, 12, -3]}
    for text in (
        "a: 1\na: 2",
        "a: &x 1\nb: *x",
        "? [a]\n: 1",
        "a: {b: 1, b: 2}",
        "a: [",
        "a: 1\n--- \nb: 2",
        "!!python/object:os.system a",
    ):
        with pytest.raises(strict_yaml.YamlFault):
            strict_yaml.parse(text)


def test_a_merge_key_is_only_a_word() -> None:
    assert strict_yaml.parse("a: {<<: {b: 1}}").data == {"a": {"<<": {"b": 1}}}


# ---- nothing in a lesson runs ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        "<!-- <b> -->",
        "[bấm](javascript:alert(1))",
        "<javascript:alert(1)>",
        "[bấm](data:text/html;base64,PHNjcmlwdD4=)",
        "`<script>` &lt;script&gt;",
    ],
)
def test_html_and_scripts_become_plain_words(tree: Tree, typed: str) -> None:
    tree.change("chờ một lúc.", typed)
    bank = tree.load()
    assert {one.code for one in bank.faults} <= {"link"}
    for lesson in bank.lessons:
        html = lesson.steps[1].texts["vi"].html
        assert "<script" not in html and "<img" not in html and "<!--" not in html and "href" not in html


def test_texts_of_blocks_are_handed_on_as_they_are_for_the_page_to_escape(tree: Tree) -> None:
    tree.change("Bấm một lần rồi chờ.", "<b>Chờ</b>")
    items = tree.load().lessons[0].steps[0].texts["vi"].blocks[1]["items"]
    assert items[0]["fix"] == "<b>Chờ</b>"


def test_a_known_link_stays_and_leads_nowhere_else(tree: Tree) -> None:
    tree.change("chờ một lúc.", "mở [cổng](https://dichvucong.gov.vn/).")
    html = tree.load().lessons[0].steps[1].texts["vi"].html
    assert '<a href="https://dichvucong.gov.vn/" rel="noopener">cổng</a>' in html


# ---- translations ----------------------------------------------------------------------------------------


def test_a_translation_holds_the_same_blocks_with_other_words(tree: Tree) -> None:
    tree.translate()
    bank = tree.load()
    assert bank.faults == ()
    lesson = bank.lessons[0]
    text = lesson.steps[0].text("en")
    assert (text.title, text.lang, text.fallback) == ("Open the class group", "en", False)
    assert lesson.texts["en"].title == "A trial lesson"
    source, translated = lesson.steps[0].texts["vi"].blocks, text.blocks
    assert [one["type"] for one in translated] == [one["type"] for one in source]
    assert [one["correct"] for one in translated[0]["options"]] == [True, False]
    assert translated[0]["options"][1]["back_to"] == "mo-nhom"
    assert translated[0]["prompt"] == "Which link do you press?"
    assert translated[2]["topic"] == "hoc.thu"
    assert 'alt="A square"' in text.html


def test_editing_one_step_makes_that_step_alone_stale(tree: Tree) -> None:
    tree.translate()
    tree.change("chờ một lúc.", "chờ thêm một lúc.")
    bank = tree.load()
    first, second = bank.lessons[0].steps
    assert first.text("en").lang == "en" and not first.stale
    assert second.text("en").lang == "vi" and second.text("en").fallback and second.stale == {"en"}
    assert not second.text("vi").fallback
    said = [one for one in bank.warnings if one.code == "stale"]
    assert len(said) == 1 and "bam" in said[0].say and second.source_hash in said[0].say


def test_blanks_and_line_ends_do_not_make_a_translation_stale(tree: Tree) -> None:
    tree.translate()
    tree.write(LESSON.replace("\n\n", "\n\n\n").replace("\n", "\r\n"))
    assert [one.code for one in tree.load().warnings if one.code == "stale"] == []


def test_a_missing_step_falls_back_to_vietnamese(tree: Tree) -> None:
    tree.translate(ENGLISH[: ENGLISH.index("## Press the link")])
    bank = tree.load()
    assert bank.faults == ()
    assert bank.lessons[0].steps[1].text("en").fallback
    assert "missing" in {one.code for one in bank.warnings}


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("{id: b,", "{id: z,", "blocks-differ"),
        ("```stuck", "```mistakes", "blocks-differ"),
        ('{id: a, text: "The teacher\'s"}', '{id: a, text: "The teacher\'s", correct: false}', "blocks-differ"),
        ("translates: thu", "translates: khac", "folder"),
        ("lang: en", "lang: fr", "language"),
        ('media: {m1: {alt: "A square"}}', "media: {}", "alt"),
        ("title: A trial lesson\n", "", "missing"),
        ('hints: ["See who sent it."]\n', "", "blocks-differ"),
        ('hints: ["See who sent it."]', "hints: []", "too-short"),
        ('- {wrong: "Pressing often", fix: "Press once and wait."}', "- once", "blocks-differ"),
        ("**Goal:** be in class.", "**Goal:** call 1022.", "number"),
    ],
)
def test_a_translation_that_does_not_fit_is_a_fault(tree: Tree, old: str, new: str, code: str) -> None:
    tree.translate()
    tree.change(old, new, "en.md")
    faults = tree.load().faults
    assert code in {one.code for one in faults}, [str(one) for one in faults]
    assert all(one.file == "content/lessons/thu/en.md" and "\n" not in str(one) for one in faults)


def test_the_word_lint_is_for_vietnamese_only(tree: Tree) -> None:
    tree.translate()
    tree.change("**Goal:** be in class.", "**Goal:** click to be in class.", "en.md")
    assert tree.load().faults == ()


# ---- pure and fast ---------------------------------------------------------------------------------------


def test_the_same_files_give_the_same_bank_wherever_they_lie(tmp_path: Path, real_bank: LessonContent) -> None:
    moved = load(copied(tmp_path / "content"))
    of_path = [one for one in real_bank.lessons if one.path == SOME]
    assert [one.content_hash for one in moved.lessons] == [one.content_hash for one in of_path] and len(of_path) > 3
    files = {f"content/lessons/{one.id}/vi.md" for one in of_path}
    assert {one for one in moved.warnings if one.file in files} == {
        one for one in real_bank.warnings if one.file in files
    }


def test_any_change_that_is_shown_changes_the_hash(tree: Tree) -> None:
    hashes = {tree.load().lessons[0].content_hash}
    for old, new in (("Bài thử", "Bài mới"), ("Của thầy cô", "Của cô giáo"), ("minutes: 5", "minutes: 6")):
        tree.change(old, new)
        hashes.add(tree.load().lessons[0].content_hash)
    (tree.lesson / "media" / "hinh.svg").write_text(SVG.replace('"9"', '"8"'), "utf-8")
    hashes.add(tree.load().lessons[0].content_hash)
    assert len(hashes) == 5


def test_loading_needs_no_web_and_no_database() -> None:
    code = "import sys, tutoring.lessons.content as c; sys.exit(bool({'flask', 'sqlalchemy'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], cwd=CONTENT.parent, check=False).returncode == 0


def test_every_lesson_costs_the_load_the_same(tree: Tree) -> None:
    """How many seconds the whole bank takes is measured by benchmarks/bench_content.py."""

    def cost(count: int) -> int:
        for number in range(count):
            folder = tree.lesson.with_name(f"thu-{number}")
            shutil.copytree(tree.lesson, folder, dirs_exist_ok=True)
            text = LESSON.replace("id: thu\n", f"id: thu-{number}\n").replace("order: 10\n", f"order: {100 + number}\n")
            (folder / "vi.md").write_text(text, "utf-8")
        assert len(tree.load().lessons) == count + 1
        return calls(tree.load)

    few, more, most = cost(2), cost(12), cost(22)
    assert most - more < 1.1 * (more - few)


def test_readers_see_other_words_than_the_markers_of_the_file(tree: Tree) -> None:
    tree.translate(ENGLISH.replace("**Goal:** be in class.", "**Goal:** be in class.\n\n**Right when:** you see it."))
    first, second = tree.load().lessons[0].steps
    assert "<strong>Làm đúng thì thấy:</strong> giờ học." in first.texts["vi"].html
    assert '<p class="step-else"><strong>Nếu chưa được:</strong> hỏi thầy cô.</p>' in first.texts["vi"].html
    assert '<p class="step-right"><strong>It worked if:</strong> you see it.</p>' in second.texts["en"].html
