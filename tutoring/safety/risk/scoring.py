"""Scores risk signals over a month: different kinds together count more than repetition."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tutoring.kernel import clock
from tutoring.safety.risk.kinds import WAITING, WORDS
from tutoring.safety.risk.signals import RiskSignal

LEVELS = ("", "notice", "case")
REMEMBERED = timedelta(days=30)
_FRESH = timedelta(days=7)  # signals count in full for a week, then less each day: slow grooming takes weeks

# One clear request that the rules of children's rooms forbid (5 points) is enough to notify a teacher. So are two
# lesser signals that belong together. One personal question (at most 3) or a compliment is not.
NOTICE = 5
# Three kinds that belong together, or a clear request after two others: no longer a coincidence.
CASE = 12
# Below this many points a request is too unclear to hold a message for it.
_CLEAR = 3

# Grooming is a sequence (SAFETY §2): closeness, then secrecy, then another place or a picture.
_TOGETHER = {
    ("secrecy", "personal"): 3,
    ("secrecy", "flattery"): 2,
    ("secrecy", "gift"): 3,
    ("secrecy", "photo"): 4,
    ("secrecy", "meeting"): 4,
    ("secrecy", "elsewhere"): 4,
    ("secrecy", "sexual"): 4,
    ("secrecy", "isolating"): 2,
    ("photo", "flattery"): 2,
    ("photo", "personal"): 2,
    ("photo", "gift"): 4,
    ("photo", "elsewhere"): 3,
    ("photo", "threat"): 5,
    ("photo", "pressure"): 2,
    ("meeting", "personal"): 2,
    ("meeting", "flattery"): 2,
    ("meeting", "gift"): 3,
    ("elsewhere", "personal"): 2,
    ("elsewhere", "flattery"): 2,
    ("elsewhere", "gift"): 2,
    ("elsewhere", "masked"): 2,
    ("flattery", "personal"): 1,
    ("isolating", "flattery"): 2,
    ("threat", "scam"): 3,
}


@dataclass(frozen=True)
class Point:
    """A signal of an earlier message, as it is stored: never its text."""

    kind: str
    points: int
    at: datetime


@dataclass(frozen=True)
class RiskScore:
    """The score of the signals so far. `hold`: the scored text waits for a teacher."""

    signs: tuple[RiskSignal, ...] = ()
    level: str = ""
    hold: bool = False
    reasons: tuple[str, ...] = ()
    total: int = 0


def _weight(point: Point, now: datetime) -> float:
    """Returns how much of a point remains: all of it for a week, nothing after thirty days."""
    age = now - point.at
    if age <= _FRESH:
        return 1.0
    return max(0.0, (REMEMBERED - age) / (REMEMBERED - _FRESH))


def _by_kind(points: Iterable[Point], now: datetime) -> dict[str, float]:
    """Sums each kind: its strongest signal in full, others by half, at most twice the strongest."""
    left: dict[str, list[float]] = {}
    for point in points:
        if weight := _weight(point, now):
            left.setdefault(point.kind, []).append(point.points * weight)
    return {kind: min(2 * max(all_), max(all_) + (sum(all_) - max(all_)) / 2) for kind, all_ in left.items()}


def _meetings(kinds: dict[str, float], points: Sequence[Point], now: datetime) -> dict[tuple[str, str], float]:
    """Returns the extra points of kinds that occur together, scaled by the age of the older one."""
    fresh = {kind: max(_weight(point, now) for point in points if point.kind == kind) for kind in kinds}
    return {
        pair: extra * min(fresh[pair[0]], fresh[pair[1]])
        for pair, extra in _TOGETHER.items()
        if pair[0] in kinds and pair[1] in kinds
    }


def score_signals(history: Sequence[Point], new: Sequence[RiskSignal], now: datetime) -> RiskScore:
    """Scores one user's signals toward another, together with those of a new text.

    `level` is the current level of the pair; the caller knows which level it raised before.
    """
    points = [*history, *(Point(sign.kind, sign.points, now) for sign in new)]
    kinds = _by_kind(points, now)
    together = _meetings(kinds, points, now)
    total = int(sum(kinds.values()) + sum(together.values()) + 0.5)
    level = "case" if total >= CASE else "notice" if total >= NOTICE else ""
    return RiskScore(
        signs=tuple(new),
        level=level,
        hold=bool(level) and any(sign.kind in WAITING and sign.points >= _CLEAR for sign in new),
        reasons=_reasons(points, kinds, together, now) if level else (),
        total=total,
    )


def _reasons(
    points: Sequence[Point], kinds: dict[str, float], together: dict[tuple[str, str], float], now: datetime
) -> tuple[str, ...]:
    """Returns sentences for the teacher, the heaviest first.

    They name each kind, how often it occurred and since when, and which kinds occur together.
    """
    said = []
    for kind in sorted(kinds, key=lambda one: -kinds[one]):
        mine = [point.at for point in points if point.kind == kind and _weight(point, now)]
        since = clock.local(min(mine))
        day = "hôm nay" if since.date() == clock.local(now).date() else f"từ ngày {since:%d/%m}"
        words = WORDS[kind]
        said.append(f"{words[0].upper()}{words[1:]}: {len(mine)} lần, {day}.")
    for one, other in sorted(together, key=lambda pair: -together[pair])[:3]:
        said.append(f"Vừa {WORDS[one]}, vừa {WORDS[other]}: hai điều này đi cùng nhau đáng lo hơn từng điều.")
    return tuple(said)
