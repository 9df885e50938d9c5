"""What became of what was acknowledged: judged from the rows of the database and what pages tell, by nothing of the
product. The rows are read with the databases' own drivers, the rules are written here once more.
"""

import re
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import psycopg

from tests.faults.page_clients import Page

Window = tuple[float, float]  # when something was broken, and when it was whole again

_ROWS = """SELECT room_id, seq, author_id, client_id, text FROM message ORDER BY room_id, seq"""
_HEADS = "SELECT id, last_seq FROM room"
_MARKS = re.compile("[àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ]", re.IGNORECASE)
_INSIDE = re.compile(r"error|exception|trace|sql|redis|psycopg|timeout|null|none|http|server|[{}<>_]", re.IGNORECASE)


@dataclass(frozen=True)
class Row:
    """One stored message; of a line by the room itself author and id are None."""

    room: str
    seq: int
    author: str | None
    client_id: str | None
    text: str


def rows_of(database: str | Path) -> tuple[list[Row], dict[str, int]]:
    """All messages of a database (a PostgreSQL address or SQLite's file), and the newest number of each room."""
    connection: sqlite3.Connection | psycopg.Connection[tuple[object, ...]]
    if isinstance(database, Path):
        connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    else:
        connection = psycopg.connect(database, connect_timeout=60)
    try:
        found = connection.execute(_ROWS).fetchall()  # type: ignore[union-attr]
        heads = connection.execute(_HEADS).fetchall()  # type: ignore[union-attr]
    finally:
        connection.close()
    rows = [Row(str(room), seq, None if by is None else str(by), told, text) for room, seq, by, told, text in found]
    return rows, {str(room): newest for room, newest in heads}


def plain(sentence: str) -> bool:
    """Whether this is a sentence in Vietnamese that anybody can read: nothing of what is inside, and an end."""
    return bool(
        _MARKS.search(sentence)
        and not _INSIDE.search(sentence)
        and sentence.endswith((".", "!", "?"))
        and len(sentence) < 250
    )


@dataclass(frozen=True)
class Figure:
    """How long something took, and how long it may take on a machine of one's own."""

    what: str
    seconds: float
    goal: float


@dataclass
class Verdict:
    """What was found; everything but the first and the times is 0 when nothing is wrong."""

    acknowledged: int = 0
    lost: int = 0
    doubled: int = 0
    disorder: int = 0  # a message behind one that its author wrote later
    holes: int = 0  # numbers that no message has, or a head that is none
    unseen: int = 0  # messages that a page of the room lacks, or shows in another form than they are stored in
    signed_out: int = 0
    garbled: list[str] = field(default_factory=list)  # sentences that are none
    gap: float = 0.0  # seconds until the slowest page had what it lacked, from when that could be had
    recovery: float = 0.0  # seconds until the slowest message was acknowledged, from the end of what held it up
    slowest: float = 0.0  # the same as `gap`, with the time in which something was broken
    refused: int = 0
    tries: int = 0
    figures: list[Figure] = field(default_factory=list)  # of this fault alone

    def wrong(self) -> list[str]:
        """What is wrong, in words; nothing when all is well."""
        counted = ("lost", "doubled", "disorder", "holes", "unseen", "signed_out")
        found = [f"{getattr(self, name)} {name}" for name in counted if getattr(self, name)]
        return found + [f"not plain: {sentence!r}" for sentence in self.garbled]

    def line(self, what: str, more: str = "") -> str:
        """The verdict in one line."""
        broken = f"{self.disorder} out of order, {self.holes} holes"
        order = broken if self.disorder or self.holes else "order held"
        errors = "errors plain" if not self.garbled else f"{len(self.garbled)} NOT PLAIN"
        return (
            f"{what}: acknowledged {self.acknowledged}, lost {self.lost}, doubled {self.doubled}, {order},"
            f" unseen {self.unseen}, signed out {self.signed_out}, gaps filled ≤ {self.gap:.1f} s"
            f" (≤ {self.slowest:.1f} s with the fault),"
            f" recovery ≤ {self.recovery:.1f} s, {self.refused} refused, {errors}, {self.tries} tries"
            + (f"; {more}" if more else "")
        )


def judge(rows: Sequence[Row], heads: dict[str, int], pages: Sequence[Page], windows: Sequence[Window] = ()) -> Verdict:
    """Hold what the pages tell against what is stored. `windows` are the times in which something was broken: nobody is
    expected to have seen anything in them."""
    found = Verdict(
        acknowledged=sum(len(page.acknowledged) for page in pages),
        refused=sum(len(page.refused) for page in pages),
        tries=sum(page.tries for page in pages),
    )
    found.garbled = sorted({said for page in pages for said in page.told if not plain(said)})
    found.signed_out = sum(any(code in ("signed_out", "missing") for _at, code in page.refused) for page in pages)
    by_room: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_room[row.room].append(row)
    for room in {page.person.room for page in pages}:
        here = [page for page in pages if page.person.room == room]
        _numbers(found, by_room[room], heads.get(room, -1))
        _stored(found, by_room[room], here)
        _seen(found, by_room[room], here, windows)
    for page in pages:
        broken = (*windows, *page.windows)
        found.recovery = max([found.recovery, *(_late(one.begun, one.at, broken) for one in page.acknowledged)])
    return found


def _numbers(found: Verdict, rows: Iterable[Row], head: int) -> None:
    numbers = Counter(row.seq for row in rows)
    found.holes += len(set(range(1, max(head, *numbers, 0) + 1)) - set(numbers))
    found.holes += head != max(numbers, default=0)
    found.doubled += sum(count - 1 for count in numbers.values())


def _stored(found: Verdict, rows: Sequence[Row], pages: Sequence[Page]) -> None:
    there = {(row.author, row.client_id): row for row in rows}
    ids = Counter((row.author, row.client_id) for row in rows if row.client_id)
    texts = Counter((row.author, row.text) for row in rows if row.author)
    found.doubled += sum(count - 1 for count in ids.values())
    # Pages say nothing twice, so the same words under another id are the same message once more.
    found.doubled += sum(count - 1 for count in texts.values()) - sum(count - 1 for count in ids.values())
    for page in pages:
        by = page.person.user
        for one in page.acknowledged:
            row = there.get((by, one.client_id))
            if row is None or (row.seq, row.text) != (one.seq, one.text):
                found.lost += 1
        said = [one.text for one in page.acknowledged]
        first: dict[str, int] = {}
        for row in rows:
            if row.author == by and row.text in said:
                first.setdefault(row.text, row.seq)
        places = [first[text] for text in said if text in first]
        found.disorder += sum(later < earlier for earlier, later in pairwise(places))


def _seen(found: Verdict, rows: Sequence[Row], pages: Sequence[Page], windows: Sequence[Window]) -> None:
    known = {one.client_id: one.at for page in pages for one in page.acknowledged}
    for page in pages:
        for row in rows:
            at, shown = page.saw.get(row.seq, (0.0, None))
            if shown is None or (shown.get("text"), shown.get("author")) != (row.text, row.author):
                found.unseen += 1
            elif row.client_id in known:
                found.slowest = max(found.slowest, at - known[row.client_id])
                found.gap = max(found.gap, _late(known[row.client_id], at, (*windows, *page.windows)))


def _late(since: float, at: float, windows: Sequence[Window]) -> float:
    """Seconds from when something was there until it was seen, without the time in which it could not be had."""
    for begun, ended in sorted(windows):
        if begun < at and ended > since:
            since = min(ended, at)
    return max(0.0, at - since)
