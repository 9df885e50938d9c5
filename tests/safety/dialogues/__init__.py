"""Scripted talks and how they are played through the engine of risk."""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import yaml

from tutoring.safety import risk
from tutoring.safety.risk import phrases

HERE = Path(__file__).parent
SENTENCES = re.findall(r"^(\w+):", (HERE / "sentences.yml").read_text("utf-8"), re.MULTILINE)  # their kinds
START = datetime(2026, 10, 5, tzinfo=UTC) - timedelta(hours=7)  # midnight in Vietnam


@dataclass(frozen=True)
class Turn:
    """What one says; `away` marks the invitation to talk elsewhere."""

    speaker: str
    at: datetime
    hour: int
    text: str
    away: bool


@dataclass(frozen=True)
class Talk:
    name: str
    who: dict[str, str]
    turns: tuple[Turn, ...]


@dataclass(frozen=True)
class Played:
    """What came of a talk: the turn at which a teacher first heard of it, whether that was in time, what was held."""

    first: int | None
    in_time: bool
    level: str
    held: tuple[str, ...]


def _turn(line: str) -> Turn:
    speaker, day, time, text = line.split(" ", 3)
    hour, minute = time.split(":")
    at = START + timedelta(days=int(day), hours=int(hour), minutes=int(minute))
    return Turn(speaker[0], at, int(hour), text, speaker.endswith("!"))


def talks(name: str) -> list[Talk]:
    rows = yaml.safe_load((HERE / f"{name}.yml").read_text("utf-8"))
    return [Talk(row["name"], row["who"], tuple(_turn(line) for line in row["turns"])) for row in rows]


def weighed(talk: Talk) -> Iterator[tuple[Turn, risk.RiskScore]]:
    """Each turn with what it comes to, by the speaker toward the one other person."""
    past: dict[str, list[risk.Point]] = {}
    for turn in talk.turns:
        (other,) = (who for letter, who in talk.who.items() if letter != turn.speaker)
        found = risk.find_signals(
            turn.text,
            hour=turn.hour,
            minor=other.startswith("minor"),
            adult=talk.who[turn.speaker].startswith("adult"),
        )
        mine = past.setdefault(turn.speaker, [])
        yield turn, risk.score_signals(mine, found, turn.at)
        mine += [risk.Point(sign.kind, sign.points, turn.at) for sign in found]


def play(talk: Talk) -> Played:
    """Play a talk to its end. A teacher hears in time if something is raised before the marked turn, or holds it."""
    first, in_time, over, level, held = None, False, False, "", []
    for number, (turn, weighing) in enumerate(weighed(talk), 1):
        if weighing.level and first is None:
            first = number
        in_time = in_time or (not over and bool(weighing.hold if turn.away else weighing.level))
        over = over or turn.away
        level = max(level, weighing.level, key=risk.LEVELS.index)
        if weighing.hold:
            held.append(turn.text)
    return Played(first, in_time, level, tuple(held))


@cache
def sentences() -> dict[str, list[str]]:
    """Sentences by the kind of sign that they are; the plain ones are none."""
    found: dict[str, list[str]] = yaml.safe_load((HERE / "sentences.yml").read_text("utf-8"))
    return found


def hostile() -> list[str]:
    """Texts of about 1,000 characters, full of words that phrases ask for."""
    words = sorted({word for phrase in phrases.PHRASES for some in phrase.needed for word in some})
    pick = random.Random(4)
    made = [" ".join(pick.choice(words) for _ in range(250))[:1000] for _ in range(60)]
    made += [(word + " ") * (1000 // (len(word) + 1)) for word in words[::10]]
    return [
        *made,
        "a." * 500,
        "z.a.l.o" * 142,
        "ế" * 1000,
        "anh cho em " * 90,
        "đừng nói với " * 76,
        "gửi anh tấm " * 83,
    ]
