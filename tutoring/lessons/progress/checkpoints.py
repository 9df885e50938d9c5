"""Grades answers to a checkpoint and selects the feedback.

A checkpoint is a block of a step.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tutoring.kernel.text import words


@dataclass(frozen=True)
class Verdict:
    """The result of an answer.

    `says` is the feedback to the chosen options, `back_to` a step that explains.
    """

    correct: bool
    says: list[str] = field(default_factory=list)
    back_to: str | None = None


def given(block: dict[str, Any], answer: Sequence[str]) -> list[str]:
    """Returns the known options of an answer, each once; for `type` the text itself."""
    if block["kind"] == "type":
        return [part[:200] for part in answer[:1] if part.strip()]
    known = {option["id"] for option in block["options"]}
    return list(dict.fromkeys(part for part in answer if part in known))


def grade_answer(block: dict[str, Any], answer: Sequence[str]) -> Verdict:
    """Grades an answer that `given` has filtered."""
    options = {option["id"]: option for option in block["options"]}
    if block["kind"] in {"type", "order"}:
        correct = _typed(block, answer) if block["kind"] == "type" else list(answer) == list(options)
        return Verdict(correct, [block["say"]] if block["say"] and not correct else [])
    chosen = [options[part] for part in answer]
    wrong = [option for option in chosen if not option["correct"]]
    right = {option["id"] for option in block["options"] if option["correct"]}
    correct = not wrong and (block["kind"] == "confirm" or set(answer) == right)
    says = [option["say"] for option in wrong or chosen if option["say"]]
    return Verdict(correct, says, next((option["back_to"] for option in wrong if option["back_to"]), None))


def _typed(block: dict[str, Any], answer: Sequence[str]) -> bool:
    return any(words(option["text"]) == words(part) for option in block["options"] for part in answer)


def shuffled(block: dict[str, Any]) -> list[dict[str, Any]]:
    """Returns the options of an `order` question, always in the same wrong order."""

    def key(option: dict[str, Any]) -> bytes:
        return hashlib.sha256(f"{block['id']}:{option['id']}".encode()).digest()

    mixed: list[dict[str, Any]] = sorted(block["options"], key=key)
    return mixed if mixed != block["options"] else mixed[1:] + mixed[:1]


def summary(block: dict[str, Any], answer: Sequence[str]) -> str:
    """Returns an answer as stored: ids of options, nothing of typed text."""
    return "" if block["kind"] == "type" else ",".join(answer)
