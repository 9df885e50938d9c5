"""The detector's goals, over disguises and ordinary talk made by generators and over what people wrote."""

import random
import unicodedata

import pytest

from tests.growth import growth
from tests.safety import detector_benchmark, harmless_messages, obfuscation
from tutoring.safety.detector import scan

RECALL, QUIET = 0.95, 0.995
FULL = pytest.mark.full


# The quick run draws a part of the numbers and of the messages: a rule that is lost misses many of each kind.
@pytest.mark.parametrize("count", [30, pytest.param(100, marks=FULL)])
@pytest.mark.parametrize("name", obfuscation.FAMILIES)
def test_a_telephone_is_found_with_its_value_in_every_disguise(name: str, count: int) -> None:
    tally = detector_benchmark.family(name, "phone", count)
    assert tally.share >= RECALL, tally.misses[:5]


@pytest.mark.parametrize("count", [20, pytest.param(60, marks=FULL)])
@pytest.mark.parametrize("name", [name for name in obfuscation.FAMILIES if not name.startswith("+84")])
def test_a_citizen_number_is_found_with_its_value_in_every_disguise(name: str, count: int) -> None:
    tally = detector_benchmark.family(name, "idno", count)
    assert tally.share >= RECALL, tally.misses[:5]


@pytest.mark.parametrize("number", [2, 3, 4])
def test_a_telephone_in_parts_is_found_in_the_message_that_completes_it(number: int) -> None:
    tally = detector_benchmark.parts(number, 300)
    assert tally.share >= RECALL, tally.misses[:5]


def test_the_part_in_the_last_message_is_what_a_hit_spans() -> None:
    text = "cuối là 567 nha"
    (hit,) = scan(text, ["số mình 0901", "rồi 234"])
    assert (hit.kind, hit.value, text[hit.start : hit.end]) == ("phone", "0901234567", "567")


@pytest.mark.parametrize("count", [100, pytest.param(400, marks=FULL)])
@pytest.mark.parametrize("kind", harmless_messages.KINDS)
def test_ordinary_talk_full_of_digits_is_let_pass(kind: str, count: int) -> None:
    tally = detector_benchmark.quiet(kind, count)
    assert tally.share >= QUIET, tally.misses[:5]


@pytest.mark.parametrize("count", [400, pytest.param(1500, marks=FULL)])
def test_results_told_one_by_one_are_let_pass(count: int) -> None:
    tally = detector_benchmark.quiet_answers(count)
    assert tally.share >= QUIET, tally.misses[:5]


# The files of danger are read as a whole by test_distress.py in the quick run.
@pytest.mark.parametrize(
    "file", [pytest.param(one, marks=FULL) if "distress" in one else one for one in detector_benchmark.FILES]
)
def test_what_people_wrote_is_found_and_what_is_harmless_is_let_pass(file: str) -> None:
    figures = detector_benchmark.over(detector_benchmark.rows([file])[file])
    assert figures.recall.share >= RECALL, figures.recall.misses[:20]
    assert figures.quiet.share >= QUIET, figures.quiet.misses
    assert figures.values.share >= RECALL, figures.values.misses[:20]
    for kind, tally in figures.kinds.items():
        assert tally.share >= 0.9, (kind, tally.misses)


@pytest.mark.parametrize("name", obfuscation.FAMILIES)
def test_a_hit_spans_every_digit_of_the_text_as_written(name: str) -> None:
    """What is left around the hit holds nothing of the number: its digits decode to nothing more."""
    chance = random.Random(name)
    for _ in range(10):
        digits = obfuscation.mobile(chance)
        text = obfuscation.FAMILIES[name](digits, chance)
        hits = [hit for hit in scan(text) if hit.value == digits]
        if hits:
            rest = text[: hits[0].start] + text[hits[0].end :]
            assert not any(unicodedata.numeric(char, None) is not None for char in rest), (text, rest)
            assert 0 <= hits[0].start < hits[0].end <= len(text)


@pytest.mark.parametrize(
    "number",
    ["111", "113", "114", "115", "156", "1022", "18001567", "1800 1567", "1900 9095", "19006017", "1900 545 413"],
)
@pytest.mark.parametrize(
    "sentence",
    [
        "cần thì gọi {} nha",
        "sđt {}",
        "stk hỗ trợ {} vietcombank",
        "mã OTP bị lộ thì gọi {}",
        "{}",
        "cccd mất thì gọi {}",
    ],
)
def test_the_numbers_that_help_are_never_hit(number: str, sentence: str) -> None:
    assert scan(sentence.format(number)) == []


@pytest.mark.parametrize(("count", "every"), [(3, 4), pytest.param(12, 1, marks=FULL)])
def test_five_times_the_text_costs_about_five_times_as_much(count: int, every: int) -> None:
    """How many milliseconds the longest text takes, and ordinary talk, is measured by benchmarks/bench_detector.py."""
    texts = list(detector_benchmark.hostile().items())[::every]
    for name, text in [*texts, *detector_benchmark.mixes(count).items()]:
        assert growth(scan, text, text * 5, within=12) < 12, name


@pytest.mark.parametrize("name", obfuscation.BLIND)
def test_the_blind_spots_are_those_that_are_named(name: str) -> None:
    """One that is found after all should move to the families."""
    assert detector_benchmark.family(name, "phone", 40).share < 0.5


def test_whatever_is_written_a_scan_gives_ordered_spans_within_the_text() -> None:
    chance = random.Random(4)
    alphabet = "0123456789 .-@/|oOlI\n\u200b\u0301đạ́🌸①٣"
    words = [
        "zalo",
        "mã",
        "OTP",
        "không",
        "chín",
        "là",
        "mật khẩu",
        "nhà em ở",
        "hẻm",
        "gmail",
        "chấm",
        "com",
        "0901",
        "stk",
    ]
    for _ in range(150):
        pieces = [chance.choice(words) if chance.random() < 0.4 else chance.choice(alphabet) for _ in range(40)]
        text = chance.choice(("", " ")).join(pieces)
        hits = scan(text, [text[::-1][:50]])
        for before, after in zip([None, *hits], hits, strict=False):
            assert 0 <= after.start < after.end <= len(text)
            assert before is None or before.end <= after.start
