"""Lessons written in a form: each part has a field, and the text behind it is always sound."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, person
from tests.lessons.bank import copied
from tests.lessons.conftest import Loads
from tests.lessons.proposals.posted_form import posted
from tests.parametrize import some
from tutoring.config import ROOT
from tutoring.lessons.proposals import commands as proposals_commands
from tutoring.lessons.proposals import queries as proposals_queries

As = Callable[[str], FlaskClient]
SLUG, STEP = "otp-khong-doc-cho-ai", 1


@pytest.fixture
def folder(tmp_path: Path, loads: Loads, serves: Callable[[Path], None]) -> Path:
    made = copied(tmp_path / "content")
    serves(made)
    return made


def begin(app: Flask, world: World, folder: Path, number: int | None = None, slug: str = SLUG) -> int:
    with app.app_context():
        return proposals_commands.propose_change(person(world["quang"]), folder, slug, number)


def text_of(app: Flask, proposal_id: int) -> str:
    with app.app_context():
        return proposals_queries.proposal(proposal_id).text


def send(client: FlaskClient, address: str, page: str, **fields: Any) -> Any:
    """Posts the form of a page with other values in some fields."""
    data = posted(page) | {name.replace("__", "."): value for name, value in fields.items()}
    return client.post(address, data=data, content_type="multipart/form-data")


def test_a_form_that_is_only_saved_changes_nothing(app: Flask, world: World, folder: Path, as_: As) -> None:
    made, quang = begin(app, world, folder), as_("quang")
    before = text_of(app, made)
    for number in (1, 3, 4):  # the bank is taken there and back in test_lesson_form
        address = f"/writing/{made}/steps/{number}"
        page = quang.get(address)
        assert page.status_code == 200
        assert send(quang, address, page.text, act="save").status_code == 302
    address = f"/writing/{made}/lesson"
    assert send(quang, address, quang.get(address).text, act="save").status_code == 302
    assert text_of(app, made) == before


WRONG = (
    ("title", "", "Bước chưa có tên."),
    ("screens.0.name", "x" * 200, "Dài quá; nhiều nhất 90 ký tự."),
    ("task", "Gọi số 0912 345 678 ngay.", "Có số điện thoại"),
    ("goal", "Nộp 50.000 đồng.", "Số tiền"),
    ("find", "xem {fact:khong-co}", "Số liệu này không có trong danh sách"),
    ("right", "bấm vào click", "viết “bấm”"),
)


def test_what_is_wrong_is_said_at_its_field(app: Flask, world: World, folder: Path, as_: As) -> None:
    made, quang = begin(app, world, folder, STEP), as_("quang")
    address = f"/writing/{made}/steps/1"
    words = {field.replace(".", "__"): typed for field, typed, _ in WRONG}
    assert send(quang, address, quang.get(address).text, act="save", **words).status_code == 302
    page = quang.get(address).text
    for field, _, said in WRONG:
        about = page.split(f'data-said="{field}">', 1)[1].split("</div>", 1)[0]
        assert said in about, (field, about)
    assert send(quang, address, page, act="submit").status_code == 302
    assert "Còn chỗ phải sửa trước" in quang.get(address).text


TYPED = ("a: # b | [ { & * !", "```\n## x\n---\ny", "<script>alert(1)</script>\u202e😀 {#x}")


@pytest.mark.parametrize("typed", some("\n".join(TYPED), rest=TYPED))
def test_nothing_typed_into_a_page_breaks_the_lesson(
    app: Flask, world: World, folder: Path, as_: As, typed: str
) -> None:
    made, quang = begin(app, world, folder), as_("quang")
    outline = text_of(app, made).count("\n## ")
    takes_words = {"title", "task", "text", "name", "wrong", "fix", "what", "summary", "aliases", "ask", "prompt"}
    for address in (f"/writing/{made}/steps/{STEP}", f"/writing/{made}/lesson"):
        page = quang.get(address).text
        names = [name for name in posted(page) if name.rpartition(".")[2] in takes_words]
        assert len(names) >= 3
        words = {name.replace(".", "__"): typed for name in names}
        assert send(quang, address, page, act="save", **words).status_code == 302
        again = quang.get(address)
        assert again.status_code == 200 and "<script>alert" not in again.text
    assert sum(line.startswith("## ") for line in text_of(app, made).split("\n")) == outline
    assert quang.get(f"/writing/{made}?text=1").status_code == 200


def test_too_much_is_refused_and_stays_in_the_form(app: Flask, world: World, folder: Path, as_: As) -> None:
    made, quang = begin(app, world, folder, STEP), as_("quang")
    address, before = f"/writing/{made}/steps/1", text_of(app, made)
    page = quang.get(address).text
    for typed, said in (("x" * 61_000, "Dài quá"), ("*" * 500, "hơn 200 dấu *")):
        answer = send(quang, address, page, task=typed, act="save")
        assert answer.status_code == 422 and said in answer.text and typed in answer.text
        assert "Chữ bạn gõ vẫn ở dưới đây." in answer.text
    assert text_of(app, made) == before


def test_two_windows_see_both_versions(app: Flask, world: World, folder: Path, as_: As) -> None:
    made, quang = begin(app, world, folder), as_("quang")
    address = f"/writing/{made}/steps/{STEP}"
    first = second = quang.get(address).text
    assert send(quang, address, first, goal="bản thứ nhất", act="save").status_code == 302
    late = send(quang, address, second, goal="bản thứ hai", act="save")
    assert late.status_code == 409 and "cửa sổ khác" in late.text
    assert "bản thứ nhất</blockquote>" in late.text and "bản thứ hai</textarea>" in late.text
    assert "bản thứ hai" not in text_of(app, made)
    assert send(quang, address, late.text, act="save").status_code == 302
    assert "bản thứ hai" in text_of(app, made) and "bản thứ nhất" not in text_of(app, made)


def test_two_windows_on_two_steps_do_not_disturb_each_other(app: Flask, world: World, folder: Path, as_: As) -> None:
    made, quang = begin(app, world, folder), as_("quang")
    pages = {number: quang.get(f"/writing/{made}/steps/{number}").text for number in (1, 2)}
    for number, page in pages.items():
        assert send(quang, f"/writing/{made}/steps/{number}", page, goal=f"bản {number}", act="save").status_code == 302
    assert "bản 1" in text_of(app, made) and "bản 2" in text_of(app, made)


def test_a_step_that_another_window_removed_can_be_saved_again(app: Flask, world: World, folder: Path, as_: As) -> None:
    made, quang = begin(app, world, folder), as_("quang")
    address, lesson = f"/writing/{made}/steps/2", f"/writing/{made}/lesson"
    page = quang.get(address).text
    send(quang, lesson, quang.get(lesson).text, act="remove-step:2")
    late = send(quang, address, page, goal="vẫn cần", act="save")
    assert late.status_code == 409 and "vừa bị bỏ" in late.text and "vẫn cần" in late.text
    assert send(quang, address, late.text, act="save").status_code == 302
    assert "vẫn cần" in text_of(app, made)


def test_steps_are_added_moved_and_removed_without_scripts(app: Flask, world: World, folder: Path, as_: As) -> None:
    made, quang = begin(app, world, folder), as_("quang")
    address = f"/writing/{made}/lesson"

    def titles() -> list[str]:
        return [line for line in text_of(app, made).split("\n") if line.startswith("## ")]

    before = titles()
    send(quang, address, quang.get(address).text, act="down-step:1")
    assert titles() == [before[1], before[0], *before[2:]]
    send(quang, address, quang.get(address).text, act="up-step:2")
    added = send(quang, address, quang.get(address).text, act="add-step:1")
    assert added.location.endswith(f"/writing/{made}/steps/2") and len(titles()) == len(before) + 1
    new = quang.get(added.location).text
    assert send(quang, added.location, new, title="Gửi ảnh: # cho cô", act="save").status_code == 302
    assert titles()[1] == "## Gửi ảnh: # cho cô {#gui-anh-cho-co}"
    send(quang, address, quang.get(address).text, act="remove-step:2")
    assert titles() == before
    for act in ("remove-step:0", "remove-step:99", "up-step:x", "add-step:-1", "add-step:²", "up:screens.0", "nothing"):
        assert send(quang, address, quang.get(address).text, act=act).status_code == 302
    assert titles() == before


def test_a_button_of_a_step_pressed_twice_does_not_hit_the_next_step(
    app: Flask, world: World, folder: Path, as_: As
) -> None:
    made, quang = begin(app, world, folder), as_("quang")
    address = f"/writing/{made}/lesson"
    page, before = quang.get(address).text, text_of(app, made).count("\n## ")
    assert send(quang, address, page, act="remove-step:2").status_code == 302
    removed = text_of(app, made)
    again = send(quang, address, page, act="remove-step:2")
    assert again.status_code == 409 and "Các bước vừa được đổi" in again.text
    assert text_of(app, made) == removed and removed.count("\n## ") == before - 1
    for act in ("up-step:2", "add-step:1"):
        assert send(quang, address, page, act=act).status_code == 409, act
    assert send(quang, address, page, title="Tên mới", act="save").status_code == 302  # saving touches no step


def test_the_browser_keeps_no_draft_of_its_own_over_what_the_site_keeps(
    app: Flask, world: World, folder: Path, as_: As
) -> None:
    """An old draft in the browser would be put back over the step that a later window saved."""
    made, quang = begin(app, world, folder), as_("quang")
    for address in ("/lesson", "/steps/1", "?text=1"):
        page = quang.get(f"/writing/{made}{address}").text
        (form,) = re.findall(r'<form[^>]*id="write"[^>]*>', page)
        assert "data-undrafted" in form and "data-draft=" in form, address
    drafts = (ROOT / "static/app/drafts.js").read_text("utf-8")
    assert re.search(r'const FORMS = "form\[method=post\]:not\(\[data-undrafted\]', drafts)


def test_a_picture_is_put_together_by_buttons(app: Flask, world: World, folder: Path, as_: As) -> None:
    made, quang = begin(app, world, folder, STEP), as_("quang")
    address = f"/writing/{made}/steps/1"
    count = text_of(app, made).count("```screen")
    send(quang, address, quang.get(address).text, act="add:screens")
    assert text_of(app, made).count("```screen") == count + 1
    name = f"screens.{count}"
    send(quang, address, quang.get(address).text, **{f"{name}.parts.new": "button", "act": f"add:{name}.parts"})
    page = quang.get(address).text
    fill = {
        f"{name}.name": "Trang thử",
        f"{name}.parts.0.text": "Thử: # một",
        f"{name}.parts.1.text": "Dòng",
        f"{name}.parts.2.text": "Gửi",
    }
    send(quang, address, page, act="save", **fill)
    page = quang.get(address).text
    assert "Đúng mẫu bài học, không có lỗi nào." in page
    assert "Màn hình “Trang thử”. 1. Chạm: Dòng." in page
    assert '- bar: {text: "Thử: # một"}' in text_of(app, made)


def test_the_draft_is_saved_while_the_author_types(app: Flask, world: World, folder: Path, as_: As) -> None:
    made, quang = begin(app, world, folder, STEP), as_("quang")
    address, draft = f"/writing/{made}/steps/1", f"/writing/{made}/form"
    page = quang.get(address).text
    answer = send(quang, draft, page, goal="lời mới").get_json()
    assert answer["say"] == "Đã lưu." and "lời mới" in answer["page"] and "lời mới" in text_of(app, made)
    late = send(quang, draft, page, goal="lời khác")
    assert late.status_code == 409 and "cửa sổ khác" in late.get_json()["say"] and "lời khác" not in text_of(app, made)
    again = send(quang, draft, page, goal="lời ba", base=answer["fields"]["base"], screens__0__caption="x")
    assert any("Chưa điền ô này." in note for note, _ in again.get_json()["notes"]["screens.0.name"])


def test_text_that_the_form_cannot_show_is_left_to_the_text(app: Flask, world: World, folder: Path, as_: As) -> None:
    made, quang = begin(app, world, folder), as_("quang")
    text = text_of(app, made)
    with app.app_context():
        proposals_commands.save_proposal(person(world["quang"]), made, text.replace("title: ", "title: {", 1), "")
    answer = quang.get(f"/writing/{made}/lesson", follow_redirects=True)
    assert (
        answer.status_code == 200 and "Mẫu điền chưa mở được bài này. Dòng" in answer.text and "YAML" not in answer.text
    )
    assert quang.get(f"/writing/{made}").status_code == 200
    other = text.replace("**Mục tiêu:**", "Trước mục tiêu.\n\n**Mục tiêu:**", 1)
    with app.app_context():
        proposals_commands.save_proposal(person(world["quang"]), made, other, "")
    answer = quang.get(f"/writing/{made}/steps/1", follow_redirects=True)
    assert "Bước này viết theo cách mà mẫu điền chưa có" in answer.text
    lesson = f"/writing/{made}/lesson"
    assert send(quang, lesson, quang.get(lesson).text, minutes="7", act="save").status_code == 302
    assert re.sub(r"minutes: \d+", "minutes: 7", other) == text_of(app, made)


def test_two_hundred_steps_and_ten_thousand_fields_are_no_fault(
    app: Flask, world: World, folder: Path, as_: As
) -> None:
    made, quang = begin(app, world, folder), as_("quang")
    text = text_of(app, made) + "".join(f"\n## Bước {n} {{#buoc-{n}}}\n\nViệc {n}.\n" for n in range(200))
    with app.app_context():
        proposals_commands.save_proposal(person(world["quang"]), made, text, "")
    address = f"/writing/{made}/lesson"
    page = quang.get(address)
    assert page.status_code == 200
    refused = send(quang, address, page.text, act="add-step:1")
    assert refused.status_code == 422 and "Bài đã có đủ 16 bước" in refused.text
    many = {f"screens.0.parts.{n}.text": "x" for n in range(10_000)}
    assert quang.post(address, data=many, content_type="multipart/form-data").status_code == 413


def test_only_the_author_of_an_open_proposal_has_its_form(app: Flask, world: World, folder: Path, as_: As) -> None:
    made = begin(app, world, folder, STEP)
    for address in (f"/writing/{made}/steps/1", f"/writing/{made}/lesson"):
        assert as_("hang").get(address).status_code == 404
        assert as_("hang").post(address).status_code == 404
    assert as_("hang").post(f"/writing/{made}/form").status_code == 404
    quang = as_("quang")
    for number in (0, 2, 99):
        assert quang.get(f"/writing/{made}/steps/{number}").status_code == 404
    address = f"/writing/{made}/steps/1"
    send(quang, address, quang.get(address).text, title="Tên dễ hiểu hơn", act="save")
    assert send(quang, address, quang.get(address).text, act="submit").location.endswith(f"/writing/{made}")
    with app.app_context():
        assert proposals_queries.proposal(made).state == "submitted"
    assert quang.get(address).status_code == 409 and quang.post(f"/writing/{made}/form").status_code == 409


def test_statements_do_not_grow_with_steps(app: Flask, world: World, folder: Path, as_: As, queries: Any) -> None:
    made, quang = begin(app, world, folder), as_("quang")
    text = text_of(app, made)

    def statements(steps: int) -> int:
        more = "".join(f"\n## Bước {n} {{#buoc-{n}}}\n\nViệc {n}.\n" for n in range(steps))
        with app.app_context():
            proposals_commands.save_proposal(person(world["quang"]), made, text + more, "")
        quang.get(f"/writing/{made}/lesson")
        queries.clear()
        assert quang.get(f"/writing/{made}/lesson").status_code == 200
        return len(queries)

    assert statements(1) == statements(9)
