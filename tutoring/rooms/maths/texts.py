r"""Formulas in the text of a message: they stand between \( and \).

The text is stored as it was typed. What is not allowed as a formula is refused before it is stored, and shown as typed
where it is found later.
"""

from collections.abc import Callable, Iterator

from markupsafe import Markup, escape

from tutoring.kernel.errors import InvalidInput
from tutoring.kernel.text import N_
from tutoring.rooms.maths import latex, mathml, spoken
from tutoring.rooms.maths.latex import FormulaError, Node

OPEN, CLOSE = "\\(", "\\)"
MAX_FORMULAS = 10
_WHY = {
    "long": N_("Công thức dài quá. Hãy chia thành hai công thức."),
    "deep": N_("Công thức lồng nhau nhiều lớp quá. Hãy viết gọn lại."),
    "unfinished": N_("Công thức viết chưa xong. Hãy điền hết các ô rồi gửi lại."),
    "letters": N_("Trong công thức, mỗi chữ là một ẩn số. Lời viết thì để ngoài công thức."),
    "symbol": N_("Công thức có dấu không dùng được ở đây: %(what)s"),
    "many": N_("Tin có nhiều công thức quá. Hãy chia thành hai tin."),
}


def has_formula(text: str) -> bool:
    """Returns whether a text may hold a formula."""
    start = text.find(OPEN)
    return start >= 0 and text.find(CLOSE, start + 2) >= 0


def parts_of(text: str) -> Iterator[tuple[str, bool]]:
    """Yields the parts of a text, and of each whether it is a formula (without its delimiters)."""
    at = 0
    while (start := text.find(OPEN, at)) >= 0 and (end := text.find(CLOSE, start + 2)) >= 0:
        if start > at:
            yield text[at:start], False
        yield text[start + 2 : end], True
        at = end + 2
    if at < len(text):
        yield text[at:], False


def check(text: str) -> None:
    """Raises InvalidInput with the reason for a text with a formula that may not be sent."""
    formulas = [part for part, is_formula in parts_of(text) if is_formula]
    try:
        if len(formulas) > MAX_FORMULAS:
            raise FormulaError("many")
        for one in formulas:
            latex.parse(one)
    except FormulaError as wrong:
        raise InvalidInput(_WHY[wrong.code], field="text", code="formula", what=wrong.what[:20]) from None


def with_mathml(text: str, lang: str) -> Markup:
    """Returns a text as HTML, its formulas as MathML with their words."""
    return _made(text, lambda tree: mathml.write(tree, spoken.say(tree, lang)))


def in_words(text: str, lang: str) -> str:
    """Returns a text with its formulas in words, for places that show one line."""
    if not has_formula(text):
        return text
    return str(_made(text, lambda tree: escape(spoken.say(tree, lang))).unescape())


def visible_text(text: str) -> str:
    """Returns a text with its formulas as what they show, for the checks: digits in groups stand together again."""
    if not has_formula(text):
        return text
    return str(_made(text, lambda tree: escape(latex.visible(tree))).unescape())


def _made(text: str, write: Callable[[Node], Markup]) -> Markup:
    made = Markup("")
    for part, is_formula in parts_of(text):
        try:
            made += write(latex.parse(part)) if is_formula else escape(part)
        except FormulaError:
            made += escape(f"{OPEN}{part}{CLOSE}")
    return made
