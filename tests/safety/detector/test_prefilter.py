"""A glance spares most texts the rules; it must never spare them one that would have found something."""

import random
import re
from collections.abc import Iterator
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]

import pytest

from tests.safety import obfuscation
from tests.safety.detector_benchmark import rows
from tutoring.safety.detector import (
    addresses,
    contact_services,
    deobfuscation,
    implicit_code_requests,
    passwords,
    pipeline,
    prefilter,
    split_messages,
)
from tutoring.safety.detector.normalization import NormalizedText
from tutoring.safety.detector.number_words import NUMERALS
from tutoring.safety.findings import Hit

# What each rule listens to before it reads a text, and what calls for it.
LISTENS = [
    (prefilter.MEETING, pipeline._MEETING),
    (prefilter.MAIL, pipeline._MAIL),
    (prefilter.LINK, pipeline._LINK),
    (prefilter.PASSWORD, passwords.WORD),
    (prefilter.CODE, pipeline._CODES),
    (prefilter.URGING, implicit_code_requests.LISTEN),
    (prefilter.HANDLE, contact_services.SERVICE),
    (prefilter.HANDLE, contact_services.HIDDEN),
    (prefilter.HANDLE, pipeline._ACCOUNT),
    (prefilter.ESTATE, addresses.ESTATE),
    (prefilter.APART, deobfuscation.SEPARATED_LETTERS_HINT),
    (prefilter.APART, pipeline._APART),
    (prefilter.GRADE, deobfuscation.CLASS_NUMERAL_HINT),
    (prefilter.LANE, pipeline._LANE),
]


def fitting(parsed: list[tuple[object, object]], chance: random.Random) -> str:
    """A text that an expression might fit, drawn at random; what it looks back or ahead for is not looked after."""
    said = ""
    for kind, value in parsed:
        if kind is sre.LITERAL:
            said += chr(value)  # type: ignore[call-overload]
        elif kind is sre.IN:
            said += one_of(value, chance)  # type: ignore[arg-type]
        elif kind is sre.BRANCH:
            said += fitting(chance.choice(value[1]), chance)  # type: ignore[index]
        elif kind is sre.SUBPATTERN:
            said += fitting(value[3], chance)  # type: ignore[index]
        elif kind in (sre.MAX_REPEAT, sre.MIN_REPEAT):
            least, most, what = value  # type: ignore[misc]
            said += "".join(fitting(what, chance) for _ in range(chance.randint(least, min(most, least + 3))))
        elif kind is sre.ANY:
            said += chance.choice("abc ")
    return said


def one_of(signs: list[tuple[object, object]], chance: random.Random) -> str:
    kind, value = chance.choice(signs)
    if kind is sre.RANGE:
        return chr(chance.randint(*value))  # type: ignore[misc]
    if kind is sre.CATEGORY:
        return chance.choice("aeu" if value is sre.CATEGORY_WORD else " ")
    return chr(value) if kind is sre.LITERAL else chance.choice(" ab")  # type: ignore[call-overload]


def everything(text: str, earlier: tuple[str, ...] = ()) -> list[Hit]:
    """What is found by reading with every rule."""
    return pipeline.read(text, earlier, (), split_messages.joined(text, earlier) if any(earlier) else None)


@pytest.mark.parametrize(("call", "listens"), LISTENS)
def test_whatever_a_rule_listens_to_calls_for_it(call: int, listens: re.Pattern[str]) -> None:
    chance, parsed, tried = random.Random(call), _parser.parse(listens.pattern), 0
    for _ in range(3_000):
        said = fitting(list(parsed), chance)
        text = " ".join(f"{chance.choice(('em', 'a', ''))} {said} {chance.choice(('nhé', 'rồi?', ''))}".split())
        if prefilter.is_plain(text) and listens.search(NormalizedText(text).plain):
            tried += 1
            assert prefilter.called(text) & call, text
    assert tried > 20 or listens is pipeline._LINK, "hardly anything was tried"


def plainly(text: str) -> str:
    """A text without figures and signs, as a glance can look at."""
    return " ".join(re.sub(r"[^\w\s,.?]|[\d_]", "", text).split())


def conversations(count: int, every: int) -> Iterator[tuple[str, tuple[str, ...]]]:
    chance = random.Random(5)
    corpus = [row for some in rows().values() for row in some]
    texts = [row["text"] for row in corpus] + [plainly(row["text"]) for row in corpus]
    plain = [text for text in texts if text and prefilter.is_plain(text)]
    listened = " ".join([*prefilter._ALONE.values(), *(f"{one} {other}" for _, one, other in prefilter._PAIRS)]).split()
    words = sorted({word for text in plain for word in text.split()})
    for row in corpus[::every]:
        yield row["text"], tuple(row.get("earlier", ()))
    for number in range(count):
        pool = plain if number % 2 else texts
        yield chance.choice(pool), tuple(chance.choice(pool) for _ in range(chance.randint(0, 4)))
        pool = chance.choice((words, listened, sorted(NUMERALS)))
        mixed = [chance.choice(chance.choice((words, pool))) for _ in range(chance.randint(2, 16))]
        cut = chance.randint(0, len(mixed) - 1)
        yield " ".join(mixed[cut:]), (" ".join(mixed[:cut]),)
    families = obfuscation.spoken, obfuscation.spoken_ko, obfuscation.spoken_tens, obfuscation.filled_words
    for family in (*families, obfuscation.run_together):
        for _ in range(60 // every):
            said = family(f"09{chance.randrange(10**8):08}", chance).split(" ")
            cut = chance.randint(0, len(said) - 1)
            yield " ".join(said[cut:]), (" ".join(said[:cut]),) if cut else ()


@pytest.mark.parametrize(("count", "every"), [(150, 5), pytest.param(1_500, 1, marks=pytest.mark.full)])
def test_what_is_found_is_the_same_as_by_reading_with_every_rule(count: int, every: int) -> None:
    silent = 0
    for text, earlier in conversations(count, every):
        found = pipeline.scan(text, earlier)
        assert found == everything(text, earlier), (text, earlier)
        silent += (
            not prefilter.called(split_messages.joined(text, earlier).text if any(earlier) else text)
            & prefilter.EVERYTHING
        )
    assert silent > 100, "the glance spared hardly any text"


def test_no_word_that_might_be_a_password_is_remembered() -> None:
    for text in ("em vào được rồi ạ", "emlamduocroiconhe", "hue12345", "kh0ngbiet"):
        prefilter.called(text)
    assert "được" in prefilter._quiet | prefilter._words.keys()
    for remembered in (prefilter._words, prefilter._weights, prefilter._quiet):
        assert not {word for word in remembered if len(word.rstrip(prefilter.STOPS)) > 11 or re.search(r"\d", word)}


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prefilter, "_MOST", 50)
    chance = random.Random(1)
    for _ in range(300):
        prefilter.called("".join(chance.choice("bcdghklmn") + chance.choice("aeiou") for _ in range(3)))
    assert len(prefilter._words) <= 50 and len(prefilter._quiet) <= 50
