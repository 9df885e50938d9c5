"""Finds accounts on other services: told, asked for, or a move to them.

Examples are "zalo mình là …", "cho xin fb" and "qua tele nói chuyện". The name of a service alone means nothing: this
site teaches people to use Zalo. It counts beside an account name, or beside an act of contact aimed at the writer or
the reader. Words of lessons ("cách gọi bằng Zalo", "bấm vào đâu", "nhóm Zalo của lớp", "bị lừa trên Facebook") count
against the latter, never against the former.
"""

import re

from tutoring.safety.detector import contact_services
from tutoring.safety.detector.diacritics import other
from tutoring.safety.detector.normalization import NormalizedText
from tutoring.safety.detector.tokenizer import words
from tutoring.safety.findings import REASONS, Hit


def handles(page: NormalizedText) -> list[Hit]:
    """Returns the accounts of other services that are told or asked for."""
    hits: list[Hit] = []
    if page.moved and contact_services.ORNAMENT.search(page.plain):
        page = page.reading({ord(sign): ord("_") for sign in contact_services.ORNAMENT.findall(page.plain)})
    found = contact_services.named_in(page)
    for match in found[:_MOST]:
        hit = _named(page, match)
        if hit:
            hits.append(hit)
    for match in contact_services.HIDDEN.finditer(page.plain):
        hits.append(_hit(page, match.start(), match.end(), ""))
    if found and not hits:
        hits = _acts(page, found)
    if found or _CONTACT.search(page.plain):
        hits += _nicks(page, bool(found))
    for pattern in (contact_services.OWN, contact_services.AT_NAME, contact_services.INBOX):
        for match in pattern.finditer(page.plain):
            if contact_services.SHAPED.fullmatch(match["name"]) and not contact_services.PASSWORD.search(
                page.plain, max(0, match.start() - 20), match.end()
            ):
                hits.append(_hit(page, match.start(), match.end(), match["name"].lstrip("@")))
    return hits


_MOST = 20  # services of one message that are checked; no real message names more
_CONTACT = re.compile(r"\b(?:kb|ket ban|add|adf|(?:kiem|tim) (?:tui|minh|tao|to|t|em))\b")


def _nicks(page: NormalizedText, served: bool) -> list[Hit]:
    """Returns account names away from the service: "kiếm tui trên fb nha, nick Út Lì"."""
    hits = []
    contact = _CONTACT.search(page.plain) is not None
    for match in contact_services.NICKED.finditer(page.cased):
        named = page.plain.startswith("ten", match.start())
        beside = served and " " in match["name"] and contact_services.FRIENDED.search(page.plain, 0, match.start())
        if contact and (beside or not named):
            hits.append(_hit(page, match.start(), match.end(), match["name"].lower()))
    for match in contact_services.LATER.finditer(page.plain) if contact and served else ():
        if contact_services.SHAPED.fullmatch(match["name"]) and not match["name"].isalpha():
            hits.append(_hit(page, match.start(), match.end(), match["name"]))
    return hits


def _hit(page: NormalizedText, start: int, end: int, name: str) -> Hit:
    return Hit("handle", page.at(start), page.at(end), name, REASONS["handle"])


def _named(page: NormalizedText, match: re.Match[str]) -> Hit | None:
    """Returns the account name beside a service, or None."""
    plain, end = page.plain, match.end()
    before = plain[max(0, match.start() - 45) : match.start()]
    secret = contact_services.PASSWORD.search(before) or contact_services.PASSWORD.match(plain, end + 1)
    account = contact_services.ACCOUNT.match(plain, end)
    name = account["name"].rstrip(".") if account else ""
    if account and not secret and _is_account(name, page.marked[account.start("name") : account.end("name")]):
        return _hit(page, match.start(), account.end("name"), name.lstrip("@"))
    numbered = contact_services.NUMBERED.search(plain, max(0, match.start() - 12), end + 40)
    if numbered and (numbered["tag"] or not _ZOOM.match(match.group())):
        return _hit(page, match.start(), max(end, numbered.end()), numbered["name"] or numbered["tag"])
    sought = contact_services.CAPITALS.match(page.cased, end + 1)
    if sought and contact_services.FRIENDED.search(before[-24:]) and _CONTACT.search(plain, sought.end()):
        return _hit(page, match.start(), sought.end(), sought["name"].lower())
    named = contact_services.NAMED.match(plain, end)
    capitals = contact_services.CAPITALS.match(page.cased, named.end()) if named else None
    mine = named and (named["glue"].strip() or named["is"] != "la" or re.search(r"\b(?:ten|nick)\b", before))
    if named and capitals and mine:
        return _hit(page, match.start(), capitals.end(), capitals["name"].lower())
    if re.search(r"\b(?:tren|o|ben|on|qua|trong)\s$", before):
        shaped = [
            one
            for one in before.split()[-5:]
            if contact_services.SHAPED.fullmatch(one) and not one.isalpha() and len(one) > 4
        ]
        if shaped:
            return _hit(page, plain.rindex(shaped[-1], 0, match.start()), end, shaped[-1].lstrip("@"))
        capitals = _TENDED.search(page.cased[max(0, match.start() - 60) : match.start()])
        if capitals:
            return _hit(page, match.start(), end, capitals["name"].lower())
    return None


_ZOOM = re.compile(r"zoom|meet")
_TENDED = re.compile(
    rf"(?i:\b(?:tên|ten|nick)\s(?:là\s"
    rf"|la\s)?)(?P<name>{contact_services.PROPER}(?:\s{contact_services.PROPER}){{0,5}})\s(?:trên|ở|bên|on|tren"
    rf"|o|ben)\s$"
)


def _is_account(name: str, marked: str) -> bool:
    if not contact_services.SHAPED.fullmatch(name) or not marked.isascii() or len(name.strip("._@")) < 3:
        return False
    return not re.fullmatch(
        r"\d+(?:\.\d+)*|\d{1,2}[a-z]{1,2}|v\d.*|\d+k|[a-z]+\.(?:com|vn|net|org)|[a-z]\d?|[a-z]+\.", name
    )


def _acts(page: NormalizedText, found: list[re.Match[str]]) -> list[Hit]:
    """Returns acts of contact over a service, sentence by sentence."""
    hits = []
    done = -1
    spans = [match.span() for match in found]
    for match in found[:_MOST]:
        first, last = _sentence(page.plain, match.start(), match.end())
        if match.start() < done or (
            match.group() in contact_services.WEAK and not _CONTACT.search(page.plain, first, match.start())
        ):
            continue
        done = last
        around = _around(page, first, last, spans)
        act = contact_services.ACT.search(around)
        if (
            not act
            or (
                around.count("SVC") == 1
                and (contact_services.DECLINED.search(around) or contact_services.REFUSED.search(around))
            )
            or contact_services.OTHERS.search(around)
            or (contact_services.LESSON.search(around) and not contact_services.PRIVATE.search(around))
        ):
            continue
        if match.group() == "face" and re.search(r"\b(?:your|the|my|show|a|his|her|to|in|on|their) SVC", around):
            continue
        hits.append(_hit(page, match.start(), match.end(), ""))
    return hits


def _around(page: NormalizedText, first: int, last: int, spans: list[tuple[int, int]]) -> str:
    """Returns a sentence as plain words, with services as SVC."""
    cut = words(page, first, last)
    said = []
    for word, marked, (start, _) in zip(cut.plain, cut.marked, cut.spans, strict=True):
        inside = any(a <= start < b for a, b in spans)
        if not inside:
            said.append(marked if marked in ("cô", "ạ") or other(marked, contact_services.VERBS) else word)
        elif not said or said[-1] != "SVC":
            said.append("SVC")
    return " ".join(said)


def _sentence(plain: str, start: int, end: int) -> tuple[int, int]:
    """Returns the bounds of the sentence around a place, at most 90 characters each way."""
    first = max(0, start - 90)
    for sign in ".!?\n;":
        first = max(first, plain.rfind(sign, first, start) + 1)
    last = min(len(plain), end + 90)
    for sign in ".!\n;":
        at = plain.find(sign, end, last)
        last = at if at >= 0 else last
    return first, last
