"""What the detector finds, and the words for it."""

from collections.abc import Iterable
from dataclasses import dataclass

KINDS = ("phone", "idno", "otp", "bank", "email", "link", "handle", "address", "secret", "school")
ACTIONS = ("send", "warn", "mask", "hold", "refuse")  # from mildest to strictest


@dataclass(frozen=True)
class Hit:
    """One thing that should not be told: where it stands in the text as written, in code points, `end` exclusive.

    `value` is what it says once decoded: a telephone number as 0…, ids as digits, e-mail in lower case; empty for a
    request (somebody asks for a code). `reason` is a Vietnamese msgid in plain words, for the sender.
    """

    kind: str
    start: int
    end: int
    value: str
    reason: str


@dataclass(frozen=True)
class Verdict:
    """What is to be done with a text; `fault` when the detector failed or took too long, which holds."""

    hits: tuple[Hit, ...] = ()
    action: str = "send"
    fault: bool = False


def strictest(actions: Iterable[str]) -> str:
    """The strictest of some actions; "send" of none."""
    return max(actions, key=ACTIONS.index, default="send")
