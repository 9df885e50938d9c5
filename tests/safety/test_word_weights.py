"""What the words of a text weigh together: learned from labelled lines, told in any place of a text, and bounded."""

import json
from functools import cache

import numpy as np
import pytest

from tests.growth import calls
from tests.safety import detector_benchmark, train_weights
from tutoring.safety.distress import word_weights
from tutoring.safety.distress.reading import by_phrases, find_danger
from tutoring.safety.screening import screen_text

UNLEARNED = detector_benchmark.CORPUS / "unlearned"
# Lines for which no phrase was written.
HINTS = (
    "con không dám kể mẹ nghe chuyện tối qua chú làm với con",
    "tối nào em cũng kê ghế chặn cửa phòng vì sợ dượng vô",
)


@cache
def spoken_lines() -> list[detector_benchmark.Row]:
    return [row for writer, rows in train_weights.corpus().items() if writer for row in rows]


def test_every_learned_line_is_labelled_with_what_is_known_and_none_stands_twice() -> None:
    rows = spoken_lines()
    assert len(rows) > 20_000
    for row in rows:
        assert row["kinds"] in ([], ["distress"], ["threat"], ["insult"]), row
        assert (row.get("level") in ("explicit", "ambiguous")) == (row["kinds"] == ["distress"]), row
    assert len({row["text"].lower() for row in rows}) == len(rows)


def is_told_by_words(marked: str) -> bool:
    scores = word_weights.scores(marked)
    return any(word_weights.level(kind, scores, None) is not None for kind in word_weights.KINDS)


@pytest.mark.parametrize("text", HINTS)
def test_a_hint_that_no_phrase_names_asks_for_care_and_spans_nothing(text: str) -> None:
    (hit,) = [one for one in find_danger(text) if one.kind == "distress"]
    assert (hit.start, hit.end, hit.level) == (0, 0, "ambiguous")
    assert screen_text(text, minor=True).action == "care"


@pytest.mark.parametrize("every", [35, pytest.param(7, marks=pytest.mark.full)])
def test_most_learned_lines_are_told_and_nearly_all_harmless_ones_let_pass(every: int) -> None:
    """What lines come to that nobody has seen is measured by `python3 -m tests.safety.train_weights --held-out`."""
    rows = spoken_lines()[::every]
    figures = detector_benchmark.over(rows)
    assert figures.kinds["distress"].share > 0.85 and figures.quiet.share > 0.95


def test_lines_that_weights_are_not_learned_from_are_found_as_well() -> None:
    """The bounds stand a little below what was measured; docs/detector-figures.md has the figures."""
    rows = [row for path in UNLEARNED.glob("*.jsonl") for row in detector_benchmark.read(path)]
    learned = {row["text"].lower() for row in spoken_lines()}
    assert len(rows) > 300 and not [row for row in rows if row["text"].lower() in learned]
    figures = detector_benchmark.over(rows)
    assert figures.kinds["distress"].share > 0.72 and figures.quiet.share > 0.92


def test_one_sentence_in_a_long_text_weighs_as_much_as_alone() -> None:
    text = " ".join(["hôm nay lớp em học bài phân số và em làm được hết rồi ạ."] * 9)
    assert find_danger(text) == []
    hint = "tối nào em cũng kê ghế chặn cửa phòng vì sợ dượng vô, mẹ em đi làm ca đêm không ai hay"
    assert by_phrases(hint) == []
    assert [hit.kind for hit in find_danger(f"{text} {hint}. {text}")] == ["distress"]


@pytest.mark.parametrize("every", [25, pytest.param(5, marks=pytest.mark.full)])
def test_the_quick_look_says_the_same_as_the_scores_but_for_a_few(every: int) -> None:
    rows = [row["text"].lower() for row in spoken_lines()[::every]]
    wanted = [
        text
        for text in rows
        if any(word_weights.level(kind, word_weights.scores(text), None) is not None for kind in word_weights.KINDS)
    ]
    passed = [text for text in wanted if word_weights.is_light(text)]
    assert len(wanted) > 2500 / every and len(passed) <= len(wanted) / 50, passed
    assert all(word_weights.is_light(text) for text in set(rows) - set(wanted))


def test_the_same_lines_give_the_same_weights() -> None:
    """The places of words must be those of the table: whoever changes what words are made of has to learn anew."""
    rows = spoken_lines()[::40]
    of = train_weights.numbered(rows, with_phrases=False)
    told = json.loads(word_weights.NUMBERS.read_text("utf-8"))["distress"]
    steps = (
        np.frombuffer(word_weights.WEIGHTS.read_bytes(), np.uint8)[: word_weights.PLACES].astype(float)
        - word_weights.MIDDLE
    )
    made = train_weights.Learned(steps * told["unit"], np.zeros(len(train_weights.LEVELS)), told["bias"])
    scores = [word_weights.scores(row["text"].lower())[0] for row in rows]
    lengths = [len(word_weights.words(row["text"].lower())) for row in rows]
    short = [word_weights.FEWEST <= length <= word_weights.WINDOW for length in lengths]
    assert np.allclose(np.array(scores)[short], made.scores(of, 0)[short], atol=1e-6)


def test_a_phrase_that_the_words_speak_against_does_not_count() -> None:
    numbers = word_weights.table().numbers["distress"]
    low = (numbers.least - numbers.of_phrase["explicit"] - 1, 0.0, 0.0, -9.0)
    assert word_weights.level("distress", low, "explicit") is None
    high = (numbers.least - numbers.of_phrase["explicit"] + 1, 0.0, 0.0, -9.0)
    assert word_weights.level("distress", high, "explicit") == "explicit"


def test_what_weighing_costs_grows_with_the_length_alone() -> None:
    text = "em bị ba đánh hoài mà không dám nói với ai "
    word_weights.scores(text * 100)
    short, long = (calls(lambda count=count: word_weights.scores(text * count)) for count in (50, 200))  # type: ignore[misc]
    assert long < 5 * short


def test_no_word_that_might_be_a_password_is_remembered() -> None:
    find_danger("em bị ba đánh emlamduocroiconhe tu1234567890abc")
    assert not [word for word in word_weights._words | word_weights._sums if len(word) > 12]
