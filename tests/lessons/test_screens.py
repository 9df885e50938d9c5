"""Pictures of screens: what a description draws, what is refused with its line, and where they are shown."""

import re
from collections.abc import Callable
from html import unescape
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from markupsafe import Markup

from tests.lessons import bank as banks
from tests.lessons.bank import CONTENT
from tests.lessons.test_content import Tree
from tests.lessons.test_content import tree as tree
from tutoring.cli import content
from tutoring.cli.content import group
from tutoring.config import ROOT
from tutoring.lessons.catalogue.media import SHEET, pictured
from tutoring.lessons.catalogue.sentence_markup import marked
from tutoring.lessons.content import LessonContent, strict_yaml
from tutoring.lessons.content.screens.drawing import Words, described, drawn
from tutoring.lessons.content.screens.gallery import figures
from tutoring.lessons.content.screens.outline import outline
from tutoring.lessons.content.screens.schema import ICONS, Screen
from tutoring.lessons.pictures.preview_picture import PixelBrush
from tutoring.web import visitor_cache

LINK = re.compile(r'<link rel="stylesheet" href="/static/lessons/screens\.css\?v=[0-9a-f]{6}">')
As = Callable[[str], FlaskClient]
WIFI = """name: Cài đặt, mục Wi-Fi
parts:
  - bar: {text: "Wi-Fi", back: true}
  - row: {text: "**Dùng Wi-Fi**", end: true, mark: "tap 1"}
  - row: {icon: wifi, text: "Nhà Mẫu", note: "Chạm để kết nối", end: lock, mark: "tap 2"}
  - row: {text: "Mạng lạ", mark: "avoid"}
"""
FIND = "**Tìm:** tên thầy cô.\n"


def screen(text: str) -> Screen:
    return Screen.model_validate(strict_yaml.parse(text).data)


def block(text: str) -> str:
    return f"```screen\n{text.strip()}\n```\n\n"


def test_a_description_becomes_one_picture_with_its_words_in_order() -> None:
    html = drawn([screen(WIFI)], Words("vi", {}))
    assert html.count("<figure") == 1 and html.count('role="img"') == 1
    label = re.search(r'aria-label="([^"]*)"', html)
    assert label and label[1] == (
        "Màn hình “Cài đặt, mục Wi-Fi”. 1. Chạm: Dùng Wi-Fi. 2. Chạm: Nhà Mẫu. Đừng chạm: Mạng lạ."
    )
    assert "<b>Dùng Wi-Fi</b>" in html and 's-switch s-on"' in html and 'i-lock"' in html
    assert html.count('<span class="s-mark">') == 3
    assert not re.search(r"<(a|button|input|script|style|img|svg)\b|style=|on\w+=|https?:", html)


def test_words_of_a_description_are_shown_as_words() -> None:
    html = drawn([screen(WIFI.replace("Nhà Mẫu", '<script>x</script> & “a\\"b”'))], Words("vi", {}))
    assert "&lt;script&gt;" in html and "<script" not in html and 'a"b”"' not in html


def test_the_author_may_write_the_description_and_a_scene_says_what_it_shows() -> None:
    assert described(screen(WIFI + 'alt: "Mục Wi-Fi đang bật."\n'), Words("vi", {})) == "Mục Wi-Fi đang bật."
    tiles = '[{icon: card, text: "thẻ"}, {icon: mobile, text: "máy"}]'
    scene = f"name: Hai thứ cần có\nframe: card\nparts:\n  - apps: {tiles}\n"
    assert described(screen(scene), Words("vi", {})) == "Hai thứ cần có: thẻ; máy."
    paper = '{text: "Tờ giấy", lines: [["Nói được", "…"], ["Số nhà.", "giữ kín"]]}'
    scene = f"name: Tờ giấy\nframe: card\nparts:\n  - paper: {paper}\n"
    assert described(screen(scene), Words("vi", {})) == "Tờ giấy: Nói được; Số nhà; giữ kín."


def test_a_mark_may_stand_on_what_is_pressed_at_the_end_of_a_line() -> None:
    line = 'name: Nộp giấy\nparts:\n  - row: {text: "Giấy khai sinh", end: %s, mark: "tap 1", on_end: true}\n'
    words = Words("vi", {})
    assert described(screen(line % '"Chọn tệp"'), words) == "Màn hình “Nộp giấy”. 1. Chạm: Chọn tệp, Giấy khai sinh."
    assert described(screen(line % "more"), words) == "Màn hình “Nộp giấy”. 1. Chạm: dấu ba chấm, Giấy khai sinh."
    html = drawn([screen(line % '"Chọn tệp"')], words)
    assert '<div class="s-row">' in html and '<div class="s-end m m-tap"><small>Chọn tệp</small>' in html
    for nothing in ("true", "next"):
        with pytest.raises(ValueError, match="on_end"):
            screen(line % nothing)


def test_what_is_looked_at_is_said_with_its_value() -> None:
    row = 'row: {text: "Lệ phí", note: "mỗi lần", end: "có ghi số", mark: "look 1"}'
    field = 'field: {text: "Hạn", value: "thứ Sáu", mark: "look 2"}'
    parts = f"name: Hồ sơ\nparts:\n  - {row}\n  - {field}\n"
    said = described(screen(parts), Words("vi", {}))
    assert said == "Màn hình “Hồ sơ”. 1. Nhìn: Lệ phí, mỗi lần, có ghi số. 2. Nhìn: Hạn, thứ Sáu."


def test_labels_are_in_the_language_of_the_lesson_and_missing_ones_are_named() -> None:
    words = Words("en", {"**Dùng Wi-Fi**": "**Use Wi-Fi**", "Wi-Fi": "Wi-Fi", "Mạng lạ": "Unknown network"})
    html = drawn([screen(WIFI)], words)
    assert "Tap: Use Wi-Fi." in html and "Don’t tap: Unknown network." in html
    assert words.missing == {"Cài đặt, mục Wi-Fi", "Nhà Mẫu", "Chạm để kết nối"}


def test_two_pictures_at_one_place_are_a_choice() -> None:
    html = drawn([screen(WIFI), screen(WIFI)], Words("vi", {}))
    assert html.startswith("<p>Máy của bạn giống hình nào?</p>") and html.count("<figure") == 2


@pytest.mark.parametrize(
    ("old", "new", "code", "line", "say"),
    [
        ("parts:", "phan:", "missing", 2, "thiếu mục “parts”"),
        ("icon: wifi", "icon: wiffi", "icon", 6, "không có hình nhỏ “wiffi”"),
        ("row: {text: \"Mạng lạ\"", "dong: {text: \"Mạng lạ\"", "extra-forbidden", 7, "không có mục nào tên"),
        ('mark: "tap 2"', 'mark: "tap 3"', "screen-marks", 2, "theo thứ tự"),
        ('mark: "avoid"', 'mark: "bam"', "string-pattern-mismatch", 7, "viết sai mẫu"),
        ("**Dùng Wi-Fi**", "**Dùng Wi-Fi", "screen-words", 2, "chưa đóng"),
        ("Mạng lạ", "vneid-capnhat.com", "screen-host", 2, "đuôi .example"),
        ("Mạng lạ", "thuế.gov.vn lạ tax-lua.gov.vn", "host", 7, "không nằm trong danh sách"),
        ("Mạng lạ", "0912 345 678", "number", 7, "số điện thoại"),
        ("end: true", "end: 3", "type", 5, "end"),
    ],
)  # fmt: skip
def test_a_fault_is_said_with_its_line(tree: Tree, old: str, new: str, code: str, line: int, say: str) -> None:
    assert old in WIFI
    tree.change(FIND, block(WIFI.replace(old, new)) + FIND)
    text = (tree.root / "lessons" / "thu" / "vi.md").read_text("utf-8")
    before = text[: text.index("```screen")].count("\n")
    found = [one for one in tree.load().faults if say in one.say]
    assert [one.line - before for one in found[:1]] == [line], tree.load().faults
    assert code in found[0].code


def test_a_picture_stands_before_the_part_that_follows_it_and_no_translation_gets_old(tree: Tree) -> None:
    plain = tree.load().lessons[0].steps[0]
    tree.change(FIND, block(WIFI) + FIND)
    step = tree.load().lessons[0].steps[0]
    html = step.texts["vi"].html
    assert html.index('<figure class="screen">') < html.index("step-find") and html.index("step-goal") < html.index(
        "<fig"
    )
    assert step.source_hash == plain.source_hash
    assert step.texts["vi"].plain == plain.texts["vi"].plain  # the search does not find words of pictures


def test_a_step_that_tells_to_touch_needs_a_picture(tree: Tree) -> None:
    tree.change("![](media:m1)\n\n", "")
    tree.change('media: [{id: m1, file: hinh.svg, alt: "Một hình vuông"}]\n', "")
    tree.change(FIND, "Bấm vào nhóm lớp.\n\n" + FIND)
    lacking = [one.say for one in tree.load().warnings if one.code == "no-screen"]
    assert any("Mở nhóm lớp" in say for say in lacking)
    tree.change(FIND, block(WIFI) + FIND)
    assert not any("Mở nhóm lớp" in one.say for one in tree.load().warnings if one.code == "no-screen")


def test_the_sheet_draws_every_icon_and_every_part() -> None:
    css = (ROOT / "static" / SHEET).read_text("utf-8")
    assert {name for name in ICONS if f".i-{name} {{" not in css} == set()
    assert not re.search(r"#[0-9a-f]{3,8}\b|rgb\(", re.sub(r'url\("[^"]*"\)', "", css))


def test_every_picture_of_the_bank_is_marked_up_whole_and_leaves_sentences_alone(real_bank: LessonContent) -> None:
    pictures = [
        (text.html, one) for lesson in real_bank.lessons for step in lesson.steps
        for text in step.texts.values() for one in figures(text.html)
    ]  # fmt: skip
    assert len(pictures) > 150
    for html, one in pictures:
        for tag in ("div", "span", "figure", "i", "b", "small"):
            assert len(re.findall(rf"<{tag}[ >]", one)) == one.count(f"</{tag}>"), one
        assert one in marked(html)[0]


def test_a_page_links_the_sheet_once_and_only_before_a_picture() -> None:
    assert pictured("<p>a</p>") == "<p>a</p>"
    html = pictured(Markup('<figure class="screen"></figure>'))  # as templates have it
    assert len(LINK.findall(html)) == 1
    html = pictured('<p>a</p><figure class="screen"></figure><figure class="screen"></figure>')
    assert len(LINK.findall(html)) == 1 and html.index("<p>a</p>") < html.index("<link")


def test_a_step_its_handout_and_what_a_device_saves_have_the_picture_and_its_sheet(
    client: FlaskClient,
) -> None:
    banks.put_back()
    visitor_cache.forget()
    step = client.get("/lessons/ket-noi-wifi-4g/2").text
    assert LINK.search(step) and "Máy của bạn giống hình nào?" in step and step.count('<figure class="screen">') == 2
    assert LINK.search(client.get("/lessons/ket-noi-wifi-4g/2?part=step").text)
    assert client.get("/lessons/ket-noi-wifi-4g/print").text.count('<figure class="screen">') >= 7
    saved = client.get("/lessons/ket-noi-wifi-4g/keep.json").json
    assert saved and [one for one in saved["assets"] if one.startswith("/static/lessons/screens.css?v=")]


def test_the_gallery_holds_every_picture_without_another_file(
    tmp_path: Path, real_bank: LessonContent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(content, "read", {CONTENT: real_bank}.__getitem__)  # to read it takes three seconds
    out = tmp_path / "hinh.html"
    said = CliRunner().invoke(group, ["gallery", str(out), "--content", str(CONTENT)])
    html = out.read_text("utf-8")
    count = sum(len(figures(step.texts["vi"].html)) for lesson in real_bank.lessons for step in lesson.steps)
    assert said.exit_code == 0 and f"{count} pictures" in said.output
    assert len(figures(html)) == count and not re.search(r'(src|href)="', html)


def test_editors_see_the_pictures_of_a_path_with_their_words(as_: As) -> None:
    banks.put_back()
    page = as_("hang").get("/writing/screens?path=hoc-truc-tuyen").text
    assert page.count('<figure class="screen">') > 20 and "Màn hình “Phòng chờ trước khi vào lớp”" in page
    assert as_("hang").get("/writing/screens?path=khong-co").status_code == 200
    assert as_("minh").get("/writing/screens").status_code == 404


# ---- outlines: what pictures in PNG and PDF are drawn from -------------------------------------------------------


def test_an_outline_has_the_words_and_the_marks_of_every_picture(real_bank: LessonContent) -> None:
    drawn = [one for lesson in real_bank.lessons for step in lesson.steps for one in figures(step.text("vi").html)]
    assert len(drawn) > 400
    for figure in drawn:
        found = outline(figure)
        marks = [said for row in found.rows for _cell, said in row.marks]
        assert len(marks) == len(re.findall(r'class="s-mark"', figure)) and all(marks), figure
        plain = re.sub(r"\s", "", unescape(re.sub("<[^>]*>", "", figure)))
        assert all(re.sub(r"\s", "", cell) in plain for row in found.rows for cell in row.cells), figure
        assert sum(bool(cell) for row in found.rows for cell in row.cells), figure


def test_a_brush_opens_the_file_of_a_font_once_for_a_size() -> None:
    opened = list[int]()
    fonts = SimpleNamespace(
        Layout=SimpleNamespace(BASIC=0), truetype=lambda _path, size, layout_engine: opened.append(size) or object()
    )
    brush = PixelBrush(None, fonts, 2)
    assert brush.font(15, True) is brush.font(15, True) is not brush.font(15, False)
    assert brush.font(20, False) is brush.font(20, False) and opened == [30, 30, 40]
