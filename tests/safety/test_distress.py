"""Danger, threats and insults: what is found however it is written, and what is let pass."""

import random

import pytest

from tests.growth import growth
from tests.safety import danger, detector_benchmark
from tutoring.kernel.errors import InvalidInput
from tutoring.safety import free_text
from tutoring.safety.detector import prefilter, run_prefilter
from tutoring.safety.detector.normalization import NormalizedText
from tutoring.safety.distress import cutting, rules
from tutoring.safety.distress.reading import find_danger
from tutoring.safety.screening import screen_text

DEVELOPED = ("distress.jsonl", "distress2.jsonl", "distress3.jsonl")
ROWS = [row for name in DEVELOPED for row in detector_benchmark.rows()[name]]
HELD_OUT_ONCE = detector_benchmark.rows()["distress_heldout.jsonl"]
WANTED = {"without marks": 0.9, "teencode without marks": 0.9, "in two": 0.9}


def test_what_children_write_of_danger_is_found_and_its_look_alikes_are_let_pass() -> None:
    figures = detector_benchmark.over(ROWS)
    assert figures.kinds["distress"].share >= 0.97, figures.kinds["distress"].misses
    assert figures.kinds["threat"].share >= 0.95, figures.kinds["threat"].misses
    assert figures.kinds["insult"].share >= 0.95, figures.kinds["insult"].misses
    assert figures.quiet.share >= 0.99, figures.quiet.misses
    assert figures.levels["explicit"].share >= 0.9, figures.levels["explicit"].misses


@pytest.mark.full  # more of what test_what_children_write_of_danger_is_found_and_its_look_alikes_are_let_pass reads
def test_the_set_once_held_out_is_found_now_and_its_look_alikes_are_let_pass() -> None:
    figures = detector_benchmark.over(HELD_OUT_ONCE)
    assert figures.kinds["distress"].share >= 0.95, figures.kinds["distress"].misses
    assert figures.kinds["threat"].share >= 0.9, figures.kinds["threat"].misses
    assert figures.kinds["insult"].share >= 0.9, figures.kinds["insult"].misses
    assert figures.quiet.share >= 0.99, figures.quiet.misses


@pytest.mark.parametrize(
    "name", [name if name in WANTED else pytest.param(name, marks=pytest.mark.full) for name in danger.WAYS]
)
def test_danger_is_found_however_it_is_written(name: str) -> None:
    """The third set holds the hardest lines: roundabout ones lose more with their marks."""
    for file, less in zip(DEVELOPED, (0, 0.05, 0.1), strict=True):
        tally = detector_benchmark.way(name, detector_benchmark.rows([file])[file])
        assert tally.share >= WANTED.get(name, 0.95) - less, (file, tally.misses)


@pytest.mark.parametrize("count", [2_000, pytest.param(20_000, marks=pytest.mark.full)])
def test_ordinary_messages_of_rooms_raise_no_alarm(count: int) -> None:
    tallies = detector_benchmark.alarms(count)
    assert tallies["explicit"].share >= 0.9999, tallies["explicit"].misses
    for name in ("ambiguous", "threat", "insult"):
        assert tallies[name].share >= 0.99, tallies[name].misses


@pytest.mark.parametrize("every", [6, pytest.param(1, marks=pytest.mark.full)])
@pytest.mark.parametrize("file", [name for name in detector_benchmark.FILES if not name.startswith("distress")])
def test_nothing_of_danger_is_seen_in_the_messages_of_the_detector(file: str, every: int) -> None:
    rows = detector_benchmark.rows([file])[file][::every]
    assert [row["text"] for row in rows if find_danger(row["text"], row.get("earlier", ()))] == []


@pytest.mark.parametrize(
    ("text", "kind", "level", "span"),
    [
        ("cô ơi em bị ba đánh hoài", "distress", "explicit", "bị ba đánh"),
        ("hok mún sống nữa", "distress", "explicit", "hok mún sống nữa"),
        ("em thấy mình vô dụng", "distress", "ambiguous", "em thấy mình vô dụng"),
        ("mày đi chết đi", "insult", "", "mày đi chết đi"),
        ("tao đánh mày chết", "threat", "", "tao đánh mày chết"),
    ],
)
def test_a_hit_says_what_how_certain_and_where(text: str, kind: str, level: str, span: str) -> None:
    (hit,) = find_danger(text)
    assert (hit.kind, hit.level, text[hit.start : hit.end], hit.value) == (kind, level, span, "")


def test_no_insult_is_read_into_an_english_word() -> None:
    assert [
        hits for hits in map(find_danger, ("please read the condition first", "the conditions are met")) if hits
    ] == []
    assert [hit.kind for hit in find_danger("conđĩkia")] == ["insult"]  # joined words of the rules are still read


def test_what_is_said_over_several_messages_spans_its_part_in_the_last() -> None:
    (hit,) = find_danger("đánh em hoài", ["chào cô", "ba em"])
    assert (hit.level, hit.start, "đánh em hoài"[: hit.end]) == ("explicit", 0, "đánh em hoài")


def test_words_that_say_they_would_die_if_left_are_danger_and_a_sign_of_pressure() -> None:
    text = "nếu em nghỉ chơi thì anh tự tử"
    assert screen_text(text, minor=True).action == "care"


def test_one_who_tells_of_an_insult_or_calls_himself_stupid_insults_nobody() -> None:
    for text in ("bạn ấy chửi em là đồ ngu", "em ngu quá", "mình dốt thật", "không nên gọi bạn là đồ ngu"):
        assert not {hit.kind for hit in find_danger(text)} & {"insult", "threat"}, text


def test_no_cry_for_help_is_refused_in_a_field_and_an_insult_is() -> None:
    cry = "em bị ba đánh, nó chửi em là đồ chó"
    assert free_text.reject_private_data(cry, minor=True, field="words") == cry
    with pytest.raises(InvalidInput):
        free_text.reject_private_data("đồ con chó", minor=True, field="words")
    with pytest.raises(InvalidInput):  # a number is named beside the field as before
        free_text.reject_private_data(f"{cry}, gọi 0901234567", minor=True, field="words")
    assert free_text.around_private("em muốn tự tử") == []


# The quick run reads one line of twelve: a rule that a glance does not know fails on many of them.
@pytest.mark.parametrize("every", [12, pytest.param(1, marks=pytest.mark.full)])
def test_a_glance_calls_whatever_could_be_found(every: int) -> None:
    for row in [*ROWS, *HELD_OUT_ONCE][::every]:
        text, earlier = row["text"], row.get("earlier", ())
        found = cutting.pieces(NormalizedText(text).marked)
        if any(phrase.expression.search(cutting.codes(found)) for phrase in rules.PHRASES):
            assert run_prefilter(text, earlier).calls & prefilter.DISTRESS, text


@pytest.mark.parametrize("every", [36, pytest.param(3, marks=pytest.mark.full)])
@pytest.mark.parametrize("file", detector_benchmark.FILES)
def test_the_cheap_look_at_the_words_hides_no_phrase_that_fits(file: str, every: int) -> None:
    """A line is read with every phrase, as it stands and in another spelling."""
    chance = random.Random(file)
    texts = [row["text"] for row in detector_benchmark.rows([file])[file]][::every]
    texts += [danger.WAYS[chance.choice(list(danger.WAYS))](text, chance)[-1] for text in texts]
    for text in texts:
        found = cutting.pieces(NormalizedText(text).marked)
        codes, candidates = cutting.codes(found), cutting.candidates(found)
        for phrase in rules.PHRASES:
            assert phrase in candidates or not phrase.expression.search(codes), (text, phrase.written)


@pytest.mark.parametrize(
    "text", ["ba đánh em ", "em muốn ", "bị ba ", "mày ", "chết ", "không muốn sống ", "em bị cô chú nó "]
)
def test_no_flood_of_words_of_danger_costs_much(text: str) -> None:
    """How many milliseconds it takes is measured by benchmarks/bench_detector.py."""
    flood = (text * 300)[:1000]
    assert growth(find_danger, flood, flood * 5, within=12) < 12


def test_no_word_that_might_be_a_password_is_remembered_here_either() -> None:
    find_danger("em bị ba đánh emlamduocroiconhe tu1234567890abc")
    for known in (cutting._codes_of, cutting._known_of, rules.VOCABULARY._known):
        assert not [word for word in known if len(word) > 12]
