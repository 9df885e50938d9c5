"""An official paper as content: what stands where on a sheet of Nghị định 30/2020/NĐ-CP, Phụ lục I.

`pdf_file.py` and `word_file.py` draw it, with the same texts in the same places. The fixed texts are those of the
decree, so they are Vietnamese for every reader.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from tutoring.community.papers.models import Letterhead

NATION = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"
ADDRESSED, RECIPIENTS, AS_ABOVE, KEPT = "Kính gửi:", "Nơi nhận:", "Như trên", "Lưu: VT"
BY_HAND = "." * 12  # to write on

# Millimetres and points, within what the decree allows.
LEFT, RIGHT, TOP, BOTTOM, PAGE_NUMBER = 30.0, 15.0, 20.0, 20.0, 10.0
WIDTH = 210 - LEFT - RIGHT
OFFICE_WIDTH = 67.0  # of the left half of the head; the nation stands in the rest
NATION_SIZE, MOTTO_SIZE, OFFICE_SIZE, NUMBER_SIZE, TITLE_SIZE, TEXT_SIZE = 12, 13, 12, 13, 14, 13
RECIPIENTS_SIZE, LIST_SIZE = 12, 11
INDENT, GAP, LINES = 10.0, 6, 1.0  # first line in mm, between paragraphs in points, between lines
ADDRESSEES = 47.0  # mm: the dashes stand below the colon of "Kính gửi:"
RULE = 0.4  # of a line of text: the rule under the office and under the subject


@dataclass(frozen=True)
class Heading:
    """A title with a number of its own on a line of its own (khoản)."""

    words: str


@dataclass(frozen=True)
class Text:
    """A paragraph."""

    words: str


@dataclass(frozen=True)
class Items:
    """Lines that begin with a dash."""

    lines: Sequence[str]


@dataclass(frozen=True)
class Facts:
    """Lines of a label and a value; an empty value is a dotted line."""

    rows: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Table:
    """A table: names left, figures right. `widths` are shares of the text's width."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[int]


Block = Heading | Text | Items | Facts | Table


@dataclass(frozen=True)
class Signature:
    """Who signs: lines in capitals, and the name below the space for the signature; empty is a dotted line."""

    lines: Sequence[str]
    name: str = ""


@dataclass(frozen=True)
class Paper:
    """One paper. `day` is None where it is written by hand; `link` is drawn as a QR code at the end."""

    kind: str
    short: str  # of the kind, in its symbol
    subject: str
    letterhead: Letterhead
    unit: str  # of the site, for the name of the file's author
    day: date | None
    blocks: list[Block] = field(default_factory=list)
    sides: Sequence[Signature] = ()  # two who sign a record, from left to right, above the office's signature
    addressed: bool = False  # goes to an office above: "Kính gửi"
    link: str = ""
    link_words: str = ""

    @property
    def title(self) -> str:
        return f"{self.kind} {self.subject[:1].lower()}{self.subject[1:]}"

    @property
    def number(self) -> str:
        """Returns the line of number and symbol; the number is written by hand."""
        return f"Số: {BY_HAND}/{self.short}-{self.letterhead.symbol.upper() or BY_HAND}"

    @property
    def place_and_day(self) -> str:
        """Returns the line of place and day; days below 10 and the months 1 and 2 have a zero before them."""
        place, day = self.letterhead.place or BY_HAND * 2, self.day
        if day is None:
            return f"{place}, ngày ..... tháng ..... năm ........"
        month = f"{day.month:02d}" if day.month < 3 else str(day.month)
        return f"{place}, ngày {day:%d} tháng {month} năm {day.year}"

    @property
    def office(self) -> tuple[str, str]:
        """Returns the office above and the issuing office, in capitals."""
        return self.letterhead.above.upper() or BY_HAND * 2, self.letterhead.office.upper() or BY_HAND * 2

    @property
    def addressees(self) -> list[str]:
        return self.letterhead.addressee.splitlines() or [BY_HAND * 4]

    @property
    def recipients(self) -> list[str]:
        """Returns the lines below "Nơi nhận:", the copy that is kept last."""
        lines = [line.strip(" -;.") for line in self.letterhead.recipients.splitlines()]
        kept = [line for line in lines if line.lower().startswith("lưu")] or [KEPT]
        others = [line for line in lines if line and line not in kept] or [BY_HAND * 2]
        found = [AS_ABOVE, *others] if self.addressed else others
        return [*(f"- {line};" for line in found), f"- {kept[0]}."]

    @property
    def signature(self) -> Signature:
        """Returns where the office signs: power and post in capitals; the name is written by hand."""
        return Signature(self.letterhead.signer.upper().splitlines() or [BY_HAND * 3])

    def numbered(self) -> Iterator[tuple[str, Block]]:
        """Yields the blocks; a heading with its number."""
        number = 0
        for block in self.blocks:
            number += isinstance(block, Heading)
            yield f"{number}." if isinstance(block, Heading) else "", block
