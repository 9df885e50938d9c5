"""Requests for one-time codes and for passwords.

A request is a thing (a code that came, a password) and an act of handing it over to the one who writes, or the
question what it says. Warnings ("đừng đọc mã cho ai"), tales of swindlers ("kẻ gian hỏi mã"), questions about the
matter itself ("mã OTP là gì ạ?", "có nên đưa mã cho cô không?") have the same words; what tells them apart are a
refusal right before the act, a third person who acts, and the asker being the one who would hand it over.
"""

import re

from tutoring.safety.detector import requested
from tutoring.safety.detector.folding import Page
from tutoring.safety.detector.lexicon import ends
from tutoring.safety.detector.reasons import ASKING
from tutoring.safety.detector.spelling import other
from tutoring.safety.detector.words import Words
from tutoring.safety.found import Hit

_MOST = 12  # things at either end of a flood that are looked at


def asked(page: Page, cut: Words) -> list[Hit]:
    """Requests for one-time codes and for passwords."""
    text = " ".join(cut.plain)
    starts = _starts(cut)
    hits = []
    for kind, pattern in (("otp", requested.STRONG), ("otp", requested.CODE), ("secret", requested.SECRET)):
        for match in ends(list(pattern.finditer(text)), _MOST):
            index = starts.get(match.start())
            if index is None or not _thing(cut, text, match, index, pattern is requested.CODE):
                continue
            where = cut.near(index, 14, 16)
            if _is_request(cut, where, index, match, pattern) and not _quoted(page, cut, where, index):
                start, end = _span(cut, where, index, match)
                hits.append(Hit(kind, page.at(start), page.at(end), "", ASKING[kind]))
                break
        if hits:
            break
    return hits


def _span(cut: Words, where: range, index: int, match: re.Match[str]) -> tuple[int, int]:
    """From the act to the thing, whichever comes first."""
    acts = [at for at in where if cut.plain[at] in requested.ASK and abs(at - index) <= 5]
    last = index + len(match.group().split()) - 1
    return cut.spans[min([index, *acts])][0], cut.spans[max([last, *acts])][1]


def _quoted(page: Page, cut: Words, where: range, index: int) -> bool:
    """Whether the words are somebody else's, between quotation marks: 'lời xin mã: “đọc mã giùm”'."""
    start, end = cut.spans[index]
    before, after = page.plain[cut.spans[where.start][0] : start], page.plain[end : end + 60]
    opened = max(before.rfind("“"), before.rfind('"') if before.count('"') % 2 else -1)
    return (
        opened >= 0
        and "”" not in before[opened:]
        and before[opened:].count(" ") > 0
        and re.search(r"[”\"]", after) is not None
    )


def _starts(cut: Words) -> dict[int, int]:
    """Where each word begins in the words joined by spaces."""
    starts, at = {}, 0
    for index, word in enumerate(cut.plain):
        starts[at] = index
        at += len(word) + 1
    return starts


def _thing(cut: Words, text: str, match: re.Match[str], index: int, vague: bool) -> bool:
    word = cut.marked[index]
    if index and cut.marked[index - 1] in requested.FIELDS:
        return False  # "dòng chữ dưới ô mật khẩu"
    if match.group() == "ma" and word not in ("mã", "ma"):
        return False
    if requested.PASSED.match(text, match.start()):
        return False
    if word == "mk":
        return requested.WISHED.search(text[max(0, match.start() - 9) : match.start()]) is not None or text.startswith(
            ("mk acc", "mk zalo", "mk fb", "mk face", "mk wifi", "mk ff", "mk tk", "mk cua"), match.start()
        )
    if vague and requested.WRITTEN.search(text[max(0, match.start() - 12) : match.start()]):
        return False  # "đoạn code của em" is a program
    return not (vague and requested.NOT_CODE.match(text, match.start()))


def _is_request(cut: Words, where: range, index: int, match: re.Match[str], pattern: re.Pattern[str]) -> bool:
    noun = match.group()
    before = cut.phrase(range(where.start, index))
    told = cut.phrase(range(index, where.stop))[len(noun) :]
    after = index + len(noun.split())
    asks_en = requested.WHAT_EN.search(" " + before[-30:]) is not None
    asks = asks_en or requested.WHAT.search(told) is not None
    defined = requested.WHAT_IS_IT.match(told) is not None
    tell_me = defined and pattern is requested.SECRET and requested.TELL_ME.search(told) is not None
    if not asks and not tell_me and not _handed_over(cut, where, index, after, False):
        return False  # nothing speaks for it, so what speaks against it need not be looked for
    around = _without_promise(cut.phrase(where))
    if requested.REFUSED.search(_without_promise(cut.clauses(where))) or requested.OTHERS.search(around):
        return False
    rest = around if noun in ("ma", "code") or pattern is not requested.CODE else around.replace(noun, " ")
    arrived = (
        (noun.startswith("dãy") and noun != "dãy so")
        or requested.ARRIVED.search(rest) is not None
        or requested.BEFORE.search(" " + cut.phrase(range(max(0, where.start - 25), where.start))) is not None
    )
    vague = pattern is requested.CODE
    if vague and noun not in ("code", "ma") and (not arrived or requested.NOT_CODE.search(around)):
        return False
    if requested.WAITS.search(around) or (requested.STEPS.search(around) and not requested.OUT_LOUD.search(around)):
        return False
    if requested.FORGOT.search(around) and requested.SELF.search(around) and not requested.OWNED.search(told[:40]):
        return False
    if tell_me:
        return True
    if defined and not requested.SOMEBODYS.search(around):
        return False  # "mã OTP là gì ạ?" asks what such a thing is
    owned = asks_en or requested.OWNED.search(told[:40]) is not None
    owned = owned or (pattern is requested.SECRET and requested.SOMEBODYS.search(around) is not None)
    if requested.SELF.search(around) and not (asks and (arrived or owned) and not requested.DEFINES.search(around)):
        return False
    if asks and (arrived or owned):
        return True
    return _handed_over(cut, where, index, after, vague and not arrived)


def _without_promise(said: str) -> str:
    """The words, a space before the first, without a promise not to tell anybody."""
    return " " + (requested.DISCREET.sub("", said) if " ai" in said else said)


def _handed_over(cut: Words, where: range, index: int, after: int, close: bool) -> bool:
    """Whether the thing at `index` is to be handed to somebody of this talk."""
    reach = 5 if close else 10
    whole = cut.phrase(where)
    for at in where:
        if cut.plain[at] == "bao" == cut.marked[at] and not all(map(str.isascii, cut.marked)):
            continue  # "bao lâu" is no "báo"
        if (
            cut.plain[at] not in requested.ASK
            or other(cut.marked[at], requested.VERBS)
            or (cut.plain[at] == "nhan" and at and cut.plain[at - 1] == "tin")
        ):
            continue
        if at > where.start and cut.plain[at - 1] in ("bam", "nut", "an"):
            continue  # "bấm gửi lại mã": the name of a button
        if not (0 < index - at <= reach or 0 <= at - after <= reach):
            continue
        rest = " " + cut.phrase(range(at + 1, min(where.stop, max(at, after) + 9)))
        if requested.GIVE.search(rest) or requested.FORMAL.search(cut.phrase(range(max(where.start, at - 5), at + 3))):
            return True
        if index - at in (1, 2, 3) and cut.plain[at] in requested.READ and requested.ENDING.search(whole):
            return True
        if (
            cut.plain[at] == "doc"
            and index - at in (1, 2)
            and cut.plain[at + 1] != "ky"
            and requested.URGED.search(whole)
        ):
            return True
    if requested.TYPED.search(" " + whole):
        return True
    needs = cut.phrase(range(max(where.start, index - 5), min(where.stop, after + 7)))
    return requested.NEEDS.search(" " + needs) is not None
