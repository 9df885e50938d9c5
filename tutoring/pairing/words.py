"""Why somebody is asked, in words."""

from collections.abc import Iterable
from typing import Any

from tutoring.kernel.text import N_

# A feature speaks when its value (0–100) is at least this.
_SAYS = {
    "cont": ((100, N_("đã giúp người này lần trước")),),
    "place": ((100, N_("cùng trường")), (60, N_("cùng phường"))),
    "level": ((64, N_("biết việc này")),),
    "device": ((100, N_("quen loại máy này")),),
    "load": ((70, N_("tuần này còn giúp ít")),),
}


def reason_words(reasons: Iterable[Any]) -> list[str]:
    """Msgids for the reasons of an offer, in the order of people's interest."""
    found = {feature: value for feature, value, _points in reasons}
    said = []
    for feature, steps in _SAYS.items():
        word = next((text for least, text in steps if found.get(feature, -1) >= least), None)
        if word:
            said.append(word)
    return said


_NEAR = {0: N_("cùng lớp hoặc khu phố"), 1: N_("cùng trường"), 2: N_("cùng phường")}


def board_words(nearness: int, in_front: bool) -> list[str]:
    """Msgids for why a request stands on a helper's board."""
    near = [_NEAR[nearness]] if nearness in _NEAR else []
    return [N_("bạn biết việc này"), *near, *([N_("người giúp trước chưa tới")] if in_front else [])]
