"""Makes the weights of `tutoring/safety/distress/word_weights.py`: python3 -m tests.safety.train_weights

Logistic regression for each kind, over the places of a line's words and the phrases of the rules that fit it. The same
lines give the same weights. `--held-out` weighs the lines of each writer with weights from all others, which says what
to expect of lines that nobody has seen.
"""

import json
import random
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tests.safety import detector_benchmark, room_talk
from tests.welfare.test_disclosures import LOOK_ALIKES
from tutoring.config import ROOT
from tutoring.safety.distress import word_weights
from tutoring.safety.distress.reading import by_phrases

Array = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
MOST = 40  # words of a line that are learned from
PULL = 0.015  # of every weight towards nothing
SEEN = 2  # lines that must have a place before it is learned from
ALONE_PULL = 0.1  # the same for words alone
STEPS = 80
FOLDS = 3
LEVELS = ("explicit", "ambiguous", "")
# Of the harmless lines of unseen writers so many may come to each score, by their words and the phrases that fit.
SHARES = {"distress": 0.02, "threat": 0.001, "insult": 0.0015, "explicit": 0.001}
# Added to what a phrase counts for danger: its author meant wordings that few of the lines have.
MARGIN = 0.25
UNSEEN = 0.005  # of the lines whose words are enough, so many are let pass for their single words
ORDINARY = 3_000  # generated messages of rooms among the harmless ones, and as many names
FAMILY = "Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Đinh Mai Trương Cao"
GIVEN = (
    "An Anh Bảo Bình Bảy Chi Cường Dũng Giang Hà Hải Hạnh Hằng Hiếu Hoa Hùng Hương Khang Khoa Khôi Lan Linh Long Mai "
    "Minh Muội Mười My Nam Nga Ngân Ngọc Nhi Như Phát Phong Phúc Phương Quân Quang Sáu Sơn Tài Tám Tâm Thanh Thảo Thắm "
    "Thịnh Thu Thuỷ Tí Tiến Trang Trí Trung Tú Tuấn Tuyết Út Văn Vân Việt Vy Xuân Yến Đạt Đức Thị"
)
_MARKUP = re.compile(r"[*_`#>|{}\[\]()]+|^\s*[-\d.]+\s")
_OF_DANGER = re.compile(
    r"(?i)đánh|chết|sợ|doạ|dọa|bắt nạt|xâm hại|nguy hiểm|111|bí mật|đau|buồn|khóc|ép|tống tiền|một mình|http|^[a-z_]+:"
)
LEARNED = detector_benchmark.CORPUS / "spoken"


@dataclass(frozen=True)
class Lines:
    """Labelled lines: the places of each, one behind the other, and the phrases of the rules that fit it."""

    places: Array
    counts: Array  # of places, by line
    phrases: Array  # by line, kind and level
    labels: Array  # by line and kind


@dataclass(frozen=True)
class Learned:
    """The weights of one kind."""

    weights: Array
    of_phrase: Array
    bias: float

    def scores(self, of: Lines, at: int) -> Array:
        """The score of each line for the kind with this number."""
        total = np.add.reduceat(self.weights[of.places], starts(of.counts)) / np.sqrt(of.counts)
        return total + of.phrases[:, at] @ self.of_phrase + self.bias


def starts(counts: Array) -> Array:
    """Where each part begins of parts that stand one behind the other."""
    return np.concatenate([[0], np.cumsum(counts)[:-1]])


def corpus() -> dict[str, list[detector_benchmark.Row]]:
    """The lines that weights are learned from, by writer: those of `spoken/`, and all other labelled messages."""
    spoken = {path.stem: detector_benchmark.read(path) for path in sorted(LEARNED.glob("*.jsonl"))}
    others = [row for rows in detector_benchmark.rows().values() for row in rows]
    chance = random.Random("learning")
    texts = [*lesson_lines(), *LOOK_ALIKES, *(room_talk.message(chance) for _ in range(ORDINARY))]
    for _ in range(ORDINARY):
        called = chance.sample(GIVEN.split(), chance.randint(1, 3))
        texts.append(" ".join([chance.choice(FAMILY.split()), *called] if len(called) > 1 else called))
    return {**spoken, "": others + [{"text": text, "kinds": []} for text in texts]}


def lesson_lines() -> list[str]:
    """Lines of lessons, which are harmless, but for those that speak of danger."""
    found = []
    for file in sorted((ROOT / "content" / "lessons").glob("*/vi.md")):
        lines = (_MARKUP.sub(" ", line).strip() for line in file.read_text("utf-8").splitlines())
        found += [line for line in lines if 3 < len(line.split()) < MOST and not _OF_DANGER.search(line)]
    return [line for line in found if not by_phrases(line)]


def pairs(rows: Sequence[detector_benchmark.Row], chance: random.Random) -> list[detector_benchmark.Row]:
    """Lines behind harmless ones of the same writer, and before them: danger is said in the middle of other things."""
    harmless = [row["text"] for row in rows if not row["kinds"]]
    found = []
    for row in chance.sample(rows, len(rows) // 3):
        two = [row["text"], chance.choice(harmless)]
        chance.shuffle(two)
        found.append({**row, "text": chance.choice((". ", ", ", " ")).join(two)})
    return found


def is_wanted(row: detector_benchmark.Row, name: str) -> bool:
    """Whether a line is labelled with this one of the scores."""
    return row.get("level") == "explicit" if name == "explicit" else name in row["kinds"]


def numbered(rows: Sequence[detector_benchmark.Row], with_phrases: bool) -> Lines:
    """Labelled lines as numbers. Rules were changed for the older lines, so their phrases say too much there."""
    found = [sorted(word_weights.places(word_weights.words(row["text"].lower())[:MOST])) for row in rows]
    counts = np.array([len(one) for one in found])
    phrases = np.zeros((len(rows), len(word_weights.SCORES), len(LEVELS)))
    for at, row in enumerate(rows if with_phrases else ()):
        for hit in by_phrases(row["text"]):
            for name in (hit.kind, "explicit")[: 1 + (hit.kind == "distress")]:
                phrases[at, word_weights.SCORES.index(name), LEVELS.index(hit.level)] = 1
    return Lines(
        np.concatenate([np.array(one, np.int64) for one in found]),
        counts,
        phrases,
        np.array([[is_wanted(row, name) for name in word_weights.SCORES] for row in rows], float),
    )


def together(some: Sequence[Lines]) -> Lines:
    """Lines of several writers as one."""
    return Lines(
        np.concatenate([one.places for one in some]),
        np.concatenate([one.counts for one in some]),
        np.concatenate([one.phrases for one in some]),
        np.concatenate([one.labels for one in some]),
    )


def learn(of: Lines, pull: float = PULL) -> list[Learned]:
    """Logistic regression for each of the scores, by Adam over all lines at once.

    A place that fewer than `SEEN` lines have keeps no weight: it would say more of the line than of its words.
    """
    often = np.bincount(of.places, minlength=word_weights.PLACES) >= SEEN
    known, kept = np.flatnonzero(often), often[of.places]
    line = np.repeat(np.arange(len(of.counts)), of.counts)[kept]
    places = np.searchsorted(known, of.places[kept])
    line_of, begins = line[np.argsort(places, kind="stable")], starts(np.bincount(places))
    kept_of = np.bincount(line, minlength=len(of.counts))
    with_places, first_of = np.flatnonzero(kept_of), starts(kept_of[kept_of > 0])
    share = (1 / np.sqrt(of.counts))[:, None]
    size, many = len(known), of.labels.shape[1]
    values = np.zeros((size + len(LEVELS) + 1, many), np.float32)
    first, second = np.zeros_like(values), np.zeros_like(values)
    for step in range(1, STEPS + 1):
        scores = np.einsum("nkl,lk->nk", of.phrases, values[size:-1]) + values[-1]
        scores[with_places] += np.add.reduceat(np.take(values, places, axis=0), first_of) * share[with_places]
        error = 1 / (1 + np.exp(-scores)) - of.labels
        of_line = np.take((error * share).astype(np.float32), line_of, axis=0)
        of_phrases = np.einsum("nk,nkl->lk", error, of.phrases)
        slope = np.concatenate([np.add.reduceat(of_line, begins), of_phrases, error.sum(axis=0)[None]])
        slope[:-1] += pull * values[:-1]
        first, second = 0.9 * first + 0.1 * slope, 0.99 * second + 0.01 * slope**2
        rate = 0.3 * (1 - step / (STEPS + 1))
        values -= (rate * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.99**step)) + 1e-8)).astype(np.float32)
    weights = np.zeros((word_weights.PLACES, many))
    weights[known] = values[:size]
    of_phrase = values[size:-1].astype(float)
    of_phrase[:, 0] += MARGIN * of.phrases[:, 0].any(axis=0)
    return [Learned(weights[:, at], of_phrase[:, at], float(values[-1, at])) for at in range(many)]


def held_out(by_writer: dict[str, Lines], more: dict[str, Lines]) -> dict[str, Array]:
    """Scores of each writer's lines, with weights learned from others: a part of them is left out in turn."""
    found = {}
    writers = list(filter(None, by_writer))
    for fold in range(FOLDS):
        left = writers[fold::FOLDS]
        rest = [name for name in by_writer if name not in left]
        learned = learn(together([by_writer[name] for name in rest] + [more[name] for name in rest if name]))
        for writer in left:
            found[writer] = np.stack([one.scores(by_writer[writer], at) for at, one in enumerate(learned)], axis=1)
    return found


def main(only_look: bool) -> None:
    rows = corpus()
    by_writer = {writer: numbered(some, with_phrases=bool(writer)) for writer, some in rows.items()}
    chance = random.Random("pairs")
    more = {writer: numbered(pairs(some, chance), with_phrases=True) for writer, some in rows.items() if writer}
    held = held_out(by_writer, more)
    unseen, numbers, weights = together([by_writer[writer] for writer in held]), {}, b""
    scores = np.concatenate(list(held.values()))
    thresholds = [bounds(name, at, scores[:, at], unseen) for at, name in enumerate(word_weights.SCORES)]
    if only_look:
        return
    learned = learn(together([*by_writer.values(), *more.values()]))
    for name, made, least in zip(word_weights.SCORES, learned, thresholds, strict=True):
        unit, steps = in_bytes(made)
        weights += steps
        of_phrase = dict(zip(LEVELS, map(float, made.of_phrase), strict=True))
        numbers[name] = {
            "unit": unit,
            "bias": made.bias,
            "of_phrase": of_phrase,
            "least": least,
        }
    word_weights.WEIGHTS.write_bytes(weights)
    numbers["screen"] = {"unit": 1.0, "least": 0.0}
    word_weights.NUMBERS.write_text(json.dumps(numbers, indent=1) + "\n", "utf-8")
    word_weights.table.cache_clear()
    screen([row for some in rows.values() for row in some])


def screen(rows: Sequence[detector_benchmark.Row]) -> None:
    """Learn which single words stand in the lines that are found, and write down what nearly all of these come to."""
    marked = [row["text"].lower() for row in rows]
    found = [
        any(word_weights.level(kind, scores, None) is not None for kind in word_weights.KINDS)
        for scores in map(word_weights.scores, marked)
    ]
    places = [sorted(set(word_weights.alone_places(word_weights.words(text)))) or [0] for text in marked]
    counts = np.array([len(some) for some in places])
    of = Lines(np.concatenate(places), counts, np.zeros((len(rows), 1, len(LEVELS))), np.array(found, float)[:, None])
    (made,) = learn(of, ALONE_PULL)
    unit, single = in_bytes(made)
    word_weights.WEIGHTS.write_bytes(word_weights.WEIGHTS.read_bytes() + single)
    numbers = json.loads(word_weights.NUMBERS.read_text("utf-8")) | {"screen": {"unit": unit, "least": 0.0}}
    word_weights.NUMBERS.write_text(json.dumps(numbers, indent=1) + "\n", "utf-8")
    word_weights.table.cache_clear()
    short = [text for text, is_found in zip(marked, found, strict=True) if is_found and len(text) <= word_weights.SHORT]
    numbers["screen"]["least"] = float(np.quantile(list(map(word_weights.alone, short)), UNSEEN))
    word_weights.NUMBERS.write_text(json.dumps(numbers, indent=1) + "\n", "utf-8")


def in_bytes(made: Learned) -> tuple[float, bytes]:
    """The size of one step of a weight, and the weights in such steps."""
    unit = float(np.abs(made.weights).max()) / 127
    return unit, (np.rint(made.weights / unit) + word_weights.MIDDLE).astype(np.uint8).tobytes()


def bounds(name: str, at: int, scores: Array, of: Lines) -> float:
    """From which score on a line is found, by its words alone or with the phrases that fit; prints what comes of it for
    lines of unseen writers."""
    wanted, harmless = of.labels[:, at] > 0, ~of.labels.any(axis=1)
    least = float(np.quantile(scores[harmless], 1 - SHARES[name]))
    found = scores >= least
    fitting = of.phrases[:, at].any(axis=1)
    explicit = of.labels[:, word_weights.SCORES.index("explicit")] > 0
    groups = {"explicit": wanted & explicit, "not explicit": wanted & ~explicit, "harmless": harmless}
    for group, some in groups.items():
        if some.any():
            by_words, by_phrases_alone = found[some].mean(), fitting[some].mean()
            print(
                f"{name}, {group}: {by_words:.4f} of {some.sum()} ({by_phrases_alone:.4f} by phrases alone)", flush=True
            )
    return least


if __name__ == "__main__":
    main("--held-out" in sys.argv[1:])
