"""What the detector finds of what it should, counted: for the tests, which hold goals, and for the benchmark."""

import json
import random
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Any

from tests.safety import danger, harmless_messages, obfuscation, room_talk
from tutoring.safety.detector import scan
from tutoring.safety.findings import SPOKEN
from tutoring.safety.screening import judge

CORPUS = Path(__file__).parent / "corpus"
BRED = Path(__file__).parent / "hostile.jsonl"  # what took longest of mixes changed at random, again and again
SLOWEST = (391, 1420, 1821, 1766, 302, 1883, 767, 308, 1908, 218, 192, 965)  # of 2,000 mixes
FILES = sorted(path.name for path in CORPUS.glob("*.jsonl"))
Row = dict[str, Any]


@dataclass
class Tally:
    """Found of wanted, with the first examples of what was not."""

    found: int = 0
    wanted: int = 0
    misses: list[object] = field(default_factory=list)

    def add(self, found: bool, example: object) -> None:
        self.wanted += 1
        self.found += found
        if not found:
            self.misses.append(example)

    @property
    def share(self) -> float:
        return self.found / self.wanted if self.wanted else 1.0


def rows(files: Iterable[str] = FILES) -> dict[str, list[Row]]:
    """The labelled messages by file."""
    return {name: read(CORPUS / name) for name in files}


def read(path: Path) -> list[Row]:
    """The labelled messages of one file."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


@dataclass
class Figures:
    """What came out over labelled messages. Found is any action but to send."""

    recall: Tally = field(default_factory=Tally)
    kinds: dict[str, Tally] = field(default_factory=dict)
    levels: dict[str, Tally] = field(default_factory=dict)  # of distress, found at the level that was labelled
    values: Tally = field(default_factory=Tally)
    quiet: Tally = field(default_factory=Tally)  # of the harmless ones, those let pass
    riddles: Tally = field(default_factory=Tally)  # those no filter is asked to read, counted apart


def over(labelled: Iterable[Row]) -> Figures:
    """Figures over labelled messages."""
    figures = Figures()
    for row in labelled:
        verdict = judge(row["text"], row.get("earlier", ()), (), minor=True)
        kinds = {hit.kind for hit in verdict.hits}
        if not row["kinds"]:
            figures.quiet.add(verdict.action == "send", (row["text"], sorted(kinds)))
            continue
        if row.get("blind"):
            figures.riddles.add(verdict.action != "send", row["text"])
            continue
        figures.recall.add(verdict.action != "send", row["text"])
        if level := row.get("level"):
            figures.levels.setdefault(level, Tally()).add(verdict.level == level, (row["text"], verdict.level))
        for kind in row["kinds"]:
            figures.kinds.setdefault(kind, Tally()).add(kind in kinds, row["text"])
        values = {squeezed(hit.value) for hit in verdict.hits}
        for value in row.get("values", ()):
            if value and kinds & set(row["kinds"]) & {"phone", "idno", "otp", "bank", "email"}:
                figures.values.add(squeezed(value) in values, (row["text"], value, sorted(values)))
    return figures


def way(name: str, labelled: Iterable[Row], seed: int = 0) -> Tally:
    """What is said in messages of danger, threats and insults, found however it is written, by the last message."""
    chance, tally = random.Random(f"{name}/{seed}"), Tally()
    for row in labelled:
        if set(row["kinds"]) & set(SPOKEN) and "earlier" not in row:
            said = danger.WAYS[name](row["text"], chance)
            found = {
                hit.kind
                for number in range(len(said))
                for hit in judge(said[number], said[:number], (), minor=True).hits
            }
            tally.add(set(row["kinds"]) <= found, said)
    return tally


def alarms(count: int, seed: int = 0) -> dict[str, Tally]:
    """Ordinary messages of rooms that are let pass, by what they could be taken for."""
    chance = random.Random(f"rooms/{seed}")
    tallies = {name: Tally() for name in ("explicit", "ambiguous", "threat", "insult")}
    for _ in range(count):
        text = room_talk.message(chance)
        found = {hit.level or hit.kind for hit in judge(text, (), (), minor=True).hits}
        for name, tally in tallies.items():
            tally.add(name not in found, text)
    return tallies


def squeezed(value: str) -> str:
    return value.lower().replace(" ", "")


def family(name: str, kind: str, count: int, seed: int = 0) -> Tally:
    """Numbers of one kind in one family of disguises; only the right kind with the right value counts."""
    make, hide = (
        (obfuscation.mobile, obfuscation.citizen)[kind == "idno"],
        {**obfuscation.FAMILIES, **obfuscation.BLIND}[name],
    )
    chance = random.Random(f"{name}/{kind}/{seed}")
    tally = Tally()
    for _ in range(count):
        digits = make(chance)
        text = hide(digits, chance)
        tally.add(any(hit.kind == kind and hit.value == digits for hit in scan(text)), (text, digits))
    return tally


def parts(number: int, count: int, seed: int = 0) -> Tally:
    """Telephone numbers in so many messages."""
    chance = random.Random(f"{number}/{seed}")
    tally = Tally()
    for _ in range(count):
        digits = obfuscation.mobile(chance)
        said = obfuscation.in_parts(digits, number, chance)
        tally.add(any(hit.value == digits for hit in scan(said[-1], said[:-1])), said)
    return tally


def quiet(kind: str, count: int, seed: int = 0) -> Tally:
    """Ordinary messages of one kind that are let pass."""
    chance = random.Random(f"{kind}/{seed}")
    tally = Tally()
    for _ in range(count):
        text = harmless_messages.KINDS[kind](chance)
        tally.add(not scan(text), text)
    return tally


def quiet_answers(count: int, seed: int = 0) -> Tally:
    """Results of exercises told one by one that are let pass."""
    chance = random.Random(seed)
    tally = Tally()
    for _ in range(count):
        said = harmless_messages.answers(chance)
        tally.add(not scan(said[-1], said[:-1]), said)
    return tally


@cache
def hostile() -> dict[str, str]:
    """Texts of 1,000 characters that would cost a careless detector most."""
    chance = random.Random(1)
    pieces = {
        "a.": "a.",
        "0 ": "0 ",
        "a digit run": "1234567890",
        "09": "09",
        "zero-width": "\u200b",
        "0 and zero-width": "0\u200b",
        "zalo": "zalo ",
        "mã otp": "mã otp ",
        "chấm": "chấm ",
        "a còng": "a còng ",
        "@": "@",
        "a@": "a@",
        "a@b.": "a@b.",
        "không": "không ",
        "khong glued": "khong",
        "ba glued": "ba",
        "hai mươi": "hai mươi ",
        "một trăm": "một trăm ",
        "9x": "9x",
        "0l": "0l",
        "brackets": "(",
        "http": "http://",
        "www.": "www.",
        "12 đường": "12 đường ",
        "nhà em ở": "nhà em ở ",
        "P.1": "P.1 ",
        "names": "Nguyễn Văn ",
        "em học": "em học ",
        "mật khẩu là": "mật khẩu là ",
        "mk:": "mk: ",
        "NFD": "e\u0302\u0301",
        "stacked marks": "\u0301",
        "Arabic-Indic": "٠",
        "families of emoji": "👨‍👩‍👧",
        "lines": "\n",
        "spaces": " ",
        "fillers": "rồi ",
        "0 rồi": "0 rồi ",
        "+84": "+84 ",
        "stk": "stk 1234567 ",
        "a b c": "a b c d ",
        "z.a.l.o": "z.a.l.o ",
        "trường": "trường THCS ",
        "kb": "kb ",
        "cho xin": "cho xin ",
        "mail là": "mail là ",
        "minh chấm": "minh chấm ",
        "zoom 812": "zoom 812 ",
        "1.1": "1.1 ",
        "0,9": "0,9 ",
        "|": "|",
        "0|": "0|",
        "0!": "0!",
        "em lớp": "em lớp 4 ",
        "zalo tên là": "zalo tên là ",
        "A A": "A A ",
        "hẻm": "hẻm 1/1/1/1 ",
        "đọc mã cho cô": "đọc mã cho cô ",
        "quotes": '"“',
        "one word": "a",
        "12/": "12/",
        "ib @abc": "ib @abc ",
        "ligature of 18": "\ufdfa",
        "cccd 1": "cccd 1 ",
        "qua": "qua ",
        "ﬃ": "ﬃ",
        "lone surrogate": "\ud800",
        "p a s s": "p a s s ",
        "p a s s, parted": "p a s s, ",
        "ô tê pê": "ô tê pê ",
        "ba lần số năm": "ba lần số năm ",
        "double seven": "double seven ",
        "x1=0": "x1=0, ghép ",
        "máy kêu": "máy kêu ghi mấy số ",
        "máy có tin": "máy con vừa có tin nói với ",
        "mã xác nhận tới chưa": "mã xác nhận tới chưa ",
        "kiệt hai": "kiệt hai ",
        "nhóm zalo": "nhóm zalo minh ",
        "app chữ z": "app chữ z ",
        "gửi tới 4": "gửi sách tới 4 Lê Lợi ",
        "em ở 10A3": "em ở 10A3 bên ",
        "đợi 60": "đợi 60 giây rẻ ghê ",
        "t.r.ư.ờ.n.g": "t.r.ư.ờ.n.g ",
        "m.ã": "m.ã ",
        "a.b": "a.b.",
        "a_b": "a_b_",
        "0tp": "0tp ",
        "khôngk": "khôngk chínk ",
        "ak": "ak ",
        "lớp năm hai": "em học lớp năm hai, ",
        "chữ t": "mật khẩu: chữ t, ",
        "tiền vào": "tiền quỹ vào số ",
        "tên là": "kb zalo tên là ab_c ",
        "không qua zalo": "không qua zalo nhé ",
        "gõ mật khẩu": "gõ mật khẩu rồi bấm ",
        "liên quan": "liên quan đã lo ",
        "gmail sign": "ab # gmail # ",
    }
    shapes = {name: (piece * 1000)[:1000] for name, piece in pieces.items()}
    shapes["chance"] = "".join(chance.choice("0123456789 .-abcoOlI") for _ in range(1000))
    for number in range(12):
        few = chance.sample(list(pieces.values()), 3)
        shapes[f"mix {number}"] = "".join(chance.choice(few) for _ in range(1000))[:1000]
    shapes["everything"] = "".join(chance.choice(list(pieces.values())) for _ in range(1000))[:1000]
    return shapes


def mix(number: int) -> str:
    """1,000 characters out of slices of hostile shapes, the same for each number."""
    chance = random.Random(f"mix {number}")
    shapes = list(hostile().values())
    longest = chance.choice((60, 150, 400, 1000))
    text = ""
    while len(text) < 1000:
        shape, start = chance.choice(shapes), chance.randrange(1000)
        text += shape[start : start + chance.randrange(1, longest)]
    return text[:1000]


def mixes(count: int) -> dict[str, str]:
    """So many mixes, the slowest known of 2,000 among them, and those that a search for slower ones came to."""
    numbers = [*SLOWEST, *(number for number in range(count) if number not in SLOWEST)][:count]
    bred = [json.loads(line) for line in BRED.read_text("utf-8").splitlines()]
    return {f"mix {number}": mix(number) for number in numbers} | {
        f"bred {number}": text for number, text in enumerate(bred)
    }


def best(work: Callable[[], object], rounds: int, clock: Callable[[], float] = time.thread_time) -> float:
    """Milliseconds of the best of some rounds."""
    took = 1e9
    for _ in range(rounds):
        begun = clock()
        work()
        took = min(took, clock() - begun)
    return took * 1000


def milliseconds(texts: Iterable[str], rounds: int = 3, clock: Callable[[], float] = time.thread_time) -> list[float]:
    """The best time of a scan for each text."""
    return [best(partial(scan, text), rounds, clock) for text in texts]


def medians(labelled: Iterable[Row], took: Callable[[str], float]) -> tuple[float, float]:
    """Microseconds for ordinary talk without and with digits."""
    harmless = [row["text"] for row in labelled if not row["kinds"]]
    digits = [text for text in harmless if any(char.isdigit() for char in text)]
    others = [text for text in harmless if not any(char.isdigit() for char in text)]
    first, second = (
        statistics.median(took(text) for text in texts) * 1000 for texts in (others or [""], digits or ["1"])
    )
    return first, second


def kinds_of_hits(text: str) -> Counter[str]:
    return Counter(hit.kind for hit in scan(text))
