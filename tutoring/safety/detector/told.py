"""Numbers that are told: what runs of digits mean, by their shape and by the words beside them.

A telephone, a citizen number with its province, a card with its check digit need no word. Nine digits, an account,
a one-time code do: the word must stand close, with nothing between that makes the number something else. Names of
things that have numbers of their own (dossiers, orders, tax payers, books) turn a number into one of theirs.
"""

import re

from tutoring.safety.detector.folding import Page
from tutoring.safety.detector.numbers import Number, find, is_service, phone_value, plus_before
from tutoring.safety.detector.reasons import REASONS
from tutoring.safety.detector.runs import Run
from tutoring.safety.detector.words import last
from tutoring.safety.found import Hit

_BEFORE, _AFTER = 64, 40

_PHONE_CUE = re.compile(
    r"\b(?:sdt|s[.\s]?d[.\s]?t|so dt|dt|dthoai|dien thoai|phone|tel|mobile|so may|goi|alo|call|text|lien he|lh"
    r"|lien lac|di dong"
    r"|(?:so|nhan|nt|ib) (?:cua |cho |rieng |may |dt |moi )?(?:minh|em|con|chau|me|bo|ba|to|tui|toi|tao|t|anh"
    r"|chi|co|chu|nha)"
    r"|my number|number is|zalo|za lo|viber|whatsapp|tele|telegram|imess\w*)\b"
)
_ID_CUE = re.compile(
    r"\b(?:cccd|c c c d|can cuoc|cmnd|cmtnd|cmt|chung minh|dinh danh|citizen id|id card|identity|so cc|the cc)\b"
)
_CODE_CUE = re.compile(
    r"\b(?:o[\s.\-]?t[\s.\-]?p|ma (?:so )?(?:xac (?:nhan|minh|thuc)|kich hoat|bao mat|dang nhap|pin|otp|sms|2 "
    r"lop|hai lop|2fa)"
    r"|(?:verification|verify|security|login|log.?in|confirmation|one.?time|sms|auth\w*) (?:code|pass\w*|pin|number))\b"
)
_ANY_CODE = re.compile(r"\b(?:ma|code|pin)\b")
_MINE = re.compile(
    r"\b(?:cua|tin nhan|gui ve|gui den|gui toi|vua|moi|nhan duoc|ve may|hien|minh|em|con|chau|me|bo|bac|co|la"
    r"|is|ne|day|my|got|nay)\b"
)
_OTHER_CODE = re.compile(
    r"(?:ma|code) (?:so|de|bai|lop|phong|ho so|hs|hoc sinh|sinh vien|sv|vung|tinh|buu|zip|qr|vach|don|van don"
    r"|san pham|hang"
    r"|giam gia|mau|nguon|truong|xa|huyen|quan|mon|nganh|khach|kh\b|hop dong|thue|tra cuu|moi|khoa|tham gia"
    r"|nhom|ho\b|hoa don"
    r"|cong to|diem|may\b|thiet bi|the\b|ban\b|luong|chuong|quoc gia|nuoc|unicode|ascii|lenh|phieu|tai san|don "
    r"vi|thu tuc"
    r"|dich vu|dinh danh|hoc phan|giao dich|tai lieu|sach|video)"
)
_OTHER_NUMBER = re.compile(
    r"\b(?:ma ho so|so ho so|ho so|ma so thue|mst|ma so (?!dinh danh)\w+|ma don|don hang|van don|buu pham|sbd"
    r"|so bao danh|imei|serial|seri"
    r"|isbn|ma vach|barcode|ma hoc sinh|ma hs|ma sinh vien|mssv|hoa don|bien lai|bien nhan|ma tra cuu|ma de|ma "
    r"khach hang"
    r"|bhxh|bhyt|bao hiem|ma bai|ma giao dich|ma thiet bi|ma may|so may tinh|hop dong|so hieu|cong van|quyet "
    r"dinh|nghi dinh"
    r"|dan so|phep tinh|chu so|day so|tap hop)\b[\s:#\-\w]{0,24}$"
)
_LISTED = re.compile(r"\b(?:diem|day|tap|dap an|ket qua|sap xep|thu tu|cac so|cac chu so|so lieu|bang|tinh)\b")
_ACCOUNT_CUE = re.compile(
    r"\b(?:s[.\s]?t[.\s]?k|so tk|tk ngan hang|tk nh|so tai khoan|so tkhoan|tai khoan ngan hang|account "
    r"(?:number|no)|bank account|acc ngan hang"
    r"|so the|the (?:atm|visa|ngan hang|tin dung|ghi no)|card number)\b"
)
_BANK = re.compile(
    r"\b(?:vietcombank|vcb|techcombank|tcb|mb ?bank|mb|agribank|bidv|vietinbank|ctg|acb|vp ?bank|tp ?bank"
    r"|sacombank|stb|vib|shb|hdbank"
    r"|scb|ocb|msb|eximbank|seabank|lpbank|lienvietpostbank|bac a|nam a|dong a|vietbank|abbank|pvcombank|cake"
    r"|timo|momo|zalo ?pay"
    r"|viettel ?pay|viettel money|shopee ?pay|vnpay|ngan hang|chuyen khoan|ck|bank|tk|tai khoan|banking|napas)\b"
)
_BREAK = re.compile(
    r"[?!;]|\b(?:tong dai|hotline|soan|phi|gia|ho so|bai|cau|trang|de thi|dau so|ngay|thang|sinh nam|ket qua"
    r"|dai|gom|co)\b|\bnam (?=\d*$)"
)
_MEASURED = re.compile(
    r"\s?(?:d|dong|k|nghin|ngan|trieu|ty|ti|tr|vnd|usd|do la|%|phut|giay|gio|chu so|ky tu|ki tu|chu cai|lan"
    r"|nguoi|hoc sinh|ban"
    r"|m|cm|km|kg|g|ml|lit|mb|gb|kb|diem|trang|cau)\b"
)
_GROUPED = re.compile(r"\d{1,3}(?:[.,]\d{3})+")


def numbers(page: Page, found: list[Run]) -> list[Hit]:
    """The hits among the runs of a page."""
    hits: list[Hit] = []
    for run in found:
        if sum(len(atom.digits) for atom in run.atoms) >= 4:
            hits.extend(_of_run(page, run))
    return hits


def _of_run(page: Page, run: Run) -> list[Hit]:
    plain = page.plain
    before = plain[max(0, run.start - _BEFORE) : run.start]
    after = plain[run.end : run.end + _AFTER]
    cue = _PHONE_CUE.search(before[-40:]) is not None
    other = _OTHER_NUMBER.search(before) is not None
    account = _account(run, before, after, page)
    if account and not other:
        return [account]
    marked = find(run, plain, cue) or find(_bare(run), plain, cue)
    listed = _LISTED.search(before) is not None and not cue
    hits = []
    for number in marked:
        if other and not (number.kind == "phone" and plus_before(plain, run.start)):
            continue
        if listed and number.after - number.first > 8 and run.atoms[number.first].how != "w":
            continue
        hits.append(_hit(page, run, number))
    if hits or other:
        return hits
    one = _cued(run, before, after, page, cue)
    return [one] if one else []


def _bare(run: Run) -> Run:
    """The run without a "không" at either end that belongs to the sentence."""
    if not any(atom.how == "d" for atom in run.atoms):
        return Run()
    first, last = 0, len(run.atoms)
    while run.atoms[first].how == "w":
        first += 1
    while run.atoms[last - 1].how == "w":
        last -= 1
    return Run(run.atoms[first:last], run.gaps[first : last - 1]) if last - first < len(run.atoms) else Run()


def _hit(page: Page, run: Run, number: Number) -> Hit:
    start, end = run.atoms[number.first].start, run.atoms[number.after - 1].end
    if plus_before(page.plain, start):
        start = page.plain.rindex("+", 0, start)
    return Hit(number.kind, page.at(start), page.at(end), number.value, REASONS[number.kind])


def _cued(run: Run, before: str, after: str, page: Page, phone: bool) -> Hit | None:
    """A number that only the words beside it explain: CMND, a code, a telephone without its 0."""
    core = _bare(run)
    core = core if core.atoms else run
    said = core.digits
    start, end = page.at(core.start), page.at(core.end)
    if is_service(said) or _MEASURED.match(after):
        return None
    if len(said) in (9, 12) and _ID_CUE.search(before):
        return Hit("idno", start, end, said, REASONS["idno"])
    code = _code(core, before, after, page)
    if code:
        return code
    if (
        phone
        and len(said) == 9
        and phone_value("0" + said)
        and not _GROUPED.fullmatch(page.plain[core.start : core.end])
    ):
        return Hit("phone", start, end, "0" + said, REASONS["phone"])
    return None


def _code(run: Run, before: str, after: str, page: Page) -> Hit | None:
    length = len(run.atoms[0].digits)
    atoms = run.atoms[:1] if length in (4, 5, 6, 7, 8) and len(run.digits) not in (6, 8) else run.atoms
    said = "".join(atom.digits for atom in atoms)
    if not 4 <= len(said) <= 8 or is_service(said):
        return None
    if not (_code_before(said, before, page, run.start) or _code_after(said, after, before)):
        return None
    return Hit("otp", page.at(atoms[0].start), page.at(atoms[-1].end), said, REASONS["otp"])


def _code_before(said: str, before: str, page: Page, start: int) -> bool:
    cue = last(_CODE_CUE, before)
    if cue:
        between = before[cue.end() :]
        return not _BREAK.search(between) and len(between.split()) <= 8
    cue = last(_ANY_CODE, before)
    if not cue or _OTHER_CODE.match(before, cue.start()):
        return False
    offset = start - len(before)
    if cue.group() == "ma" and page.marked[offset + cue.start() : offset + cue.end()] not in ("mã", "ma"):
        return False
    between = before[cue.end() :]
    if _BREAK.search(between) or len(between.split()) > 8:
        return False
    return len(said) == 6 or _MINE.search(between) is not None


def _code_after(said: str, after: str, before: str) -> bool:
    cue = _CODE_CUE.search(after)
    if cue and not _BREAK.search(after[: cue.start()]):
        return True
    return (
        len(said) == 6
        and re.match(
            r"\W{0,3}(?:la|nhe|nha|ne|do|day|is)\b\W{0,3}(?:cai )?(?:ma|code|the code)\b(?! de| lop| so)", after
        )
        is not None
    )


def _account(run: Run, before: str, after: str, page: Page) -> Hit | None:
    """An account or card number beside its word or the name of a bank."""
    core = _bare(run)
    core = core if core.atoms else run
    said, atoms = core.digits, core.atoms
    if len(said) > 19 and len(atoms[0].digits) >= 6:
        said, atoms = atoms[0].digits, atoms[:1]
    raw = page.plain[atoms[0].start : atoms[-1].end]
    if not 6 <= len(said) <= 19 or is_service(said) or _MEASURED.match(after) or _GROUPED.fullmatch(raw):
        return None
    cue = last(_ACCOUNT_CUE, before)
    strong = cue is not None and not re.search(r"[?!]|\b(?:gom|hotline|tong dai|sdt|dien thoai)\b", before[cue.end() :])
    if not strong:
        if len(said) < 8 or phone_value(said) or len(said) == 12 or _PHONE_CUE.search(before[-24:]):
            return None
        cue = last(_BANK, before[-32:])
        if not (cue and not _BREAK.search(before[-32:][cue.end() :])) and not _BANK.match(after.lstrip(" ,-(:")):
            return None
    return Hit("bank", page.at(atoms[0].start), page.at(atoms[-1].end), said, REASONS["bank"])
