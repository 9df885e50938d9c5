"""The questions of a lesson's quiz are written in a form, reviewed by a second person and published."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.factories import World, person
from tests.lessons.proposals.posted_form import posted
from tests.lessons.proposals.test_form import SLUG, As, folder, send, text_of
from tutoring.kernel.db import db
from tutoring.lessons.catalogue import loader
from tutoring.lessons.content.published_texts import export
from tutoring.lessons.proposals import commands as proposals_commands
from tutoring.lessons.proposals import queries as proposals_queries
from tutoring.lessons.quizzes.models import QuizQuestion

__all__ = ["folder"]
PROMPT = "Có người gọi, xưng là ngân hàng, hỏi mã OTP. Làm gì?"


@pytest.fixture
def begun(app: Flask, world: World, folder: Path) -> int:
    with app.app_context():
        return proposals_commands.propose_quiz(person(world["quang"]), folder, SLUG)


def prompts(app: Flask) -> list[str]:
    with app.app_context():
        found = db.session.query(QuizQuestion).filter_by(lesson_slug=SLUG).order_by(QuizQuestion.position)
        return [one.body["prompt"] for one in found]


def test_the_lesson_page_leads_to_its_questions(app: Flask, world: World, folder: Path, as_: As) -> None:
    quang = as_("quang")
    page = quang.get(f"/lessons/{SLUG}").text
    assert 'name="file" value="quiz.yml"' in page and "Đề nghị sửa câu hỏi của bài" in page
    began = quang.post("/writing", data=posted_in(page) | {"lesson": SLUG, "file": "quiz.yml"}, follow_redirects=True)
    assert began.status_code == 200 and began.request.path.endswith("/quiz") and "Hỏi về bước nào" in began.text
    again = quang.post("/writing", data=posted_in(page) | {"lesson": SLUG, "file": "quiz.yml"})
    whole = quang.post("/writing", data=posted_in(page) | {"lesson": SLUG})
    assert began.request.path == f"{again.location}/quiz" and whole.location != again.location


def posted_in(page: str) -> dict[str, str]:
    return (
        {"csrf_token": page.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]} if "csrf_token" in page else {}
    )


def test_questions_that_are_only_saved_do_not_change(app: Flask, begun: int, as_: As) -> None:
    quang, address, before = as_("quang"), f"/writing/{begun}/quiz", text_of(app, begun)
    page = quang.get(address)
    assert page.status_code == 200 and "Đúng mẫu bài học, không có lỗi nào." in page.text
    assert send(quang, address, page.text, act="save").status_code == 302
    assert text_of(app, begun) == before
    sent = send(quang, address, page.text, act="submit")
    assert "Chưa đổi gì so với bản đang có" in quang.get(sent.location).text


WRONG = (
    ("questions.0.prompt", "", "Chưa điền ô này."),
    ("questions.1.options.0.text", "x" * 500, "Dài quá; nhiều nhất 400 ký tự."),
    ("questions.2.step", "", "Chưa điền ô này."),
    ("questions.3.kind", "multiple", "Đánh dấu ít nhất hai câu là câu đúng"),
)


def test_what_is_wrong_is_said_at_its_field_and_its_question_stands_open(app: Flask, begun: int, as_: As) -> None:
    quang, address = as_("quang"), f"/writing/{begun}/quiz"
    page = quang.get(address).text
    assert page.count("<details") == page.count('class="part folded"') + page.count("<details>")
    assert " open>" not in page
    words = {field.replace(".", "__"): typed for field, typed, _ in WRONG}
    assert send(quang, address, page, act="save", **words).status_code == 302
    page = quang.get(address).text
    for field, _, said in WRONG:
        place = field if "kind" not in field else field.rpartition(".")[0]
        assert said in page.split(f'data-said="{place}">', 1)[1].split("</div>", 1)[0], field
    for n in range(5):
        head = page.split(f'id="f-questions-{n}"', 1)[1].split(">", 1)[0]
        assert head.endswith(" open") is (n < 4), n
    assert send(quang, address, page, act="submit").location == address
    assert "Còn chỗ phải sửa trước" in quang.get(address).text


def test_what_lint_finds_is_said_at_its_field(app: Flask, begun: int, as_: As) -> None:
    quang, address = as_("quang"), f"/writing/{begun}/quiz"
    words = {
        "questions__0__prompt": "Gọi số 0912 345 678 ngay.",
        "questions__1__options__1__say": "Nộp 50.000 đồng.",
        "questions__2__prompt": "xem {fact:khong-co}",
    }
    send(quang, address, quang.get(address).text, act="save", **words)
    page = quang.get(address).text
    for name in words:
        field = name.replace("__", ".")
        assert 'class="error"' in page.split(f'data-said="{field}">', 1)[1].split("</div>", 1)[0], field
    assert "Traceback" not in page and "fact:…" not in page


def test_questions_and_options_are_added_moved_and_removed_without_scripts(app: Flask, begun: int, as_: As) -> None:
    quang, address = as_("quang"), f"/writing/{begun}/quiz"
    before = text_of(app, begun)

    def press(act: str, **fields: Any) -> Any:
        return send(quang, address, quang.get(address).text, act=act, **fields)

    def ids() -> list[str]:
        return [line.removeprefix("  - id: ") for line in text_of(app, begun).split("\n") if line.startswith("  - id")]

    first = ids()
    moved = press("down:questions.0")
    assert moved.location.endswith("/quiz?at=questions.1#f-questions-1")
    assert ids() == [first[1], first[0], *first[2:]]
    opened = quang.get(moved.location).text.split('id="f-questions-1"', 1)[1].split(">", 1)[0]
    assert opened.endswith(" open")
    press("up:questions.1")
    assert text_of(app, begun) == before
    n = len(first)
    press("add:questions")
    assert len(ids()) == n + 1 and len(set(ids())) == n + 1
    for _ in range(3):
        press(f"add:questions.{n}.options", **{f"questions__{n}__prompt": PROMPT, f"questions__{n}__step": "x"})
        fill = {f"questions__{n}__options__{at}__text": f"Việc {at}" for at in range(3)}
        fill |= {f"questions__{n}__options__{at}__say": f"Vì sao {at}." for at in range(3)}
        page = quang.get(address).text
        here = {name: value for name, value in fill.items() if name.replace("__", ".") in page}
        assert here
        send(quang, address, page, act="save", **here)
    text = text_of(app, begun)
    assert f'prompt: "{PROMPT}"' in text and '- {id: c, text: "Việc 2", say: "Vì sao 2."}' in text
    assert text.startswith(before)
    press(f"remove:questions.{n}.options.1")
    assert "Việc 1" not in text_of(app, begun) and "Việc 2" in text_of(app, begun)
    press(f"remove:questions.{n}")
    assert text_of(app, begun) == before
    for act in ("remove:questions.99", "up:questions", "add:x", "remove:questions.0.prompt", "nothing"):
        assert press(act).status_code == 302
    assert text_of(app, begun) == before


def test_two_windows_see_both_versions(app: Flask, begun: int, as_: As) -> None:
    quang, address = as_("quang"), f"/writing/{begun}/quiz"
    first = second = quang.get(address).text
    assert send(quang, address, first, questions__2__prompt="bản thứ nhất", act="save").status_code == 302
    late = send(quang, address, second, questions__2__prompt="bản thứ hai", act="save")
    assert late.status_code == 409 and "cửa sổ khác" in late.text and "Chữ bạn gõ vẫn ở dưới đây." in late.text
    assert "bản thứ nhất</blockquote>" in late.text and "bản thứ hai</textarea>" in late.text
    assert late.text.split('id="f-questions-2"', 1)[1].split(">", 1)[0].endswith(" open")
    assert "bản thứ hai" not in text_of(app, begun)
    assert send(quang, address, late.text, act="save").status_code == 302
    assert "bản thứ hai" in text_of(app, begun) and "bản thứ nhất" not in text_of(app, begun)


def test_too_much_is_refused_and_stays_in_the_form(app: Flask, begun: int, as_: As) -> None:
    quang, address, before = as_("quang"), f"/writing/{begun}/quiz", text_of(app, begun)
    answer = send(quang, address, quang.get(address).text, questions__0__prompt="x" * 61_000, act="save")
    assert answer.status_code == 422 and "Dài quá" in answer.text and "x" * 61_000 in answer.text
    assert text_of(app, begun) == before


def name_second_editor(app: Flask, world: World) -> None:
    with app.app_context():
        proposals_commands.name_editor(person(world["quang"]), world["hang"], True)


def test_the_draft_is_saved_while_the_author_types(app: Flask, begun: int, as_: As) -> None:
    quang, address = as_("quang"), f"/writing/{begun}/quiz"
    draft = f"{address}/draft"
    page = quang.get(address).text
    answer = send(quang, draft, page, questions__0__prompt="lời mới").get_json()
    assert answer["say"] == "Đã lưu." and "lời mới" in answer["page"] and "lời mới" in text_of(app, begun)
    late = send(quang, draft, page, questions__0__prompt="lời khác")
    assert late.status_code == 409 and "lời khác" not in text_of(app, begun)
    again = send(quang, draft, page, questions__0__prompt="", base=answer["fields"]["base"])
    assert again.get_json()["notes"]["questions.0.prompt"] == [["Chưa điền ô này.", True]]


def test_a_second_person_publishes_the_questions_and_learners_get_them(
    app: Flask, world: World, folder: Path, begun: int, as_: As
) -> None:
    quang, address = as_("quang"), f"/writing/{begun}/quiz"
    name_second_editor(app, world)
    old = prompts(app)[0]
    send(quang, address, quang.get(address).text, questions__0__prompt=PROMPT, act="submit")
    hang, review = as_("hang"), f"/writing/{begun}/review"
    page = hang.get(review).text
    assert "Câu hỏi của bài" in page and PROMPT in page and "Người học sẽ được hỏi" in page
    seen = page.split('name="seen" value="', 1)[1].split('"', 1)[0]
    assert hang.post(review, data=posted_in(page) | {"seen": seen, "act": "publish"}).status_code == 302
    assert prompts(app)[0] == PROMPT and old not in prompts(app)
    with app.app_context():
        loader.load_content(folder)
        published = proposals_queries.published_texts()
    assert prompts(app)[0] == PROMPT  # a load keeps what was published
    assert export(folder, published) == {(SLUG, "quiz.yml"): "written"}
    assert (folder / "lessons" / SLUG / "quiz.yml").read_text("utf-8") == text_of(app, begun)
    with app.app_context():
        loader.load_content(folder)
        assert proposals_queries.published_texts() == {}
    assert prompts(app)[0] == PROMPT


def test_a_step_that_questions_are_about_is_not_removed_under_published_questions(
    app: Flask, world: World, folder: Path, begun: int, as_: As
) -> None:
    """A lesson is checked with the questions that were published, not with those of the file."""
    quang, address = as_("quang"), f"/writing/{begun}/quiz"
    name_second_editor(app, world)
    page = quang.get(address).text
    steps = [values for name, values in posted(page).items() if name.endswith(".step")]
    send(quang, address, page, act="submit", **{f"questions__{n}__step": steps[0][0] for n in range(len(steps))})
    with app.app_context():
        proposals_commands.publish_proposal(person(world["hang"]), folder, begun)
        made = proposals_commands.propose_change(person(world["quang"]), folder, SLUG, None)
    lesson = f"/writing/{made}/lesson"
    send(quang, lesson, quang.get(lesson).text, act="remove-step:2")
    assert "quiz.yml" not in quang.get(f"/writing/{made}?text=1").text


def test_text_that_the_form_cannot_show_is_left_to_the_text(app: Flask, world: World, begun: int, as_: As) -> None:
    quang, address = as_("quang"), f"/writing/{begun}/quiz"
    with app.app_context():
        proposals_commands.save_proposal(person(world["quang"]), begun, "schema: 1\nquestions: {", "")
    answer = quang.get(address, follow_redirects=True)
    assert answer.status_code == 200 and "Mẫu điền chưa mở được bài này. Dòng" in answer.text
    assert "YAML" not in answer.text and quang.get(f"/writing/{begun}").status_code == 200


def test_only_the_author_of_open_questions_has_their_form(app: Flask, begun: int, as_: As) -> None:
    hang, quang = as_("hang"), as_("quang")
    for way in ("quiz", "quiz/draft", "lesson", "steps/1", "form"):
        assert hang.post(f"/writing/{begun}/{way}").status_code == 404
    for way in ("lesson", "steps/1"):
        assert quang.get(f"/writing/{begun}/{way}").status_code == 404
    many = {f"questions.0.options.{n}.text": "x" for n in range(10_000)}
    assert quang.post(f"/writing/{begun}/quiz", data=many, content_type="multipart/form-data").status_code == 413


def test_statements_do_not_grow_with_questions(app: Flask, world: World, begun: int, as_: As, queries: Any) -> None:
    quang, text = as_("quang"), text_of(app, begun)

    def statements(more: int) -> int:
        added = "".join(f'  - id: z{n}\n    prompt: "Câu {n}"\n' for n in range(more))
        with app.app_context():
            proposals_commands.save_proposal(person(world["quang"]), begun, text + added, "")
        quang.get(f"/writing/{begun}/quiz")
        queries.clear()
        assert quang.get(f"/writing/{begun}/quiz").status_code == 200
        return len(queries)

    assert statements(1) == statements(9)
