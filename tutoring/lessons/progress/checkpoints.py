"""Whether an answer to a checkpoint is right, and what to say to it. A checkpoint is a block of a step."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tutoring.kernel.text import words


@dataclass(frozen=True)
class Verdict:
    """What an answer is worth. `says` are the words for what was chosen, `back_to` a step that explains."""

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
    """The options of an `order` question, never in the right order but always in the same one."""

    def key(option: dict[str, Any]) -> bytes:
        return hashlib.sha256(f"{block['id']}:{option['id']}".encode()).digest()

    mixed: list[dict[str, Any]] = sorted(block["options"], key=key)
    return mixed if mixed != block["options"] else mixed[1:] + mixed[:1]


def summary(block: dict[str, Any], answer: Sequence[str]) -> str:
    """An answer as it is kept: ids of options; of typed text nothing."""
    return "" if block["kind"] == "type" else ",".join(answer)
