"""The order in which the options of a question are shown.

It is shuffled by a seed and always the same for that seed, so that the place of an option says nothing, while back
buttons, keys and screen readers find each option where it was. An option about the others ("Tất cả", "Không câu
nào") stays behind them.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence
from typing import Any

Option = dict[str, Any]

SHUFFLED = frozenset({"single", "multiple"})  # `order` has its own order, and `confirm` asks how far somebody is
_THING = r"(?:câu|cách|ý|điều|việc|lựa chọn|cái)"
_ABOUT_OTHERS = re.compile(
    rf"(?:tất cả|cả (?:hai|ba|bốn))(?: (?:các|những|{_THING}|trên|ở trên|đều|đúng|sai|này))*"
    rf"|không (?:có )?{_THING} nào(?: (?:trên|ở trên|đúng|cả|hết))*"
    r"|(?:all|both|none|neither)(?: of (?:these|them|the above))?(?: (?:is|are) (?:right|correct|wrong))?",
    re.IGNORECASE,
)


def in_order(block: dict[str, Any], seed: str) -> Sequence[Option]:
    """Returns the options of a question in the order for this seed."""
    options: list[Option] = block["options"]
    if block["kind"] not in SHUFFLED:
        return options

    def key(option: Option) -> bytes:
        return hashlib.sha256(f"{seed}:{block['id']}:{option['id']}".encode()).digest()

    return catch_alls_last(sorted(options, key=key))


def catch_alls_last(options: Iterable[Option]) -> list[Option]:
    """Returns the options with those about all others at the end."""
    return sorted(options, key=lambda option: bool(_ABOUT_OTHERS.fullmatch(option["text"].strip(" .!“”"))))
