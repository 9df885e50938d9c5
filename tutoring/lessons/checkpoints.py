"""Whether an answer to a checkpoint is right, and what to say to it. A checkpoint is a block of a step."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tutoring.kernel.text import words


@dataclass(frozen=True)
class Verdict:
    """What an answer is worth. `says` are the words for wrong choices; `back_to` a step that explains it."""

    correct: bool
    says: list[str] = field(default_factory=list)
    back_to: str | None = None


def given(block: dict[str, Any], answer: Sequence[str]) -> list[str]:
    """The part of an answer that this checkpoint knows: options, each once; for `type` the text itself."""
    if block["kind"] == "type":
        return [part[:200] for part in answer[:1] if part.strip()]
    known = {option["id"] for option in block["options"]}
    return list(dict.fromkeys(part for part in answer if part in known))


def judge(block: dict[str, Any], answer: Sequence[str]) -> Verdict:
    """Judge an answer that `given` has let through."""
    options = {option["id"]: option for option in block["options"]}
    right = [option["id"] for option in block["options"] if option["correct"]]
    kind = block["kind"]
    if kind == "confirm":
        return Verdict(
            bool(answer) and all(options[part]["correct"] for part in answer), _says(options, answer)
        )
    if kind == "type":
        return Verdict(any(words(options[one]["text"]) == words(part) for one in right for part in answer))
    if kind == "order":
        return Verdict(list(answer) == list(options))
    wrong = [options[part] for part in answer if not options[part]["correct"]]
    back = next((option["back_to"] for option in wrong if option.get("back_to")), None)
    return Verdict(set(answer) == set(right), _says(options, answer), back)


def _says(options: dict[str, dict[str, Any]], answer: Sequence[str]) -> list[str]:
    return [options[part]["say"] for part in answer if options[part].get("say")]


def summary(block: dict[str, Any], answer: Sequence[str]) -> str:
    """An answer as it is kept: ids of options; of typed text nothing."""
    return "" if block["kind"] == "type" else ",".join(answer)
