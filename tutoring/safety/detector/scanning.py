"""The first look and the order of the rules."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tutoring.safety.detector import (
    asking,
    dotted,
    glance,
    grades,
    handles,
    links,
    mails,
    parts,
    passwords,
    places,
    restating,
    schools,
    services,
    told,
    urging,
)
from tutoring.safety.detector.atoms import Run
from tutoring.safety.detector.folding import Page
from tutoring.safety.detector.lexicon import at_border
from tutoring.safety.detector.numerals import NUMERALS
from tutoring.safety.detector.runs import runs
from tutoring.safety.detector.words import words
from tutoring.safety.distress import cutting as danger
from tutoring.safety.found import Hit

_DIGIT = re.compile(r"\d")
# Alternatives that begin with a sign or a letter, and look back for the border of the word, are searched fastest.
_MAIL = re.compile(
    r"@|mail|acong\b(?<=\bacong)|a cong\b(?<=\ba cong)|yahoo|a moc\b(?<=\ba moc)|a vong\b(?<=\ba vong)|at\b(?<=\bat)"
    r"|outlook|icloud"
)
_LINK = re.compile(
    r"\.(?:(?<=\w\.)[a-z]|(?<=\s\.)\s?[a-z]|(?<=[(\[]\.))|://|cham\b(?<=\bcham)|dot\b(?<=\bdot)|www\b(?<=\bwww)"
)
_MEETING = re.compile(rf"(?:{at_border('zoom|meet|teams|skype|webex|phong hop')})\b")
_WORDS_OF_CODES = at_border(
    r"otp|o[ .\-]t[ .\-]p|ma|maxac\w+|maotp|code|pin|[4-8] so|sau so|may so|con so|tung so|cac so|tin nhan"
    r"|digits?|day so"
    r"|mat khau|matkhau"
    r"|mk|pass|pw|pwd|pass ?word"
    r"|passcode|mat ma|passphrase"
)
_CODES = re.compile(rf"(?:{_WORDS_OF_CODES})\b")
_APART = re.compile(r" (?<=\b[a-z] )[a-z]\b")
_REPEATED = re.compile(
    r"\b(?:double|triple|dup|tam hoa|tu quy|doi)\b|\b(?:mot|hai|ba|bon|nam|[1-5]) (?:lan|con|so|chu)\b|\bvit\b"
    r"|\d\s?['\"+k]|\d\s?=\s?\d|\b(?:cau|bai|y) 1\b"
)
_LANE = re.compile(
    rf"(?:{at_border('so nha|so|hem|kiet|ngo|ngach|can|phong|tang')}) "
    r"(?:mot|hai|ba|bon|tu|nam|sau|bay|tam|chin|muoi)\b"
)
_ACCOUNT = re.compile(rf"@|(?:{at_border('nick|nickname|acc|account|user|username|uid|id|ingame')})\b")
_WORD = re.compile(r"[^\W\d_]+")
_SIGNS = re.compile(r"[\doOlI][|!$]|[|!$][\do]")
_ONES = str.maketrans("|!$", "115")  # signs that look like digits, read as such when nothing else is found
_FEW_WORDS = 3
_GLUED = 11  # no syllable is that long; number words run together are


@dataclass(frozen=True, slots=True)
class Look:
    """What a glance at a text says: what is called for by it alone, and by it and those before it as a whole.

    `page` is the text folded, where that was needed already.
    """

    whole: parts.Joined | None
    calls: int
    over: int
    page: Page | None = None

    def has_called(self, rules: int) -> bool:
        """Whether any of these rules could find something."""
        return (self.calls | self.over) & rules != 0


def look(text: str, earlier: Sequence[str] = ()) -> Look:
    """Glance at a text; `earlier` are up to four texts of the same sender within 60 s, oldest first."""
    whole = parts.joined(text, earlier) if any(earlier) else None
    over = glance.called(whole.text) if whole else 0
    if whole and not over & glance.DISTRESS:  # then both are plain
        private = over & glance.EVERYTHING
        alone, across = glance.speaks(text, whole.text[: whole.border - 1])
        over |= glance.DISTRESS * across
        if not private and len(text) <= parts.HEAD:  # the message is a part of what was read
            return Look(whole, glance.DISTRESS * alone, over)
    calls = glance.called(text)
    if calls != glance.EVERYTHING or glance.is_plain(text):
        speaks = calls & glance.APART != 0 or glance.speaks(text)[0]
        return Look(whole, calls | glance.DISTRESS * speaks, over)
    page = Page(text)
    if not danger.fits(page.marked) and not _APART.search(page.plain) and not dotted.HINT.search(page.plain):
        calls &= ~glance.DISTRESS
    return Look(whole, calls, over, page)


def scan(text: str, earlier: Sequence[str] = (), allowed: Sequence[str] = (), seen: Look | None = None) -> list[Hit]:
    """What stands in the text that should not be told, in order, without overlaps.

    A hit that is spread over messages spans its part in `text`. `allowed` are hosts besides the shipped ones whose
    links may be sent. `seen` is what `look` said of the same texts, if it was asked already.
    """
    seen = seen or look(text, earlier)
    if not seen.has_called(glance.PRIVATE):
        return []
    return read(text, earlier, allowed, seen.whole, seen.calls, seen.over, seen.page)


def read(
    text: str,
    earlier: Sequence[str],
    allowed: Sequence[str],
    whole: parts.Joined | None,
    calls: int = glance.EVERYTHING,
    over: int = glance.EVERYTHING,
    page: Page | None = None,
) -> list[Hit]:
    """What the rules find that are called for by the text, and by it and those before it as a whole."""
    page = page or Page(text)
    found = _runs(page, whole is not None) if calls & (glance.NUMBERS | glance.SAID) else []
    hits = _read(page, found, allowed, calls)
    hits = _restated(page, found, allowed, hits, calls) + hits  # "hai số 8" is 88, and no 28
    if whole:
        both = Page(whole.text)
        runs_over = _runs(both, False) if over & glance.NUMBERS else []
        told_over = _read(both, runs_over, allowed, over)
        told_over += _restated(both, runs_over, allowed, told_over, over)
        across = parts.over_border(told_over, whole.border)
        hits = (
            [hit for hit in across if hit.kind == "email"]
            + hits
            + parts.pieced(page, _pieces(page, found), earlier)
            + across
        )
    return _apart(hits)


def _restated(page: Page, found: list[Run], allowed: Sequence[str], known: list[Hit], calls: int) -> list[Hit]:
    """What is found once letters set apart are put together, repeats counted out, doors and lanes in figures.

    A long page whose number or address is known already is not read again for more of them.
    """
    hits: list[Hit] = []
    plain = page.plain
    kinds = {hit.kind for hit in known} if len(plain) > restating.LONG else set()
    if calls & glance.APART and (_APART.search(plain) or dotted.HINT.search(plain)):
        whole = restating.apart(page)
        if whole:
            hits += _read(whole, _runs(whole, False), allowed, glance.EVERYTHING)
    if "phone" not in kinds and (page.moved or (found and _REPEATED.search(plain))):
        counted = restating.counted(page)
        if counted:
            hits += [hit for hit in told.numbers(counted, runs(counted)) if hit.kind in ("phone", "idno")]
    if calls & glance.NUMBERS and restating.SUFFIXED.search(plain):
        bare = restating.suffixed(page)
        hits += told.numbers(bare, runs(bare)) if bare else []
    if "school" not in kinds and calls & glance.GRADE and grades.HINT.search(plain):
        classed = restating.classed(page)
        hits += schools.schools(classed) if classed else []
    if "address" not in kinds and calls & glance.LANE and _LANE.search(plain):
        housed = restating.housed(page)
        if housed:
            hits += places.addresses(housed)
    return hits


def _pieces(page: Page, found: list[Run]) -> list[Run]:
    """The runs of the last message, its repeats counted out, if there are any."""
    counted = restating.counted(page) if found and _REPEATED.search(page.plain) else None
    return runs(counted) if counted else found


def _runs(page: Page, part: bool) -> list[Run]:
    """The runs of digits, if there is anything that could be one; with `part` the end of one is enough."""
    if _DIGIT.search(page.plain):
        return runs(page)
    said = _WORD.findall(page.marked)
    if sum(map(NUMERALS.__contains__, said)) > (0 if part else _FEW_WORDS) or (said and max(map(len, said)) > _GLUED):
        return runs(page)
    return []


def _read(page: Page, found: list[Run], allowed: Sequence[str], calls: int) -> list[Hit]:
    """Every rule that something in the text calls for; what comes first wins where two overlap."""
    plain = page.plain
    hits: list[Hit] = []
    if calls & glance.MEETING and _MEETING.search(plain):
        hits += links.meetings(page)
    if calls & glance.MAIL and _MAIL.search(plain):
        hits += mails.emails(page)
    if calls & glance.LINK and _LINK.search(plain):
        hits += links.links(page, allowed)
    if calls & glance.PASSWORD and passwords.WORD.search(plain):
        hits += passwords.told(page)
    if found:
        numbers = told.numbers(page, found)
        if _SIGNS.search(plain) and not (numbers and _whole(page, numbers)):
            looks = page.reading(_ONES)
            numbers = told.numbers(looks, runs(looks)) or numbers
        hits += numbers
    if calls & glance.CODE and _CODES.search(plain):
        hits += asking.asked(page, words(page))
    if calls & glance.URGING and urging.LISTEN.search(plain):
        hits += urging.urged(page)
    if calls & glance.HANDLE and (
        services.SERVICE.search(plain)
        or (services.HIDING.search(plain) and services.HIDDEN.search(plain))
        or _ACCOUNT.search(plain)
    ):
        hits += handles.handles(page)
    if found or (calls & glance.ESTATE and places.ESTATE.search(plain)):
        hits += places.addresses(page)
    if calls & glance.SCHOOL and schools.CUE.search(plain):
        hits += schools.schools(page)
    return hits


def _whole(page: Page, hits: list[Hit]) -> bool:
    """Whether no sign that looks like a digit touches a number."""
    return all(page.text[hit.end : hit.end + 1] not in tuple("|!$") for hit in hits)


def _apart(hits: Iterable[Hit]) -> list[Hit]:
    """Hits without overlaps, in order; of two that overlap the one that was found first stays."""
    kept: list[Hit] = []
    for hit in hits:
        if hit.start < hit.end and all(hit.end <= other.start or other.end <= hit.start for other in kept):
            kept.append(hit)
    return sorted(kept, key=lambda hit: hit.start)
