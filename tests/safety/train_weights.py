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
PULL = 0.05  # of every weight towards nothing
STEPS = 140
FOLDS = 4
LEVELS = ("explicit", "ambiguous", "")
# Of the harmless lines of unseen writers so many may come to each score by their words alone.
SHARES = {"distress": 0.012, "threat": 0.0007, "insult": 0.001, "explicit": 0.001}
LOST = 0.05  # of the lines in which a phrase rightly fits, so many may lose it
UNSEEN = 0.005  # of the lines whose words alone are enough, so many are let pass for their single words
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
    line: Array
    share: Array  # what a place counts in its line
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
        total = np.bincount(of.line, self.weights[of.places] * of.share, len(of.labels))
        return total + of.phrases[:, at] @ self.of_phrase + self.bias


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
        np.repeat(np.arange(len(rows)), counts),
        np.repeat(1 / np.sqrt(counts), counts),
        phrases,
        np.array([[is_wanted(row, name) for name in word_weights.SCORES] for row in rows], float),
    )


def together(some: Sequence[Lines]) -> Lines:
    """Lines of several writers as one."""
    begins = np.cumsum([0, *(len(one.labels) for one in some[:-1])])
    return Lines(
        np.concatenate([one.places for one in some]),
        np.concatenate([one.line + begin for one, begin in zip(some, begins, strict=True)]),
        np.concatenate([one.share for one in some]),
        np.concatenate([one.phrases for one in some]),
        np.concatenate([one.labels for one in some]),
    )


def learn(of: Lines, at: int) -> Learned:
    """Logistic regression for the kind with this number, by Adam over all lines at once."""
    wanted, size = of.labels[:, at], word_weights.PLACES + len(LEVELS) + 1
    values, first, second = np.zeros(size), np.zeros(size), np.zeros(size)
    for step in range(1, STEPS + 1):
        now = Learned(values[: word_weights.PLACES], values[word_weights.PLACES : -1], float(values[-1]))
        error = 1 / (1 + np.exp(-now.scores(of, at))) - wanted
        slope = np.concatenate(
            [
                np.bincount(of.places, error[of.line] * of.share, word_weights.PLACES),
                error @ of.phrases[:, at],
                [error.sum()],
            ]
        )
        slope[:-1] += PULL * values[:-1]
        first, second = 0.9 * first + 0.1 * slope, 0.99 * second + 0.01 * slope**2
        rate = 0.3 * (1 - step / (STEPS + 1))
        values -= rate * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.99**step)) + 1e-8)
    return Learned(values[: word_weights.PLACES], values[word_weights.PLACES : -1], float(values[-1]))


def held_out(by_writer: dict[str, Lines], more: dict[str, Lines], at: int) -> dict[str, Array]:
    """Scores of each writer's lines, with weights learned from others: a quarter of them is left out in turn."""
    found = {}
    writers = list(filter(None, by_writer))
    for fold in range(FOLDS):
        left = writers[fold::FOLDS]
        rest = [name for name in by_writer if name not in left]
        learned = learn(together([by_writer[name] for name in rest] + [more[name] for name in rest if name]), at)
        found |= {writer: learned.scores(by_writer[writer], at) for writer in left}
    return found


def main(only_look: bool) -> None:
    rows = corpus()
    by_writer = {writer: numbered(some, with_phrases=bool(writer)) for writer, some in rows.items()}
    chance = random.Random("pairs")
    more = {writer: numbered(pairs(some, chance), with_phrases=True) for writer, some in rows.items() if writer}
    everything, told, weights = together([*by_writer.values(), *more.values()]), {}, b""
    for at, name in enumerate(word_weights.SCORES):
        scores = held_out(by_writer, more, at)
        unseen = together([by_writer[writer] for writer in scores])
        least, void = bounds(name, at, np.concatenate(list(scores.values())), unseen)
        if only_look:
            continue
        made = learn(everything, at)
        unit = float(np.abs(made.weights).max()) / 127
        weights += (np.rint(made.weights / unit) + word_weights.MIDDLE).astype(np.uint8).tobytes()
        of_phrase = dict(zip(LEVELS, map(float, made.of_phrase), strict=True))
        told[name] = {
            "unit": unit,
            "bias": made.bias,
            "of_phrase": of_phrase,
            "least": least,
            "void": void,
            "screen": 0.0,
        }
    if not only_look:
        word_weights.WEIGHTS.write_bytes(weights)
        word_weights.NUMBERS.write_text(json.dumps(told, indent=1) + "\n", "utf-8")
        word_weights.table.cache_clear()
        screen([row for some in rows.values() for row in some])


def screen(rows: Sequence[detector_benchmark.Row]) -> None:
    """Write down what the single words come to in nearly all lines whose words alone are enough."""
    found: dict[str, list[float]] = {kind: [] for kind in word_weights.KINDS}
    for marked in (row["text"].lower() for row in rows if len(row["text"]) <= word_weights.SHORT):
        scores, alone = word_weights.scores(marked), word_weights.alone(marked)
        for kind, value in zip(word_weights.KINDS, alone, strict=True):
            if word_weights.level(kind, scores, None) is not None:
                found[kind].append(value)
    told = json.loads(word_weights.NUMBERS.read_text("utf-8"))
    for kind, values in found.items():
        told[kind]["screen"] = float(np.quantile(values, UNSEEN))
    word_weights.NUMBERS.write_text(json.dumps(told, indent=1) + "\n", "utf-8")


def bounds(name: str, at: int, scores: Array, of: Lines) -> tuple[float, dict[str, float]]:
    """From which score on the words alone are enough, and below which a phrase does not count; prints what comes of
    it for lines of unseen writers."""
    wanted, harmless = of.labels[:, at] > 0, ~of.labels.any(axis=1)
    least = float(np.quantile(scores[harmless], 1 - SHARES[name]))
    found, void = scores >= least, {}
    for place, level in enumerate(LEVELS):
        fits = of.phrases[:, at, place] > 0
        right = scores[fits & wanted]
        void[level] = float(np.quantile(right, LOST)) if len(right) else 0.0
        found |= fits & (scores >= void[level])
        found &= ~fits | (scores >= void[level])
    fitting = of.phrases[:, at].any(axis=1)
    explicit = of.labels[:, word_weights.SCORES.index("explicit")] > 0
    groups = {"explicit": wanted & explicit, "not explicit": wanted & ~explicit, "harmless": harmless}
    for group, some in groups.items():
        if some.any():
            by_words, by_phrases_alone = found[some].mean(), fitting[some].mean()
            print(
                f"{name}, {group}: {by_words:.4f} of {some.sum()} ({by_phrases_alone:.4f} by phrases alone)", flush=True
            )
    return least, void


if __name__ == "__main__":
    main("--held-out" in sys.argv[1:])
