"""Risk signals in one text: which kinds occur, how much each counts, and its label."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from tutoring.safety.risk.kinds import AMONG_ADULTS, WORDS
from tutoring.safety.risk.normalization import plain
from tutoring.safety.risk.phrases import AMONG_ADULTS_BY_WORD, BY_WORD, Phrase, harmless

# A rejected or discouraged act ("không gửi ảnh nhé") is no request.
_TURNED_DOWN = frozenset({"photo", "meeting", "elsewhere", "gift", "scam"})

LATE_FROM, LATE_TO = 22, 5  # rooms close at half past nine unless a unit sets other hours
_OF_A_GROWN_UP = 1.5  # an adult's message to a child scores half as much again


@dataclass(frozen=True)
class RiskSignal:
    """One kind of risk signal in a text. `reason` explains it in plain Vietnamese."""

    kind: str
    points: int
    reason: str


def find_signals(text: str, *, hour: int, minor: bool, adult: bool = False) -> list[RiskSignal]:
    """Returns the risk signals in a text, each kind once.

    `hour` is the hour in Vietnam. `minor`: the reader is under 18. `adult`: the author is not. Among adults only scams
    and threats count.
    """
    found = _kinds(plain(text), minor)
    made = [_sign(kind, points, adult and minor) for kind, points in found.items()]
    if not minor:
        return toward(made, minor=False)
    if made and (hour >= LATE_FROM or hour < LATE_TO):
        made.append(_sign("late", 1, adult))
    return made


def _sign(kind: str, points: int, adult: bool) -> RiskSignal:
    return RiskSignal(kind, int(points * _OF_A_GROWN_UP + 0.5) if adult else points, WORDS[kind])


def _kinds(with_commas: str, minor: bool) -> dict[str, int]:
    text = with_commas.replace(", ", "")  # phrases run across commas, rejections do not
    words = set(text.split())
    if not minor and not _strongest(AMONG_ADULTS_BY_WORD, text, words):
        return {}  # the others only help to interpret these
    found = _strongest(BY_WORD, text, words)
    return _harmless_left_out(with_commas, text, found) if found else found


def _strongest(phrases: dict[str, list[Phrase]], text: str, words: set[str]) -> dict[str, int]:
    """Returns the points of the strongest phrase of each kind."""
    found: dict[str, int] = {}
    for word in phrases.keys() & words:
        for phrase in phrases[word]:
            if phrase.points > found.get(phrase.kind, 0) and phrase.fits(text, words):
                found[phrase.kind] = phrase.points
    return found


def _harmless_left_out(with_commas: str, text: str, found: dict[str, int]) -> dict[str, int]:
    """Drops signals in safety advice or stories; a threat always stays."""
    if harmless("advice", text) or harmless("story", text):
        return {kind: points for kind, points in found.items() if kind == "threat"}
    if "secrecy" not in found and harmless("turned_down", with_commas):
        return {kind: points for kind, points in found.items() if kind not in _TURNED_DOWN}
    return found


def masked(kinds: Iterable[str], *, adult: bool = False) -> list[RiskSignal]:
    """Returns one signal for masked data: telephone, email, link, handle, address."""
    worth = {"phone": 2, "handle": 2, "email": 2, "address": 2, "link": 1}
    points = max((worth.get(kind, 0) for kind in kinds), default=0)
    return [_sign("masked", points, adult)] if points else []


def toward(found: Iterable[RiskSignal], *, minor: bool) -> list[RiskSignal]:
    """Returns the signals that count toward a reader of this age."""
    return [replace(sign) for sign in found if minor or sign.kind in AMONG_ADULTS]
