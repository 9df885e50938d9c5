"""Finds links, plain or spoken ("chấm", "[dot]", spaces), and meeting rooms elsewhere.

The search starts at each dot that is followed by a top-level domain. From there the rule walks outwards over bounded
pieces, so that a text of a thousand dots costs a thousand short checks and no more.
"""

import re
from collections.abc import Sequence

from tutoring.safety.detector.normalization import NormalizedText
from tutoring.safety.detector.patterns import listed
from tutoring.safety.findings import REASONS, Hit

SHIPPED = ("gov.vn", "edu.vn", "tongdai111.vn", "wikipedia.org", "khanacademy.org")

# Optional parts are possessive (?+): no letter or dot could begin with them, so rows of dots cause no backtracking.
DOT = r"(?:\s?+,?+\s?+(?:roi )?+[(\[{<]?+\s?+(?:\.|\bcham\b|\bdot\b|\bcham\.)\s?+[)\]}>]?+\s?+)"
ENDS = ("com|net|org|vn|info|edu|gov|io|me|co|us|uk|jp|kr|cn|ru|fr|de|tv|xyz|top|site|online|shop|club|vip|app|dev"
"|page"
         "|link|live|click|fun|win|icu|asia|biz|pro|cc|tk|ml|gg|ly|gl|to|be|store|space|website|tech|blog|cloud|life"
"|world|today|id|im|mobi|name|lol|bio|ai|art|wiki|one|game|games|work|school|win|bet|cam|gift|it|chat"
"|download|review|racing|date|trade|men|stream|party|science|bid|loan|rocks|ninja|guru|expert|cheap|promo"
"|social|media|network|email|zone|fan|love|tips|news|center|group|house|plus|sale|cash|money|finance|casino"
"|moe|gifts|support|help|sbs|cfd|cyou"
"|buzz|monster|rest|quest|fit|bar|pw|ws|su|in|la|sh|st|so|is|gd|at|eu|ca|au|sg|my|th|ph|hk|tw|com.vn|net.vn"
"|org.vn|nz")  # fmt: skip
_SAID = tuple(
    (re.compile(said), sign)
    for said, sign in (
        (r"\s?\b(?:cham|dot)\b\s?", "."),
        (r"\s?\bgach duoi\b\s?", "_"),
        (r"\s?\bgach(?: ngang)?\b\s?", "-"),
    )
)
_SPOKEN_SIGN = re.compile("cham|dot|gach")
_BRACKETS = {ord(sign): None for sign in "()[]{}<>"}

_SURE = ("com|net|org|vn|info|io|xyz|top|site|online|shop|club|vip|app|icu|asia|biz|tk|ml|cc|gg|ly|link|click|live"
"|page|store|website"
         "|tech|cloud|mobi|pro|win|fun|tv|dev|blog|space|lol|bet|sbs|cfd|cyou|ru|cn|gl|gd|wiki|download|promo|gifts"
"|support|chat|social|media|network|email|zone|fan|love|tips|news|center|group|house|plus|sale|cash|money"
"|finance|loan|casino|cam|pw|moe|gift|games|win|bio|me|co|us|best|work|ai")  # fmt: skip
_LABEL = r"[a-z0-9](?:[a-z0-9\-]{0,60}[a-z0-9])?"
_URL = re.compile(
    r"\b(?:h[tx]{2}ps?|ftp)\s?(?::|hai cham)\s?/{1,2}\s?(?P<rest>[^\s<>\"]{1,400})"
    r"|\bwww\s?\.\s?(?P<www>[^\s<>\"]{1,400})"
)
_BARE = re.compile(
    rf"(?<![\w@.\-])(?P<host>(?:{_LABEL}\.){{1,5}}(?P<end>{ENDS}"
    rf"|[a-z]{{2,6}}))(?![\w\-@])(?P<path>(?::\d{{2,5}})?[/?#][^\s<>\"]{{0,300}})?"
)
_SAID_DOT = r"(?:\s?[(\[{<]\s?(?:\.|cham|dot|dau cham)\s?[)\]}>]\s?|\s?\b(?:dau )?(?:cham|dot)\b\s?\.?|\s\.\s?)"
_SPOKEN = re.compile(
    rf"(?=[\s(\[{{<cd])(?P<dot>{_SAID_DOT})(?P<end>{_SURE})\b(?!\.[a-z0-9])(?P<path>\s?/\s?[^\s<>\"]{{1,200}})?"
)
_IN_NAMES = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-.")
_SPACED_ENDS = listed("com vn net org xyz info vip shop site online click club icu")
_NO_ENDS = listed("me co us ai best work games it group house news plus sale center win love fun in so do to")
_KNOWN = listed(
    "bit.ly t.me zalo.me fb.me m.me fb.com g.co goo.gl youtu.be discord.gg is.gd tinyurl.com cutt.ly s.id "
    "mega.nz mega.io rb.gy shorturl.at linktr.ee wa.me t.co me.momo.vn"
)  # fmt: skip
_WORDS = listed(
    "me co to so do la ai in it is be us my id im at one art game work name school life world today th st sh "
    "de fr"
)  # fmt: skip
_OF_ENDS = listed(
    "duoi mien file tep va voi khac hoac hay hon giua cac nhung loai dang kieu web trang sao la cua"
    " thi con so dung mua "
    "and or with the what than"
)  # fmt: skip
_FILES = listed(
    "doc docx xls xlsx ppt pptx pdf jpg jpeg png gif mp mp3 mp4 txt html htm css js py java cpp zip rar exe "
    "apk webp wav mov avi csv json md c h cs php sql xml ini"
)  # fmt: skip
_END, _SURE_END = re.compile(ENDS), re.compile(_SURE)
_UNLIKELY = re.compile(r"[-0-9]|[a-z]{7,}|[bcdfghklmpqrstvx]$|oo|ee|aa|[fjwz]")
_SPREAD = re.compile(
    r"\bh\W{0,2}t\W{0,2}t\W{0,2}p\W{0,2}s?\W{1,8}(?P<host>(?:[a-z0-9\-.]\W{1,2}){4,60}[a-z0-9]?)"
    r"|\bw\W{1,2}w\W{1,2}w\W{1,4}(?P<www>(?:[a-z0-9\-.]\W{0,2}){4,60})"
)
_MEETING = re.compile(
    r"\b(?:zoom|google meet|gg meet|meet|teams|skype|webex|phong "
    r"hop)\b[^\d\n]{0,30}?(?P<id>\d{3}[\s.\-]?\d{3,4}[\s.\-]?\d{3,4}|\d(?: \d){8,10})(?![ ]?\d)"
    r"(?P<pass>[\s,;.\-]{0,3}(?:pass\w*|mk|mat khau|ma)\W{0,4}(?:la\s|:\s?)?[a-z0-9]{3,12}\b)?"
)
_MEET = re.compile(r"\b(?:meet|gg meet|google meet)\b[^\n]{0,30}?\b(?P<id>[a-z]{3}-[a-z]{4}-[a-z]{3})\b")


def in_signs(text: str) -> str:
    """Replaces spoken signs by the signs themselves and removes brackets."""
    if _SPOKEN_SIGN.search(text):
        for said, sign in _SAID:
            text = said.sub(sign, text)
    return text.translate(_BRACKETS)


def links(page: NormalizedText, allowed: Sequence[str]) -> list[Hit]:
    """Returns links to hosts that are not allowed."""
    hosts = (*SHIPPED, *(one.lower().strip(".") for one in allowed))
    hits: list[Hit] = []
    for start, end, host in _addresses(page):
        if hits and page.at(start) < hits[-1].end:
            continue
        written = page.text[page.at(start) : page.at(end)]
        if not _listed(host, hosts) or (
            not written[: len(host) + 12].split("/ ")[0].isascii() and not _plain(page, start, host)
        ):
            hits.append(_link(page, start, end, host))
    return hits


def _plain(page: NormalizedText, start: int, host: str) -> bool:
    """Whether the host is written in real letters, not in look-alikes."""
    at = page.plain.find(host, start)
    return at >= 0 and page.text[page.at(at) : page.at(at + len(host))].lower() == host


def _link(page: NormalizedText, start: int, end: int, host: str) -> Hit:
    return Hit("link", page.at(start), page.at(end), host, REASONS["link"])


def _listed(host: str, hosts: Sequence[str]) -> bool:
    return any(host == one or host.endswith("." + one) for one in hosts)


def _addresses(page: NormalizedText) -> list[tuple[int, int, str]]:
    plain = page.plain
    found = []
    for match in _URL.finditer(plain):
        rest = match["rest"] or match["www"]
        host = re.split(r"[/?#]", rest, maxsplit=1)[0].rsplit("@", 1)[-1].split(":")[0].rstrip(".,;:!)")
        if "." in host:
            found.append((match.start(), match.end(), host))
    for match in _SPREAD.finditer(plain):
        found.append((match.start(), match.end(), re.sub(r"[^a-z0-9.\-]", "", match["host"] or match["www"])))
    for match in _BARE.finditer(plain):
        if _is_host(page, match):
            found.append((match.start(), match.end(), match["host"]))
    for match in _SPOKEN.finditer(plain):
        start = _said_from(page, match)
        if start < match.start():
            host = re.sub(r"\s", "", in_signs(plain[start : match.end("end")]))
            found.append((start, match.end(), host))
    return sorted(found)


def _is_host(page: NormalizedText, match: re.Match[str]) -> bool:
    host, end, path = match["host"], match["end"], match["path"]
    if end in _FILES or host.replace(".", "").isdecimal() or not _END.fullmatch(end):
        return False
    if host in _KNOWN or (path and len(path) > 1):
        return True
    ascii_only = page.marked[match.start() : match.end("host")].isascii()
    if _SURE_END.fullmatch(end) and end not in _WORDS:
        return ascii_only or end in ("com", "vn", "net", "org", "xyz")
    # A top-level domain that is also a word ("me", "it") counts only behind a name that cannot end a sentence.
    return ascii_only and (host.count(".") > 1 or _UNLIKELY.search(host.rsplit(".", 1)[0]) is not None)


def _said_from(page: NormalizedText, match: re.Match[str]) -> int:
    """Returns where the name before a spoken dot begins ("nhanqua chấm xyz").

    It returns the position of the dot itself if this is no host.
    """
    at, said, end = match.start(), match["dot"], match["end"]
    word = said.find("cham")
    if end in _NO_ENDS or (word >= 0 and page.marked[at + word : at + word + 4] not in ("chấm", "cham", "châm")):
        return at
    said_dot = said.find("dot")
    if said_dot >= 0 and page.marked[at + said_dot : at + said_dot + 3] != "dot":
        return at  # "đợt link này"
    if not re.search(r"[a-z(\[{<]", said) and end not in _SPACED_ENDS and not match["path"]:
        return at
    start = at
    while start and at - start < 70 and page.plain[start - 1] in _IN_NAMES:
        start -= 1
    if said == " . " and not page.marked[start:at].isascii():
        return at
    if said == " ." and page.plain[start:at] in _OF_ENDS:
        return at  # "đuôi .vn với .com khác nhau": the domain endings themselves
    return start


def meetings(page: NormalizedText) -> list[Hit]:
    """Returns meeting rooms of other services: "zoom id 812 345 6789 pass 1234"."""
    hits = []
    for match in _MEETING.finditer(page.plain):
        end = match.end()
        hits.append(Hit("link", page.at(match.start()), page.at(end), re.sub(r"\D", "", match["id"]), REASONS["link"]))
    for match in _MEET.finditer(page.plain):
        hits.append(Hit("link", page.at(match.start()), page.at(match.end()), match["id"], REASONS["link"]))
    return hits
