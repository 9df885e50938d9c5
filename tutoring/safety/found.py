"""What the detector finds, and the words for it."""

from collections.abc import Iterable
from dataclasses import dataclass

PRIVATE = ("phone", "idno", "otp", "bank", "email", "link", "handle", "address", "secret", "school")
SPOKEN = ("distress", "threat", "insult")  # what is said, rather than something that could be taken out
KINDS = (*PRIVATE, *SPOKEN)
ACTIONS = ("send", "warn", "mask", "hold", "refuse", "care")  # from mildest to strictest
LEVELS = ("explicit", "ambiguous")  # of distress


@dataclass(frozen=True)
class Hit:
    """One thing that should not be told: where it stands in the text as written, in code points, `end` exclusive.

    `value` is what it says once decoded: a telephone number as 0…, ids as digits, e-mail in lower case; empty for a
    request (somebody asks for a code) and for the kinds that are spoken. `reason` is a Vietnamese msgid in plain words,
    for the sender. `level` is that of distress: explicit calls for an alarm, ambiguous for a look.
    """

    kind: str
    start: int
    end: int
    value: str
    reason: str
    level: str = ""


@dataclass(frozen=True)
class Verdict:
    """What is to be done with a text; `fault` when the detector failed or took too long, which holds.

    `care`: somebody may be in danger. The text goes to the people in charge alone and is never refused. Its hits of all
    kinds stay, so that numbers and codes are masked for whoever reads it (`judge.masked` with `judge.told`). Hits of
    `PRIVATE` kinds stand in order without overlaps. Those of `SPOKEN` kinds follow, one of a kind, and may overlap.
    """

    hits: tuple[Hit, ...] = ()
    action: str = "send"
    fault: bool = False

    @property
    def level(self) -> str:
        """The level of distress; nothing where none is found."""
        return next((hit.level for hit in self.hits if hit.kind == "distress"), "")


def strictest(actions: Iterable[str]) -> str:
    """The strictest of some actions; "send" of none."""
    return max(actions, key=ACTIONS.index, default="send")
