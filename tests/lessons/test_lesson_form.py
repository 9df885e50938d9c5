"""A lesson becomes the values of a form and comes back as it was, whatever is typed into a field."""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tutoring.lessons.content import markdown, strict_yaml
from tutoring.lessons.content.blocks import BLOCKS as SCHEMAS
from tutoring.lessons.content.form import document as documents
from tutoring.lessons.content.form import own_ids, rows, steps
from tutoring.lessons.content.form.fields import Field
from tutoring.lessons.content.form.lesson_fields import BLOCKS, HEAD, STEP
from tutoring.lessons.content.form.plain_words import plain
from tutoring.lessons.content.form.screen_fields import ICONS, PARTS, SCREEN
from tutoring.lessons.content.form.steps import RAW, Unwritable
from tutoring.lessons.content.form.values import KIND, Values, bare, from_data, from_tree, tree
from tutoring.lessons.content.loader import around
from tutoring.lessons.content.schema import MAX_STEPS, Front
from tutoring.lessons.content.screens import schema as screens
from tutoring.lessons.content.strict_yaml import YamlFault

LESSONS = sorted(Path("content/lessons").glob("*/vi.md"))
QUICK = "nhan-biet-lua-dao", "otp-khong-doc-cho-ai", "chup-giay-to-ro-net"
NASTY = (
    "a: # b",
    "- x",
    "# tiêu đề",
    "## Bước khác {#khac}",
    "```",
    "```checkpoint\nid: x\n```",
    "~~~",
    "---",
    "a\n---",
    "a\n===",
    "**Tìm:** chỗ khác",
    "**Nếu chưa được:**",
    "{fact:x}",
    "<b>đậm</b><script>alert(1)</script>",
    "\tthụt",
    "    bốn cách",
    "😀 👩‍🏫",
    "\u202eنص\u202c",
    "“ngoặc” 'đơn' \"kép\"",
    "\\",
    "\\# x",
    "\\\\# x",
    "*",
    "**",
    "_",
    "[a](b)",
    "![](media:m1)",
    "> trích",
    "> ## x",
    "- ## x",
    "1. ```",
    "null",
    "true",
    "0123",
    "9:30",
    "~",
    "2026-01-01",
    "[1, 2]",
    "{a: b}",
    "&a *b",
    "!tag",
    "%",
    "@",
    "`x`",
    "|",
    ">",
    "?",
    "x" * 900,
    "a\nb",
    "a\n\nb",
    "{#khac}",
    "x {#khac .con}",
    "&#x202e;",
    "a\r\nb",
    "\u2028",
    "\ufffe",
    "\x85",
    "\x00",
    "***",
    "a  \nb",
    "+ ",
    "=",
    "-",
    "[x]: y",
    "<!-- x -->",
    "&amp;",
    "0",
    "no",
    "on",
    "đ: “đ”",
)


def each_step(text: str) -> Iterator[str]:
    for step in documents.read(text, whole=True).steps:
        yield step.strip("\n")


def parsed(text: str) -> tuple[Any, ...]:
    """What a step says, whatever way its blocks are written."""
    [step] = markdown.steps(text, 0)[0]
    blocks = [
        (block.type, plain_data(SCHEMAS[block.type], block.type, strict_yaml.parse(block.body).data))
        for block in step.blocks
    ]
    drawn = [
        (one.before, screens.Screen.model_validate(strict_yaml.parse(one.block.body).data)) for one in step.screens
    ]
    return (
        step.title,
        step.id,
        step.part,
        step.origin,
        markdown.parser.renderer.render(step.tokens, markdown.parser.options, {}),
        blocks,
        drawn,
    )


def plain_data(model: Any, kind: str, data: Any) -> Any:
    return model.model_validate({"items": data} if kind == "mistakes" else data)


def comes_back(text: str) -> None:
    """The lesson is the same, letter by letter when nothing changed, and in meaning when all is written anew."""
    document = documents.read(text, whole=True)
    assert document.text == text
    assert documents.fits(document) and documents.with_head(document, document.head()).text == text
    head = Front.model_validate(strict_yaml.parse(document.front or "").data)
    spread = "\n".join(line for line, _ in documents.spread_head(document))
    assert Front.model_validate(strict_yaml.parse(spread).data) == head
    for number, step in enumerate(each_step(text), 1):
        values = document.step(number)
        assert RAW not in values, step
        assert documents.with_step(document, number, values).text == text
        assert parsed(steps.text_of(values)) == parsed(step)
        assert parsed("\n".join(line for line, _ in steps.lines_of(values, "", spread=True))) == parsed(step)


@pytest.mark.parametrize("slug", QUICK)
def test_a_lesson_comes_back_from_the_form(slug: str) -> None:
    comes_back(Path(f"content/lessons/{slug}/vi.md").read_text("utf-8"))


@pytest.mark.full
@pytest.mark.parametrize("file", LESSONS, ids=lambda file: file.parent.name)
def test_every_lesson_of_the_bank_comes_back_from_the_form(file: Path) -> None:
    comes_back(file.read_text("utf-8"))


def test_a_changed_step_leaves_the_others_and_its_own_blocks_as_they_stood() -> None:
    text = Path("content/lessons/nhan-biet-lua-dao/vi.md").read_text("utf-8")
    document = documents.read(text, whole=True)
    number = next(n for n, step in enumerate(document.steps, 1) if "```checkpoint" in step and "```mistakes" in step)
    values = document.step(number) | {"title": "Tên khác hẳn"}
    made = documents.with_step(document, number, values)
    old, new = document.steps[number - 1].strip("\n").split("\n"), made.steps[number - 1].strip("\n").split("\n")
    assert old[1:] == new[1:] and new[0].startswith("## Tên khác hẳn {#")
    assert [one for n, one in enumerate(made.steps, 1) if n != number] == [
        one for n, one in enumerate(document.steps, 1) if n != number
    ]


# ---- what may be typed ---------------------------------------------------------------------------------------------


def full_step(text: str) -> Values:
    """A step with each field of the form, and this text in every one that takes words."""
    posted: list[tuple[str, str]] = [("id", "buoc-a"), ("part", "con")]
    posted += [(name, text) for name in ("title", "goal", "task", "find", "right", "else")]
    posted += filled(SCREEN, "screens.0.", text)
    posted += [
        (f"screens.0.parts.{n}.{name}", value)
        for n, (kind, part) in enumerate(list(PARTS.items())[:9])
        for name, value in [(KIND, kind), *filled(part.of, "", text)]
    ]
    posted += [
        (f"blocks.{n}.{name}", value)
        for n, (kind, block) in enumerate(BLOCKS.items())
        for name, value in [(KIND, kind), *filled(block.of, "", text)]
    ]
    values = from_tree(STEP, tree(posted))
    own_ids.complete_step(values, ())
    return values


def filled(fields: tuple[Field, ...], prefix: str, text: str) -> Iterator[tuple[str, str]]:
    for field in fields:
        if field.kind in {"line", "long", "lines", "number", "date", "choice", "many", "icons", "end"}:
            yield f"{prefix}{field.name}" + ("_word" if field.kind == "end" else ""), text
        elif field.kind == "rows":
            yield from filled(field.of, f"{prefix}{field.name}.0.", text)
        elif field.kind == "pairs":
            yield from ((f"{prefix}{field.name}.0.{one}", text) for one in "ab")


@pytest.mark.parametrize("text", NASTY, ids=lambda text: ascii(text[:20]))
def test_nothing_that_is_typed_breaks_the_text(text: str) -> None:
    values = full_step(text)
    made = steps.text_of(values)
    [step], stray = markdown.steps(made, 0)
    assert not stray and step.id == "buoc-a"
    assert [block.type for block in step.blocks] == list(BLOCKS) and len(step.screens) == 1
    for body in (*(block.body for block in step.blocks), step.screens[0].block.body):
        strict_yaml.parse(body)
    again = steps.read(made)
    assert RAW not in again
    blocks, pictures = (bare(values[name]) for name in ("blocks", "screens"))
    assert again["blocks"] == blocks and again["screens"] == pictures
    spread = "\n".join(line for line, _ in steps.lines_of(values, "", spread=True))
    assert steps.read(spread)["blocks"] == blocks


def test_random_prose_stays_in_its_field() -> None:
    dice = random.Random(33)
    signs = [
        "#",
        "##",
        "`",
        "```",
        "~~~",
        "-",
        "=",
        "*",
        "**",
        "_",
        ">",
        "1.",
        "+",
        "\t",
        "    ",
        " ",
        "\n",
        "\n\n",
        "\\",
        "[",
        "]",
        "(",
        ")",
        "!",
        "<",
        "&",
        "**Tìm:**",
        "**Mục tiêu:**",
        "chữ",
        "{#a}",
        ":",
        "|",
    ]
    for _ in range(60):
        typed = {name: "".join(dice.choices(signs, k=dice.randint(1, 12))) for name in ("goal", "task", "find", "else")}
        values = from_tree(STEP, tree([("id", "a"), ("title", "Tên"), ("right", "xong"), *typed.items()]))
        made = steps.text_of(values)
        [step], stray = markdown.steps(made, 0)
        again = steps.read(made)
        assert not stray and step.id == "a" and not step.blocks and again.get("right", "xong") == "xong", typed
        assert RAW not in again or "Tên" in again["title"], typed


def test_more_signs_than_can_be_read_are_refused_at_their_field() -> None:
    values = from_tree(STEP, tree([("id", "a"), ("title", "Tên"), ("task", "*" * 500)]))
    with pytest.raises(Unwritable) as refused:
        steps.text_of(values)
    assert refused.value.field == "task" and "200" in refused.value.say


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        "screens",
        "screens.",
        "screens.x.name",
        "screens.-1.name",
        "screens.999999.name",
        "screens.0",
        "screens.0.parts.0",
        "screens.²." + "name",
        "a." * 400,
        "screens.0.name.x.y",
        "blocks.0.kind_of_part",
        "blocks.0.kind_of_part.x",
        "title.0",
        "__class__",
    ],
)
def test_strange_names_of_fields_are_ignored(name: str) -> None:
    sent = [("title", "Tên"), (name, "x"), ("screens.0.name", "Màn hình"), (name, "y"), (name + ".z", "w")]
    values = from_tree(STEP, tree(sent))
    assert set(values) == {field.name for field in STEP} and values["title"] == "Tên"
    assert all(set(row) - {"at"} >= {field.name for field in SCREEN} for row in values["screens"])


def test_rows_are_added_moved_and_removed() -> None:
    values = from_data(STEP, {})
    assert rows.change(STEP, values, "add", "screens") == "screens.0"
    assert [part[KIND] for part in values["screens"][0]["parts"]] == ["bar", "row"]
    assert rows.change(STEP, values, "add", "screens.0.parts", "button") == "screens.0.parts.2"
    assert rows.change(STEP, values, "up", "screens.0.parts.2") == "screens.0.parts.1"
    assert rows.change(STEP, values, "remove", "screens.0.parts.0") == "screens.0.parts"
    assert [part[KIND] for part in values["screens"][0]["parts"]] == ["button", "row"]
    assert rows.change(STEP, values, "up", "screens.0.parts.0") == "screens.0.parts.0"
    for _ in range(20):
        rows.change(STEP, values, "add", "screens.0.parts", "row")
    assert len(values["screens"][0]["parts"]) == screens.MAX_PARTS
    for act, name in (
        ("up", "x"),
        ("remove", "screens.9"),
        ("add", "title"),
        ("jump", "screens.0"),
        ("add", "screens.0.parts.0.text"),
    ):
        assert rows.change(STEP, values, act, name) is None


def test_a_lesson_has_an_end_and_keeps_a_step() -> None:
    document = documents.read(Path("content/lessons/otp-khong-doc-cho-ai/vi.md").read_text("utf-8"), whole=True)
    while len(document.steps) < MAX_STEPS:
        document = documents.with_new_step(document, 1)
    assert len({step_id for step_id, _ in document.outline()}) == MAX_STEPS
    with pytest.raises(Unwritable):
        documents.with_new_step(document, 1)
    moved = documents.with_step_moved(document, 1, 1)
    assert moved.outline()[:2] == document.outline()[:2][::-1]
    assert documents.with_step_moved(document, 1, -1) == document
    for _ in range(MAX_STEPS - 1):
        document = documents.without_step(document, 1)
    with pytest.raises(Unwritable):
        documents.without_step(document, 1)


def test_a_new_step_is_named_by_its_title() -> None:
    document = documents.read(Path("content/lessons/otp-khong-doc-cho-ai/vi.md").read_text("utf-8"), whole=True)
    made = documents.with_new_step(document, 1)
    named = documents.with_step(made, 2, made.step(2) | {"title": "Gửi ảnh cho cô: # giáo"})
    assert named.outline()[1] == ("gui-anh-cho-co-giao", "Gửi ảnh cho cô: # giáo")
    assert documents.with_step(named, 2, named.step(2) | {"title": "Tên khác"}).outline()[1][0] == "gui-anh-cho-co-giao"


# ---- what the form knows -------------------------------------------------------------------------------------------


def test_the_form_has_every_part_icon_and_entry_of_the_format() -> None:
    assert set(ICONS) == screens.ICONS
    assert set(PARTS) == {field.alias or name for name, field in screens.Part.model_fields.items()}
    assert {field.name for field in SCREEN} == set(screens.Screen.model_fields)
    assert set(BLOCKS) == set(SCHEMAS)
    apart = {"schema_", "id", "version", "lang", "licence"}
    assert {field.name for field in HEAD} == set(Front.model_fields) - apart
    assert around(Path("content"), (), None).skills


YAML_FAULTS = (
    "a: b: c",
    "a: {b: 1",
    "a: {b: 1 c: 2}",
    "a: [1, 2",
    'a: "x',
    "a\nb: 1\nc",
    "a:\n  - 1\n - 2",
    "a: - 1",
    'a: "x" y',
    "a:\n\t- 1",
    "a: @x",
    'a: "\\q"',
    "a: *",
    "a: &",
    "a: 1\n---\nb: 2",
    "%a: 1",
    "a: `x`",
    "a: ]",
    "- a\nb: 1",
    "a: !x",
    "[" * 3000,
    "a: 2026-13-45",
    "a: \uffff",
    "a: \ud800",
)


@pytest.mark.parametrize("text", YAML_FAULTS, ids=lambda text: ascii(text[:20]))
def test_what_cannot_be_read_is_said_in_plain_words(text: str) -> None:
    with pytest.raises(YamlFault) as fault:
        strict_yaml.parse(text)
    assert "YAML" not in fault.value.say and "expected" not in fault.value.say and fault.value.line >= 1


@pytest.mark.parametrize(
    ("code", "say", "plainly"),
    [
        ("string-too-long", "“options.0.text” dài quá 400 ký tự", "Dài quá; nhiều nhất 400 ký tự."),
        (
            "correct",
            "câu hỏi single cần đúng một lựa chọn correct: true và ít nhất một lựa chọn sai",
            "Đánh dấu đúng một câu là câu đúng, và cần ít nhất một câu sai.",
        ),
        (
            "long-sentence",
            "câu dài 30 tiếng; nhiều nhất 25, hãy tách câu",
            "Câu dài 30 tiếng; nhiều nhất 25, hãy tách câu.",
        ),
        ("unverified", "chưa kiểm tra được: x", ""),
    ],
)
def test_findings_are_said_in_the_words_of_the_form(code: str, say: str, plainly: str) -> None:
    assert plain(code, say) == plainly
