"""Finds email addresses, plain or spoken: "a còng", "chấm", "(at)", "[dot]".

A sign may replace the @ or the dot. The search starts at each "@" in any notation; from there the rule walks outwards
over bounded pieces.
"""

import re
from collections.abc import Iterator

from tutoring.safety.detector.links import DOT, ENDS, in_signs
from tutoring.safety.detector.normalization import NormalizedText
from tutoring.safety.detector.patterns import listed
from tutoring.safety.detector.tokenizer import last
from tutoring.safety.findings import REASONS, Hit

_THEN = r"(?:[\s,]{0,2}\b(?:roi|xong|toi|den|tiep)(?: (?:toi|den))?[\s,]{1,2}|,\s?)?"
_AT = (
    rf"{_THEN}(?:\s{{0,2}}[(\[{{<]?\s?(?:@|\ba (?:cong|coong|moc|vong|cog)\b|\ba-?cong\b"
    rf"|\bacong\b)\s?[)\]}}>]?\s{{0,2}}"
    rf"|\s{{0,2}}[(\[{{<_*]{{1,2}}\s?(?:at|a)\s?[)\]}}>_*]{{1,2}}\s{{0,2}}|\s+at\s+){_THEN}"
)
_MAIL_HOST = r"[a-z0-9][a-z0-9\-]{0,40}"
_EMAIL = re.compile(
    rf"(?=[\s,(\[{{<_*@artdx])(?P<at>{_AT})(?P<host>g\s?mail|go\s?(?:meo|mail)|g\s?meo|ji\s?meo"
    rf"|{_MAIL_HOST}(?:{DOT}{_MAIL_HOST}){{0,2}}?)(?P<tail>{DOT}(?:{ENDS})\b(?:{DOT}vn\b)?)?"
)
_BELOW = re.compile(rf"(?:{DOT}{_MAIL_HOST}){{1,3}}?{DOT}(?:{ENDS})\b(?:{DOT}vn\b)?")
_GMAIL = re.compile(r"^(?:gomeo|gomail|gmeo|jimeo)$")
_MAIL_NAMES = listed("gmail yahoo hotmail outlook icloud email mail ymail proton protonmail live msn")
_BARE_MAIL = re.compile(
    rf"(?<![@\w.])(?P<host>g\s?mail|yahoo|hotmail|outlook|icloud)"
    rf"(?P<tail>(?:{DOT}|\s?[^\w\s.,;:!?>/]{{1,3}}\s?)(?:com|vn)\b(?:{DOT}vn\b)?)"
)
_SIGN = re.compile(
    r"(?:\s?[^\w\s.,;:!?>/)]{1,3}|\s?\([a-z ]{1,16}\)|\s(?:oc sen|vong tron|con oc|vong|xoay))\s?$"
)  # for the @
# words before a bare "gmail.com" that show that the web site is meant
_SITE = listed("trang qua sang web vao vo mo tren tu o la cua the in to dung bang nhu tai toi den ra ve on at from")
_LOCAL = re.compile(r"[a-z0-9](?:[a-z0-9._+\-]{0,63})$")
_SPOKEN_LOCAL = re.compile(
    r"(?:[a-z0-9._+\-]{1,40}\s?(?:\bcham\b|\bdot\b|\bgach duoi\b|\bgach ngang\b|\bgach\b)\s?){1,4}$"
)
_MAIL_CUE = re.compile(r"\b(?:e?-?mail|gmail|mail|thu dien tu|dia chi thu)\b[\w\s]{0,24}?(?:\bla\b|:|=)\s{0,2}")
_TAIL_SIGN = re.compile(r"^[^\w.]+")
_EXAMPLES = ("example.com", "example.org", "example.net", "example.vn", "vidu.vn")


def emails(page: NormalizedText) -> list[Hit]:
    """Returns the email addresses of a text."""
    hits: list[Hit] = []
    done = 0
    for match in _joints(page.plain):
        host = _GMAIL.sub("gmail", _without_space(in_signs(match["host"])))
        tail = _TAIL_SIGN.sub(".", _without_space(in_signs(match["tail"]))) if match["tail"] else ""
        longer = None if tail or host in _MAIL_NAMES else _BELOW.match(match.string, match.end())
        tail = tail or (_without_space(in_signs(longer.group())) if longer else "")
        named = host in _MAIL_NAMES
        at = match.start("at") if "at" in match.re.groupindex else match.start()
        spoken = "at" not in match.re.groupindex or re.search(r"[a-z]", match["at"]) is not None
        if not tail and not named:
            continue
        bare = "at" not in match.re.groupindex
        sign = _SIGN.search(page.plain, max(done, at - 20), at) if bare else None
        start, local = _local(page.plain, sign.start() if sign else at, done, not named and spoken)
        if not local or local in _MAIL_NAMES:
            continue
        if bare and not sign and (local in _SITE or not page.marked[start:at].isascii()):
            continue
        domain = host + (tail or ".com")
        if domain in _EXAMPLES or domain.endswith(".gov.vn"):
            continue
        done = (longer or match).end()
        hits.append(Hit("email", page.at(start), page.at(done), f"{local}@{domain}", REASONS["email"]))
    return hits


def _without_space(text: str) -> str:
    return "".join(text.split())


def _joints(plain: str) -> Iterator[re.Match[str]]:
    yield from _EMAIL.finditer(plain)
    if "mail" in plain or "yahoo" in plain or "outlook" in plain or "icloud" in plain:
        yield from _BARE_MAIL.finditer(plain)


def _local(plain: str, end: int, after: int, strict: bool) -> tuple[int, str]:
    """Returns where the local part before the @ begins, and its text."""
    window = max(after, end - 90)
    before = plain[window:end].rstrip(" ")
    cue = last(_MAIL_CUE, before)
    if cue and 0 < len(before[cue.end() :].split()) <= 7 and "," not in before[cue.end() :]:
        return window + cue.end(), re.sub(r"[^a-z0-9._+\-]", "", in_signs(before[cue.end() :]))
    local = _LOCAL.search(before)
    if not local or (strict and len(local.group()) < 3 and not cue):
        return end, ""
    start, said = local.start(), local.group()
    chain = _SPOKEN_LOCAL.search(before[:start])
    if chain:
        start, said = chain.start(), chain.group() + said
    return window + start, _without_space(in_signs(said)).strip(".-")
