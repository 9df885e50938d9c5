"""The first look and the order of the rules."""

import re
from collections.abc import Iterable, Sequence

from tutoring.safety.detector import codes, contacts, handles, places, told
from tutoring.safety.detector.folding import Page
from tutoring.safety.detector.numerals import NUMERALS
from tutoring.safety.detector.runs import runs
from tutoring.safety.detector.words import words
from tutoring.safety.found import Hit

_DIGIT = re.compile(r"\d")
_MAIL = re.compile(r"@|mail|\ba ?cong\b|yahoo|\ba (?:moc|vong)\b|\bat\b|outlook|icloud")
_LINK = re.compile(r"\w\.[a-z]|://|\bcham\b|\bdot\b|\s\.\s?[a-z]|[(\[]\.|\bwww\b")
_MEETING = re.compile(r"\b(?:zoom|meet|teams|skype|webex|phong hop)\b")


_CODES = re.compile(
    r"\b(?:o ?t ?p|o\.t\.p|ma|code|pin|[4-8] so|sau so|may so|day so|mat khau|matkhau|mk|pass|pw|pwd|pass ?word"
    r"|passcode|mat ma|passphrase)\b"
)
_PLACE = re.compile(
    r"\b(?:hem|ngo|ngach|kiet|duong|pho|phuong|xa|thi tran|quan|huyen|thon|ap|xom|ban|chung cu|toa|so nha|nha "
    r"so|dia chi|p\.|q\.|to dan pho|khu|street|ward|district|road|i live|o so|nha (?:em|minh|to|tui|toi|con"
    r"|chau)|song o|tro)"
)
_SCHOOL = places.SCHOOL_WORD


def scan(text: str, earlier: Sequence[str] = (), allowed: Sequence[str] = ()) -> list[Hit]:
    """What stands in the text that should not be told, in order, without overlaps.

    `earlier` are up to four texts of the same sender within 60 s, oldest first; a hit that is spread over messages
    spans its part in `text`. `allowed` are hosts besides the shipped ones whose links may be sent.
    """
    page = Page(text)
    plain = page.plain
    hits: list[Hit] = []
    if _MEETING.search(plain):
        hits += contacts.meetings(page)
    if _MAIL.search(plain):
        hits += contacts.emails(page)
    if _LINK.search(plain):
        hits += contacts.links(page, allowed)
    if _DIGIT.search(plain) or len(NUMERALS.intersection(page.marked.split())) > 2:
        hits += told.numbers(page, runs(page))
    if _CODES.search(plain):
        cut = words(page)
        hits += codes.asked(page, cut)
        hits += codes.passwords(page, cut)
    if handles.SERVICE.search(plain) or "nick" in plain or "acc" in plain or "@" in plain or " id" in plain:
        hits += handles.handles(page)
    if _PLACE.search(plain):
        hits += places.addresses(page)
    if _SCHOOL.search(plain):
        hits += places.schools(page)
    return _apart(hits)


def _apart(hits: Iterable[Hit]) -> list[Hit]:
    """Hits without overlaps, in order; of two that overlap the one that was found first stays."""
    kept: list[Hit] = []
    for hit in hits:
        if hit.start < hit.end and all(hit.end <= other.start or other.end <= hit.start for other in kept):
            kept.append(hit)
    return sorted(kept, key=lambda hit: hit.start)
