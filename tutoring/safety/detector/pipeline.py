"""The detector's pipeline: the pre-filter look, then the rules in their order."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tutoring.safety.detector import (
    addresses,
    code_requests,
    contact_services,
    deobfuscation,
    emails,
    handles,
    implicit_code_requests,
    links,
    number_classifier,
    passwords,
    prefilter,
    schools,
    split_messages,
)
from tutoring.safety.detector.digit_runs import runs
from tutoring.safety.detector.normalization import NormalizedText
from tutoring.safety.detector.number_words import NUMERALS, DigitSequence
from tutoring.safety.detector.patterns import at_border
from tutoring.safety.detector.tokenizer import words
from tutoring.safety.distress import cutting as danger
from tutoring.safety.findings import Hit

_DIGIT = re.compile(r"\d")
# Alternatives that begin with a sign or letter and look back for the word border are searched fastest.
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
_ONES = str.maketrans("|!$", "115")  # signs that look like digits, replaced when nothing else is found
_FEW_WORDS = 3
_GLUED = 11  # no syllable is that long; joined numerals are


@dataclass(frozen=True, slots=True)
class PrefilterResult:
    """The rules that the pre-filter calls for a text alone, and together with earlier ones.

    `page` is the normalized text, where it was needed already.
    """

    whole: split_messages.Joined | None
    calls: int
    over: int
    page: NormalizedText | None = None

    def has_called(self, rules: int) -> bool:
        """Whether any of these rules could find something."""
        return (self.calls | self.over) & rules != 0


def run_prefilter(text: str, earlier: Sequence[str] = ()) -> PrefilterResult:
    """Runs the pre-filter on a text.

    `earlier` are up to four texts of the same sender within 60 s, oldest first.
    """
    whole = split_messages.joined(text, earlier) if any(earlier) else None
    over = prefilter.called(whole.text) if whole else 0
    if whole and not over & prefilter.DISTRESS:  # then both texts are plain
        private = over & prefilter.EVERYTHING
        alone, across = prefilter.speaks(text, whole.text[: whole.border - 1])
        over |= prefilter.DISTRESS * across
        if not private and len(text) <= split_messages.HEAD:  # the message is a part of what was read
            return PrefilterResult(whole, prefilter.DISTRESS * alone, over)
    calls = prefilter.called(text)
    if calls != prefilter.EVERYTHING or prefilter.is_plain(text):
        speaks = calls & prefilter.APART != 0 or prefilter.speaks(text)[0]
        return PrefilterResult(whole, calls | prefilter.DISTRESS * speaks, over)
    page = NormalizedText(text)
    if (
        not danger.fits(page.marked)
        and not _APART.search(page.plain)
        and not deobfuscation.SEPARATED_LETTERS_HINT.search(page.plain)
    ):
        calls &= ~prefilter.DISTRESS
    return PrefilterResult(whole, calls, over, page)


def scan(
    text: str, earlier: Sequence[str] = (), allowed: Sequence[str] = (), seen: PrefilterResult | None = None
) -> list[Hit]:
    """Returns the private data in the text, in order, without overlaps.

    A hit that is spread over messages spans its part in `text`. `allowed` are further hosts whose links may be sent.
    `seen` is the result of `look` for the same texts, if known.
    """
    seen = seen or run_prefilter(text, earlier)
    if not seen.has_called(prefilter.PRIVATE):
        return []
    return read(text, earlier, allowed, seen.whole, seen.calls, seen.over, seen.page)


def read(
    text: str,
    earlier: Sequence[str],
    allowed: Sequence[str],
    whole: split_messages.Joined | None,
    calls: int = prefilter.EVERYTHING,
    over: int = prefilter.EVERYTHING,
    page: NormalizedText | None = None,
) -> list[Hit]:
    """Runs the called rules on the text, and on it together with the earlier ones."""
    page = page or NormalizedText(text)
    found = _runs(page, whole is not None) if calls & (prefilter.NUMBERS | prefilter.SAID) else []
    hits = _read(page, found, allowed, calls)
    hits = _restated(page, found, allowed, hits, calls) + hits  # "hai số 8" is 88, not 28
    if whole:
        both = NormalizedText(whole.text)
        runs_over = _runs(both, False) if over & prefilter.NUMBERS else []
        told_over = _read(both, runs_over, allowed, over)
        told_over += _restated(both, runs_over, allowed, told_over, over)
        across = split_messages.over_border(told_over, whole.border)
        hits = (
            [hit for hit in across if hit.kind == "email"]
            + hits
            + split_messages.pieced(page, _pieces(page, found), earlier)
            + across
        )
    return _apart(hits)


def _restated(
    page: NormalizedText, found: list[DigitSequence], allowed: Sequence[str], known: list[Hit], calls: int
) -> list[Hit]:
    """Returns further hits after deobfuscation: joined letters, repetitions, lane numbers.

    A long text whose number or address is already known is not read again for more of them.
    """
    hits: list[Hit] = []
    plain = page.plain
    kinds = {hit.kind for hit in known} if len(plain) > deobfuscation.LONG else set()
    if calls & prefilter.APART and (_APART.search(plain) or deobfuscation.SEPARATED_LETTERS_HINT.search(plain)):
        whole = deobfuscation.apart(page)
        if whole:
            hits += _read(whole, _runs(whole, False), allowed, prefilter.EVERYTHING)
    if "phone" not in kinds and (page.moved or (found and _REPEATED.search(plain))):
        counted = deobfuscation.counted(page)
        if counted:
            hits += [hit for hit in number_classifier.numbers(counted, runs(counted)) if hit.kind in ("phone", "idno")]
    if calls & prefilter.NUMBERS and deobfuscation.SUFFIXED.search(plain):
        bare = deobfuscation.suffixed(page)
        hits += number_classifier.numbers(bare, runs(bare)) if bare else []
    if "school" not in kinds and calls & prefilter.GRADE and deobfuscation.CLASS_NUMERAL_HINT.search(plain):
        classed = deobfuscation.classed(page)
        hits += schools.schools(classed) if classed else []
    if "address" not in kinds and calls & prefilter.LANE and _LANE.search(plain):
        housed = deobfuscation.housed(page)
        if housed:
            hits += addresses.addresses(housed)
    return hits


def _pieces(page: NormalizedText, found: list[DigitSequence]) -> list[DigitSequence]:
    """Returns the digit sequences of the last message, with repetitions expanded."""
    counted = deobfuscation.counted(page) if found and _REPEATED.search(page.plain) else None
    return runs(counted) if counted else found


def _runs(page: NormalizedText, part: bool) -> list[DigitSequence]:
    """Returns the digit sequences if there may be any; with `part` the end of one is enough."""
    if _DIGIT.search(page.plain):
        return runs(page)
    said = _WORD.findall(page.marked)
    if sum(map(NUMERALS.__contains__, said)) > (0 if part else _FEW_WORDS) or (said and max(map(len, said)) > _GLUED):
        return runs(page)
    return []


def _read(page: NormalizedText, found: list[DigitSequence], allowed: Sequence[str], calls: int) -> list[Hit]:
    """Runs every rule that the pre-filter calls; of overlapping hits the first wins."""
    plain = page.plain
    hits: list[Hit] = []
    if calls & prefilter.MEETING and _MEETING.search(plain):
        hits += links.meetings(page)
    if calls & prefilter.MAIL and _MAIL.search(plain):
        hits += emails.emails(page)
    if calls & prefilter.LINK and _LINK.search(plain):
        hits += links.links(page, allowed)
    if calls & prefilter.PASSWORD and passwords.WORD.search(plain):
        hits += passwords.find_passwords(page)
    if found:
        numbers = number_classifier.numbers(page, found)
        if _SIGNS.search(plain) and not (numbers and _whole(page, numbers)):
            looks = page.reading(_ONES)
            numbers = number_classifier.numbers(looks, runs(looks)) or numbers
        hits += numbers
    if calls & prefilter.CODE and _CODES.search(plain):
        hits += code_requests.asked(page, words(page))
    if calls & prefilter.URGING and implicit_code_requests.LISTEN.search(plain):
        hits += implicit_code_requests.urged(page)
    if calls & prefilter.HANDLE and (
        contact_services.SERVICE.search(plain)
        or (contact_services.HIDING.search(plain) and contact_services.HIDDEN.search(plain))
        or _ACCOUNT.search(plain)
    ):
        hits += handles.handles(page)
    if found or (calls & prefilter.ESTATE and addresses.ESTATE.search(plain)):
        hits += addresses.addresses(page)
    if calls & prefilter.SCHOOL and schools.CUE.search(plain):
        hits += schools.schools(page)
    return hits


def _whole(page: NormalizedText, hits: list[Hit]) -> bool:
    """Whether no digit look-alike touches the end of a number."""
    return all(page.text[hit.end : hit.end + 1] not in tuple("|!$") for hit in hits)


def _apart(hits: Iterable[Hit]) -> list[Hit]:
    """Returns hits without overlaps, in order; of two overlapping hits the first found stays."""
    kept: list[Hit] = []
    for hit in hits:
        if hit.start < hit.end and all(hit.end <= other.start or other.end <= hit.start for other in kept):
            kept.append(hit)
    return sorted(kept, key=lambda hit: hit.start)
