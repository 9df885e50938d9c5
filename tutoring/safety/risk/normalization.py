"""Normalizes chat to plain folded words: teencode, separated letters, repeated letters."""

import re
from functools import lru_cache

from tutoring.kernel.text import fold, nfc
from tutoring.safety.detector.prefilter import STOPS, is_plain

_PIECE = re.compile(r"[^\W_]+|[.,?!;\n]")
_DRAWN_OUT = re.compile(r"([a-z])\1{2,}")
_DOUBLED = re.compile(r"([aioy])\1$")  # nhaa, zaloo
_LEET = str.maketrans("0134@", "oieaa")
_STOPS = frozenset(".,?!;\n")
_LONGEST_WORD = 12
_ROW = re.compile(r"\b\w\W+\w\b")  # single letters in a row

# Words that differ only by diacritics. Where a text has them, the words are told apart.
_MARKED = {
    "ảnh": "hinh", "má": "me", "mạ": "me", "bầm": "me", "tía": "bo", "hôn": "kiss", "cởi": "coido", "cưng": "em",
    "lồn": "sexbad", "cặc": "sexbad", "buồi": "sexbad", "vếu": "sexbad", "đụ": "sexbad", "địt": "sexbad",
    "nứng": "sexbad", "hổng": "khong", "hông": "khong", "còn": "conlai", "chỉ": "chithoi", "lén": "lenlut",
    "dừng": "ngung", "dùng": "xai", "đúng": "chuan", "đứng": "dungday", "dựng": "dunglen", "giàu": "giauco",
    "giống": "nhu", "mất": "matdi", "thấy": "thayro", "bỏ": "boqua", "bộ": "boqua", "vợ": "vochong",
    "vô": "vao", "bán": "banhang", "bận": "banviec", "máy": "maymoc", "sợ": "sohai", "từng": "tungcai", "tờ": "togiay",
    "bảy": "so7", "cấm": "camdoan", "sờ": "soto", "rờ": "soto", "vở": "quyenvo", "mẫu": "nguoimau", "nhờ": "nhogiup",
    "nhỏ": "nhobe", "quà": "quacap", "quá": "quala", "thử": "thuxem", "hỏng": "hongmat", "hồng": "mauhong",
    "mê": "meman", "chữ": "chucai", "khỏe": "khoemanh", "khoẻ": "khoemanh",
}  # fmt: skip

_TEEN = {
    "k": "khong", "ko": "khong", "kh": "khong", "khg": "khong", "kg": "khong", "hok": "khong", "hong": "khong",
    "hem": "khong", "hk": "khong", "khum": "khong", "khom": "khong", "kp": "khong phai",
    "dug": "dung", "dk": "duoc", "dc": "duoc", "duok": "duoc", "e": "em", "iem": "em", "a": "anh", "ank": "anh",
    "c": "cau", "mk": "minh", "mik": "minh", "mih": "minh", "mjh": "minh", "mjnh": "minh", "m": "may", "t": "tao",
    "tau": "tao", "j": "gi", "ji": "gi", "z": "vay", "v": "vay", "zay": "vay", "r": "roi", "rui": "roi",
    "cccd": "can cuoc", "rb": "roblox", "rbx": "roblox",
    "bik": "biet", "bit": "biet", "bjt": "biet", "bjk": "biet", "ng": "nguoi", "ngta": "nguoi ta", "vs": "voi",
    "zoi": "voi", "ny": "nguoi yeu", "nyeu": "nguoi yeu", "bme": "bo me", "bm": "bo me", "pama": "bo me",
    "mama": "me", "mami": "me", "papa": "bo", "phhs": "phu huynh", "cx": "cung", "h": "gio", "bn": "ban", "b": "ban",
    "mun": "muon", "iu": "yeu", "ju": "yeu", "xjnh": "xinh", "xynh": "xinh", "cute": "dethuong", "kute": "dethuong",
    "kiu": "dethuong", "thik": "thich", "thjk": "thich", "thix": "thich", "ns": "noi", "noy": "noi",
    "nc": "noi chuyen", "nch": "noi chuyen", "ntin": "nhan tin", "nt": "nhan tin", "tn": "tin nhan", "inbox": "ib",
    "inb": "ib", "dm": "ib", "pm": "ib", "zl": "zalo", "zlo": "zalo", "dalo": "zalo", "dzalo": "zalo", "zalu": "zalo",
    "jalo": "zalo", "facebook": "fb", "fay": "fb", "phaybuc": "fb", "fbook": "fb", "messenger": "mess", "mes": "mess",
    "ins": "insta", "ig": "insta", "instagram": "insta", "intagram": "insta", "telegram": "tele", "tlg": "tele",
    "dis": "discord", "disc": "discord", "snapchat": "snap", "toptop": "tiktok", "dt": "dien thoai",
    "dth": "dien thoai", "dthoai": "dien thoai", "sodt": "sdt", "phone": "dien thoai", "kb": "ket ban",
    "kban": "ket ban", "in4": "info", "acc": "nick", "account": "nick", "pic": "hinh", "pics": "hinh",
    "photo": "hinh", "photos": "hinh", "foto": "hinh", "picture": "hinh", "selfi": "selfie", "sefie": "selfie",
    "seophi": "selfie", "sefi": "selfie", "vid": "video", "vids": "video", "camera": "cam", "cmr": "cam",
    "nghen": "nhe", "nhen": "nhe", "nhoa": "nhe", "nge": "nhe", "nhia": "nhe", "trc": "truoc",
    "stk": "so tai khoan", "tk": "tai khoan", "hs": "hoc sinh", "gv": "giao vien", "gvcn": "chu nhiem", "lun": "luon",
    "chjp": "chup", "mng": "moi nguoi", "mn": "moi nguoi", "nx": "nua", "wa": "qua", "zo": "vao", "dzo": "vao",
    "vo": "vao", "bff": "ban than", "ckhoan": "chuyen khoan", "hnay": "hom nay", "ktra": "kiem tra", "ch": "chua",
    "nhiu": "bao nhieu", "bnhiu": "bao nhieu", "sg": "sai gon",
}  # fmt: skip

_SPELT = {"zalo": "zalo", "facebook": "fb", "fb": "fb", "tele": "tele", "insta": "insta", "telegram": "tele",
          "sex": "sex", "nude": "nude", "sdt": "sdt", "discord": "discord", "ib": "ib", "mess": "mess"}  # fmt: skip


def _word(raw: str) -> str:
    lower = raw.lower()
    if lower in _MARKED:
        return _MARKED[lower]
    folded = fold(lower)
    if folded in _TEEN:
        return _TEEN[folded]
    if not folded.isdigit() and any(c.isdigit() for c in folded) and not folded[0].isdigit():
        folded = folded.translate(_LEET)
    short = _DRAWN_OUT.sub(r"\1", folded)
    short = _DOUBLED.sub(r"\1", short)
    return _TEEN.get(short, short)


_kept = lru_cache(maxsize=4096)(_word)


class _Said(dict[str, str]):
    """A bounded cache of normalized words with the stops behind them; only possible syllables."""

    def __missing__(self, said: str) -> str:
        raw = said.rstrip(STOPS)
        known = " ".join((_word(raw), *(sign if sign in "?," else "." for sign in said[len(raw) :])))
        if len(raw) <= _LONGEST_WORD and len(said) <= 2 * _LONGEST_WORD:
            if len(self) >= _MOST:
                self.clear()
            self[said] = known
        return known


_MOST = 8_000
_said = _Said()


def plain(text: str) -> str:
    """Returns the words of a text, each followed by a space.

    The end of a sentence becomes "." or "?", and a comma ",".
    """
    if is_plain(text) and not _ROW.search(text):
        found = [*map(_said.__getitem__, text.rstrip(" ").split(" ")), ""]
        return " ".join(found).replace("dia chithoi ", "dia chi ")
    return _in_full(text)


def _in_full(text: str) -> str:
    """Does the same for any text, piece by piece."""
    found = []
    letters = ""  # a row of single letters: z.a.l.o, f b
    for piece in _PIECE.findall(nfc(text)):
        if len(piece) == 1 and (piece.isalpha() or (piece == "." and letters)):
            if piece != ".":
                letters += piece
                continue
            letters += "."
            continue
        if letters:
            found += _spelt(letters)
            letters = ""
        if piece in _STOPS:
            found.append(piece if piece in "?," else ".")
        else:
            # Only possible syllables are cached: no number, and no long word that might be a password.
            found.append(_kept(piece) if piece.isalpha() and len(piece) <= _LONGEST_WORD else _word(piece))
    if letters:
        found += _spelt(letters)
    return (" ".join(found) + " ").replace("dia chithoi ", "dia chi ")


def _spelt(letters: str) -> list[str]:
    """Returns the service name that a row of single letters spells, else a word for each."""
    joined = fold(letters.replace(".", ""))
    if joined in _SPELT:
        return [_SPELT[joined]]
    return [_kept(one) if one != "." else "." for one in letters]
