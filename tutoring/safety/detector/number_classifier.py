"""Classifies digit sequences by their shape and by the words beside them.

A telephone number, a citizen number with its province and a card with its check digit need no word. An old nine-digit
id, an account and a one-time code do. The word must stand close, with nothing between that makes the number something
else. Names of things with their own numbers (dossiers, orders, tax payers, books) turn a number into one of those.
"""

import re

from tutoring.safety.detector import number_context
from tutoring.safety.detector.diacritics import otherwise
from tutoring.safety.detector.normalization import NormalizedText
from tutoring.safety.detector.number_formats import (
    Number,
    citizen_value,
    find,
    in_use,
    is_service,
    phone_value,
    plus_before,
)
from tutoring.safety.detector.number_words import DigitSequence
from tutoring.safety.detector.tokenizer import last
from tutoring.safety.findings import REASONS, Hit

_BEFORE, _AFTER = 64, 40


def numbers(page: NormalizedText, found: list[DigitSequence]) -> list[Hit]:
    """Returns the hits among the digit sequences of a text."""
    hits: list[Hit] = []
    dossiers = []
    if number_context.DOSSIER_END.search(page.plain):
        dossiers = [match.span() for match in number_context.DOSSIER.finditer(page.plain)]
    for run in found:
        if dossiers and any(start <= run.end and run.start <= end for start, end in dossiers):
            continue
        if len(run.digits) >= 4:
            hits.extend(_of_run(page, run))
    if len(found) > 1 and not any(hit.kind == "phone" for hit in hits):
        hits.extend(_scattered(page, found))
    return hits


def _scattered(page: NormalizedText, found: list[DigitSequence]) -> list[Hit]:
    """Returns a telephone number in pieces with words between.

    All pieces are joined if the text says so; otherwise only a few behind a prefix such as "0901".
    """
    together = number_context.TOGETHER.search(page.plain) is not None
    if number_context.SUM.search(page.plain) or (not together and number_context.UNITS.search(page.marked)):
        return []
    for first, run in enumerate(found[:20]):
        said = ""
        for after in range(first, min(first + 10, len(found))):
            said += found[after].digits
            if len(said) > 12:
                break
            value = phone_value(said) if after > first else None
            if (
                value
                and in_use(value)
                and (
                    together
                    or (len(run.digits) in (3, 4) and after - first < 4 and len({atom.how for atom in run.atoms}) == 1)
                )
            ):
                return [Hit("phone", page.at(run.start), page.at(found[after].end), value, REASONS["phone"])]
    return []


def _of_run(page: NormalizedText, run: DigitSequence) -> list[Hit]:
    plain = page.plain
    before = plain[max(0, run.start - _BEFORE) : run.start]
    after = plain[run.end : run.end + _AFTER]
    cue = number_context.PHONE_CUE.search(before[-40:]) is not None or number_context.UNSIGNED.search(after) is not None
    other = number_context.OTHER_NUMBER.search(before) is not None and not number_context.CONFESSED.search(after)
    named = number_context.ID_CUE.search(before) is not None and len(run.digits) in (9, 12)
    account = None if named else _account(run, before, after, page)
    if account and not other:
        return [account]
    marked = find(run, plain, cue) or find(_bare(run), plain, cue)
    listed = (
        not cue
        and marked
        and number_context.LISTED.search(page.marked, max(0, run.start - _BEFORE), run.start)
        and not number_context.CONFESSED.search(after)
    )
    hits = []
    for number in marked:
        if other and not (number.kind == "phone" and plus_before(plain, run.start)):
            continue
        if listed and number.after - number.first > 8 and run.atoms[number.first].how != "w":
            continue
        if number.value.strip("0"):  # only zeros: in lessons they stand for "a number"
            hits.append(_hit(page, run, number))
    if hits or other:
        return hits
    one = _cued(run, before, after, page, cue)
    return [one] if one else []


def _bare(run: DigitSequence) -> DigitSequence:
    """Returns the sequence without a numeral at either end that belongs to the sentence.

    Examples are "năm 2025" and "482913 không ạ".
    """
    atoms = run.atoms
    first, last = 0, len(atoms)
    if last > 1 and atoms[0].how == "w" and atoms[1].how == "d" and len(atoms[1].digits) > 1:
        first = 1
    if (
        last - first > 1
        and atoms[last - 1].how == "w"
        and atoms[last - 2].how == "d"
        and len(atoms[last - 2].digits) > 1
    ):
        last -= 1
    return (
        DigitSequence(atoms[first:last], run.gaps[first : last - 1]) if last - first < len(atoms) else DigitSequence()
    )


def _hit(page: NormalizedText, run: DigitSequence, number: Number) -> Hit:
    start, end = run.atoms[number.first].start, run.atoms[number.after - 1].end
    if plus_before(page.plain, start):
        start = page.plain.rindex("+", 0, start)
    return Hit(number.kind, page.at(start), page.at(end), number.value, REASONS[number.kind])


def _cued(run: DigitSequence, before: str, after: str, page: NormalizedText, phone: bool) -> Hit | None:
    """Returns a number that only its context explains: CMND, code, telephone without its 0."""
    core = _bare(run)
    core = core if core.atoms else run
    before = page.plain[max(0, core.start - _BEFORE) : core.start]
    said = core.digits
    start, end = page.at(core.start), page.at(core.end)
    if not said.strip("0") or is_service(said) or _measured(said, after):
        return None
    if len(said) in (9, 12) and number_context.ID_CUE.search(before) and not number_context.PROVED.match(after):
        return Hit("idno", start, end, said, REASONS["idno"])
    code = _code(core, before, after, page)
    if code:
        return code
    near = page.plain[max(0, core.start - _BEFORE) : core.end + _BEFORE]
    phone = phone or number_context.PHONE_AFTER.match(after) is not None
    abroad = plus_before(page.plain, core.start) and page.plain[core.start - 1] == "+" and 10 <= len(said) <= 14
    back = phone_value(said[::-1])
    back = back if back and number_context.BACKWARDS.search(near) else None
    if abroad or back:
        return Hit("phone", start, end, back or f"+{said}", REASONS["phone"])
    nought = len(said) in (9, 10) and number_context.NOUGHT.search(near) is not None
    if nought and len(said) == 10 and said[-1] == "0" and core.atoms[-1].digits == "0":
        said, end = said[:-1], page.at(core.atoms[-2].end)  # "… , thêm 0 đầu": the 0 was read with the rest
    whole = not number_context.GROUPED.fullmatch(page.plain[core.start : core.end])
    if len(said) == 9 and whole and phone_value("0" + said) and (phone or nought):
        return Hit("phone", start, end, "0" + said, REASONS["phone"])
    return None


def _code(run: DigitSequence, before: str, after: str, page: NormalizedText) -> Hit | None:
    length = len(run.atoms[0].digits)
    atoms = run.atoms[:1] if length in (4, 5, 6, 7, 8) and len(run.digits) not in (6, 8) else run.atoms
    said = "".join(atom.digits for atom in atoms)
    if any(atom.how == "l" for atom in atoms) or page.plain[atoms[0].start - 1 : atoms[0].start] == "#":
        return None
    if (
        not 4 <= len(said) <= 8
        or is_service(said)
        or number_context.DATED.search(page.plain, atoms[0].start, atoms[-1].end)
    ):
        return None
    if not (_code_before(said, before, page, run.start) or _code_after(said, after, before)):
        return None
    return Hit("otp", page.at(atoms[0].start), page.at(atoms[-1].end), said, REASONS["otp"])


def _code_before(said: str, before: str, page: NormalizedText, start: int) -> bool:
    cue = last(number_context.CODE_CUE, before)
    if cue:
        between = before[cue.end() :]
        return not number_context.BREAK.search(between) and len(between.split()) <= 8
    sent = number_context.SENT.search(before) if len(said) == 6 else None
    if sent and not otherwise(page, start - len(before) + sent.start(), start, number_context.SENDING):
        return True
    cue = last(number_context.ANY_CODE, before)
    if not cue or number_context.OTHER_CODE.match(before, cue.start()):
        return False
    offset = start - len(before)
    if cue.group() == "pin" and not number_context.MINE.search(before[cue.end() :]):
        return False  # "pin" means a battery
    if cue.group() == "ma" and page.marked[offset + cue.start() : offset + cue.end()] not in ("mã", "ma"):
        return False
    between = before[cue.end() :]
    if number_context.BREAK.search(between) or len(between.split()) > 8:
        return False
    return (len(said) == 6 or number_context.MINE.search(between) is not None) and not number_context.DOSSIER.search(
        between
    )


def _code_after(said: str, after: str, before: str) -> bool:
    cue = number_context.CODE_CUE.search(after)
    if cue and not number_context.BREAK.search(after[: cue.start()]):
        return True
    return (
        len(said) == 6
        and re.match(
            r"\W{0,3}(?:la|nhe|nha|ne|do|day|is)\b\W{0,3}(?:cai )?(?:ma|code|the code)\b(?! de| lop| so)", after
        )
        is not None
    )


def _measured(said: str, after: str) -> bool:
    """Whether the text that follows makes the digits money, time or a size."""
    return number_context.MEASURED.match(after) is not None or (
        len(said) < 6 and number_context.SIZED.match(after) is not None
    )


def _bank_beside(page: NormalizedText, run: DigitSequence, before: str, after: str) -> bool:
    """Whether the name of a bank stands right before or right after a number."""
    cue = last(number_context.BANK, before[-40:])
    start = run.start - min(len(before), 40)
    if (
        cue
        and not number_context.BREAK.search(before[-40:][cue.end() :])
        and not otherwise(page, start + cue.start(), start + cue.end(), number_context.BANKS)
    ):
        return True
    skipped = len(after) - len(after.lstrip(_SIGNS))
    behind = number_context.BANK.match(after, skipped)
    return behind is not None and not otherwise(page, run.end + skipped, run.end + behind.end(), number_context.BANKS)


_SIGNS = " ,-(:;.–—|/"


def _account(run: DigitSequence, before: str, after: str, page: NormalizedText) -> Hit | None:
    """Returns an account or card number beside its word or the name of a bank."""
    core = _bare(run)
    core = core if core.atoms else run
    said, atoms = core.digits, core.atoms
    if len(said) > 19 and len(atoms[0].digits) >= 6:
        said, atoms = atoms[0].digits, atoms[:1]
    raw = page.plain[atoms[0].start : atoms[-1].end]
    if (
        not 6 <= len(said) <= 19
        or not said.strip("0")
        or (number_context.DATED.search(raw) and not said.startswith("9704"))
        or is_service(said)
        or _measured(said, after)
        or page.marked[atoms[-1].end :].lstrip()[:4] == "đồng"
        or (
            number_context.GROUPED.fullmatch(raw)
            and not (len(said) > 10 and number_context.BANK.match(after.lstrip(_SIGNS)))
        )
    ):
        return None
    cue = last(number_context.ACCOUNT_CUE, before)
    strong = cue is not None and not re.search(r"[?!]|\b(?:gom|hotline|tong dai|sdt|dien thoai)\b", before[cue.end() :])
    strong = strong or (
        len(said) in (15, 16) and number_context.CARD.search(before[-16:] + "|" + after[:12]) is not None
    )
    strong = strong or number_context.ACCOUNT_AFTER.match(after) is not None
    if not strong and not (len(said) in (16, 19) and said.startswith("9704")):
        if len(said) < 8 or phone_value(said) or citizen_value(said) or number_context.PHONE_CUE.search(before[-24:]):
            return None
        if any(atom.digits.endswith("000000") for atom in atoms):
            return None  # a sum of money
        if not (_bank_beside(page, run, before, after) or (len(said) > 8 and number_context.MONEY_TO.search(before))):
            return None
    return Hit("bank", page.at(atoms[0].start), page.at(atoms[-1].end), said, REASONS["bank"])
