"""The questions of a lesson's quiz as the values of a form, and back to the text of quiz.yml.

What is not changed stays as it stands, letter by letter.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from tutoring.kernel.text import N_
from tutoring.lessons.content import strict_yaml
from tutoring.lessons.content.form import yaml_text
from tutoring.lessons.content.form.document import Unreadable
from tutoring.lessons.content.form.fields import Field
from tutoring.lessons.content.form.steps import means, same
from tutoring.lessons.content.form.values import Node, Values, from_data, node, plain
from tutoring.lessons.content.form.yaml_text import Lines
from tutoring.lessons.content.strict_yaml import Parsed, YamlFault

MAX_QUESTIONS = 30  # of one page: more fields than a form may have would be refused
EMPTY = "schema: 1\nquestions:\n"
_KINDS = (("single", N_("chọn một câu")), ("multiple", N_("chọn nhiều câu")))
OPTION = (
    Field("id", kind="hidden"),
    Field("text", N_("Lựa chọn"), "long", needed=True),
    Field("correct", N_("Câu này đúng"), "flag"),
    Field("say", N_("Nếu chọn câu này thì nói gì"), "long", hint=N_("Câu sai nào cũng cần: vì sao chưa đúng.")),
)
QUESTION = (
    Field("id", kind="hidden"),
    Field("prompt", N_("Câu hỏi"), "long", needed=True),
    Field("step", N_("Hỏi về bước nào"), "choice", source="steps", needed=True),
    Field("kind", N_("Kiểu câu hỏi"), "choice", choices=_KINDS, fixed=True),
    Field("options", N_("Các lựa chọn"), "rows", of=OPTION, most=6, add=N_("Thêm lựa chọn")),
)
QUIZ = (
    Field(
        "questions", N_("Các câu hỏi"), "rows", of=QUESTION, most=MAX_QUESTIONS, folded=True, add=N_("Thêm câu hỏi"),
        hint=N_("Cần từ 10 câu trở lên: mỗi lần học, người học được hỏi năm câu."),
    ),
)  # fmt: skip
_ORDER = ("id", "step", "kind", "prompt", "options")  # of the entries of a question in the file
_KNOWN = {"schema", "questions"}


@dataclass(frozen=True)
class Quiz:
    """The text of a quiz: what stands before the questions, and each question with its values."""

    head: str
    pieces: tuple[str, ...]
    questions: tuple[Values, ...]

    @property
    def text(self) -> str:
        return self.head + "".join(self.pieces)

    @property
    def values(self) -> Values:
        return {"questions": [*self.questions]}


def read(text: str) -> Quiz:
    """Returns the quiz of a text; raises Unreadable where the form would lose something of it."""
    try:
        parsed = strict_yaml.parse(text)
    except YamlFault as fault:
        raise Unreadable(fault.say, fault.line) from None
    data = parsed.data
    if not isinstance(data, dict) or not data.keys() <= _KNOWN:
        raise Unreadable(N_("tệp câu hỏi có mục mà mẫu điền chưa có"), 1)
    found = data.get("questions") or []
    if not isinstance(found, list):
        raise Unreadable(N_("chưa có danh sách câu hỏi"), parsed.line(("questions",)))
    questions = []
    for n, one in enumerate(found):
        values = from_data(QUESTION, one)
        if not isinstance(one, dict) or not means(one, plain(_node(values, ""))):
            raise Unreadable(N_("câu hỏi này có mục mà mẫu điền chưa có"), parsed.line(("questions", n)))
        questions.append(values)
    head, pieces = _cut(text, parsed, found)
    return Quiz(head, pieces, tuple(questions))


def _cut(text: str, parsed: Parsed, found: list[Any]) -> tuple[str, tuple[str, ...]]:
    """Returns the text before the questions, and that of each; raises Unreadable where two share a line."""
    if not found:
        return (text if text.rstrip().endswith("questions:") else EMPTY), ()
    lines = text.split("\n")
    begins = [parsed.line(("questions", n)) - 1 for n in range(len(found))]
    begins = [at - (lines[at - 1].strip() == "-") for at in begins]  # a dash may stand on a line of its own
    pieces = ["\n".join([*lines[a:b], ""]) for a, b in pairwise(begins)]
    pieces.append("\n".join(lines[begins[-1] :]))
    for n, (piece, one) in enumerate(zip(pieces, found, strict=True)):
        try:
            alone = strict_yaml.parse(piece).data
        except YamlFault:
            alone = None
        if alone != [one]:
            raise Unreadable(N_("mỗi câu hỏi bắt đầu ở một dòng riêng"), begins[n] + 1)
    return "".join(f"{line}\n" for line in lines[: begins[0]]), tuple(pieces)


def with_questions(quiz: Quiz, values: Values) -> Quiz:
    """Returns the quiz with other questions; those that stay the same keep their letters."""
    stood = dict(zip((one["id"] for one in quiz.questions), zip(quiz.questions, quiz.pieces, strict=True), strict=True))
    pieces = []
    for question in values["questions"]:
        before = stood.get(question["id"])
        piece = before[1] if before and same(before[0], question) else _text(_node(question, ""))
        pieces.append(piece if piece.endswith("\n") else f"{piece}\n")
    head = quiz.head if quiz.head.endswith("\n") else f"{quiz.head}\n"
    made = head + "".join(pieces)
    return quiz if made.rstrip("\n") == quiz.text.rstrip("\n") else read(made)


def _node(question: Values, prefix: str, gaps: bool = False) -> Node:
    found = node(QUESTION, question, prefix, gaps)
    return Node(found.field, {name: found.data[name] for name in _ORDER if name in found.data})


def _text(question: Node) -> str:
    lines = [line for line, _ in yaml_text.compact(question)] or ["{}"]
    return "".join(f"{'    ' if n else '  - '}{line}\n" for n, line in enumerate(lines))


def spread(quiz: Quiz) -> Lines:
    """Returns the lines of the quiz with one value a line, each with the name of its field.

    What is wrong with a whole row is reported at its first line, which holds its hidden id: the row is named there.
    """
    rows = [_node(one, f"questions.{n}.", gaps=True) for n, one in enumerate(quiz.questions)]
    lines = yaml_text.spread(Node("questions", {"questions": Node("questions", rows)}))
    return [("schema: 1", ""), *((line, name.removesuffix(".id")) for line, name in lines)]
