"""What a text costs that is made of the signs of Markdown: refused, or twice as much for twice as long."""

import pytest

from tests.growth import calls
from tutoring.lessons.content import markdown, step_editor


def cost(text: str) -> int:
    def read() -> None:
        try:
            markdown.steps(text, 0)
        except markdown.LayoutFault:
            pass

    return calls(read)


HEAD = "## Bước {#b}\n\n"


@pytest.mark.parametrize("piece", ["[", "![", "[]", "*a", "_a_", "`", "`` ", "<a", "&a", "[a](", "**a", "[![", "<!--"])
@pytest.mark.parametrize("between", ["", "\n", "\n\n"])
@pytest.mark.parametrize("count", [20, pytest.param(60, marks=pytest.mark.full)])
def test_twice_as_many_signs_cost_at_most_a_little_more_than_twice(piece: str, between: str, count: int) -> None:
    some, twice = (HEAD + between.join([piece * 20] * times) for times in (count, 2 * count))
    assert cost(twice) < 2.6 * cost(some) + 170 * count


def test_too_many_signs_in_one_paragraph_are_told_with_their_line() -> None:
    text = f"{HEAD}Một đoạn.\n\n{'[' * 58_000}\n"
    with pytest.raises(markdown.LayoutFault) as told:
        markdown.steps(text, 10)
    assert told.value.line == 15 and "[" in told.value.say


def test_a_step_with_too_many_signs_is_refused_with_the_reason() -> None:
    lesson = f"---\nversion: 1\n---\n{HEAD}Một đoạn.\n"
    assert "[" in step_editor.find_replacement_problem(lesson, "b", HEAD + "[" * 58_000)
    assert step_editor.cut(lesson + "[" * 58_000, "b") is None


def test_many_paragraphs_with_few_signs_are_read() -> None:
    text = HEAD + "\n\n".join(["[" * markdown.MAX_MARKUP_CHARACTERS] * 20)
    [step], _stray = markdown.steps(text, 0)
    assert len(step.tokens) > 20
