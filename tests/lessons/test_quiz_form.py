"""The questions of a quiz become the values of a form and come back as they were, whatever is typed into a field."""

from pathlib import Path
from typing import Any

import pytest

from tests.lessons.test_lesson_form import NASTY, QUICK
from tutoring.lessons.content import strict_yaml
from tutoring.lessons.content.form import own_ids, quiz, rows
from tutoring.lessons.content.form.document import Unreadable
from tutoring.lessons.content.form.quiz import QUIZ
from tutoring.lessons.content.form.values import Values, bare, from_tree, tree
from tutoring.lessons.content.quiz_file import QuizFile, QuizOption, QuizQuestion

FILES = sorted(Path("content/lessons").glob("*/quiz.yml"))
TEXT = Path(f"content/lessons/{QUICK[0]}/quiz.yml").read_text("utf-8")


def meaning(text: str) -> QuizFile:
    return QuizFile.model_validate(strict_yaml.parse(text).data)


def comes_back(text: str) -> None:
    """The quiz is the same, letter by letter when nothing changed, and in meaning when all is written anew."""
    found = quiz.read(text)
    assert found.text == text
    assert quiz.with_questions(found, found.values).text == text
    anew = quiz.with_questions(quiz.read(quiz.EMPTY), found.values)
    assert meaning(anew.text) == meaning(text) and anew.values == found.values
    assert meaning("\n".join(line for line, _ in quiz.spread(found))) == meaning(text)
    turned = quiz.with_questions(found, {"questions": found.values["questions"][::-1]})
    assert sorted(turned.pieces) == sorted(found.pieces)
    assert quiz.with_questions(turned, found.values).text == text


@pytest.mark.parametrize("slug", QUICK)
def test_a_quiz_comes_back_from_the_form(slug: str) -> None:
    comes_back(Path(f"content/lessons/{slug}/quiz.yml").read_text("utf-8"))


@pytest.mark.full
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.parent.name)
def test_every_quiz_of_the_bank_comes_back_from_the_form(file: Path) -> None:
    comes_back(file.read_text("utf-8"))


def test_every_lesson_of_the_bank_has_a_quiz() -> None:
    assert len(FILES) == len(list(Path("content/lessons").glob("*/vi.md")))


def test_a_changed_question_leaves_the_others_as_they_stood() -> None:
    text = TEXT.replace("schema: 1\n", "schema: 1  # ghi chú\n\n").replace("  - id: q3\n", "  - id:   q3 # ghi chú\n")
    found = quiz.read(text)
    values = found.values["questions"]
    values[1] = values[1] | {"prompt": "Hỏi khác: # hẳn?"}
    made = quiz.with_questions(found, {"questions": values})
    assert [n for n, (a, b) in enumerate(zip(found.pieces, made.pieces, strict=True)) if a != b] == [1]
    assert made.head == found.head and meaning(made.text).questions[1].prompt == "Hỏi khác: # hẳn?"


def test_the_form_has_every_entry_of_the_format() -> None:
    [field] = QUIZ
    assert {one.name for one in field.of} == set(QuizQuestion.model_fields)
    [options] = [one for one in field.of if one.name == "options"]
    assert {one.name for one in options.of} == set(QuizOption.model_fields)


def sent(text: str) -> Values:
    """Two questions with this text in every field that takes words."""
    names = ("prompt", "step", "kind", "id", *(f"options.{n}.{name}" for n in range(3) for name in ("text", "say")))
    values = from_tree(QUIZ, tree([(f"questions.{n}.{name}", text) for n in range(2) for name in names]))
    own_ids.complete_quiz(values)
    return values


@pytest.mark.parametrize("text", NASTY, ids=lambda text: ascii(text[:20]))
def test_nothing_that_is_typed_breaks_the_quiz(text: str) -> None:
    values = sent(text)
    made = quiz.with_questions(quiz.read(TEXT), values)
    again = quiz.read(made.text)
    assert bare(again.values) == bare(values) and again == made
    assert bare(quiz.read("\n".join(line for line, _ in quiz.spread(again))).values) == bare(values)


def test_questions_and_options_get_ids_of_their_own() -> None:
    values = quiz.read(TEXT).values
    taken = [one["id"] for one in values["questions"]]
    assert rows.change(QUIZ, values, "add", "questions") == f"questions.{len(taken)}"
    assert rows.change(QUIZ, values, "add", f"questions.{len(taken)}.options")
    values["questions"][1]["id"] = taken[0]  # a forged field
    own_ids.complete_quiz(values)
    ids = [one["id"] for one in values["questions"]]
    assert len(set(ids)) == len(ids) and ids[0] == taken[0] and ids[2:-1] == taken[2:]
    assert values["questions"][-1]["kind"] == "single" and values["questions"][-1]["options"][0]["id"] == "a"


def test_there_is_an_end_to_questions() -> None:
    values: Any = quiz.read(TEXT).values
    for _ in range(40):
        rows.change(QUIZ, values, "add", "questions")
    assert len(values["questions"]) == quiz.MAX_QUESTIONS


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("schema: 1\nquestions: {", 3),
        ("schema: 1\nother: 2\nquestions: []\n", 1),
        ("schema: 1\nquestions: 3\n", 2),
        ("schema: 1\nquestions:\n  - {id: a, prompt: x, danger: true}\n", 3),
        ("schema: 1\nquestions: [{id: a, prompt: x}, {id: b, prompt: y}]\n", 2),
        ("- a\n", 1),
    ],
)
def test_what_the_form_would_lose_is_left_to_the_text(text: str, line: int) -> None:
    with pytest.raises(Unreadable) as refused:
        quiz.read(text)
    assert refused.value.line == line and "YAML" not in refused.value.say


@pytest.mark.parametrize("text", ["", "schema: 1\nquestions:", "schema: 1\nquestions: []\n", quiz.EMPTY])
def test_a_quiz_begins_without_questions(text: str) -> None:
    if not text:
        with pytest.raises(Unreadable):
            quiz.read(text)
        return
    found = quiz.read(text)
    assert found.values == {"questions": []}
    assert quiz.with_questions(found, quiz.read(TEXT).values).values == quiz.read(TEXT).values
