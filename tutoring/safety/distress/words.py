"""Normalizes the spelling of words: expands teencode and preserves diacritics as written.

A token is a word of the rules with its diacritics, or the word as written. A word without diacritics stays bare
letters, and the rules match both. So "đành" is never taken for "đánh", and "danh" may be.
"""

import re
import unicodedata

from tutoring.kernel.text import fold

LONGEST = 12  # letters of a possible single word; a longer one may be several joined words
_MOST = 8_000  # words cached
_MOST_GLUED = 40
_LONGEST_PIECE = 7  # letters of a word that may be joined with others
_ENGLISH_ENDS = ("tion", "tions", "tional")  # "condition" is no "con đĩ" with letters behind it

# Teencode, by the word it stands for.
_TEEN_OF = {
    "không": "k ko kg hok hk hong hông hổng hem khum khom hôk hôg kh khg hg kô khôg hơm chả chẳng chẵng đéo "
    "đếch đel đek éo "
             "đíu hôngg khôn kog nỏ",
    "chết": "ck3t ch3t cket ckết chec chếc chek chếk chít chêt chét ch*t xhet cết chetc cjet chjet chjt chếch",
    "muốn": "mun mún mốn muón muốm mjún moún muôn múnn",
    "tử": "tữ tửk", "tự": "tựk", "sống": "sốg sog", "giết": "giêt giét zết gjết giếc dết",
    "bị": "bj bịk bik pị bịn", "đánh": "dánh đanh đánk dank đáhn", "em": "e iem êm ém eim", "con": "kon",
    "mình": "mk mik mih mìk mjh mjnh mìn mìnk", "tao": "t tau", "mày": "m mài mầy",
    "anh": "a ank ah eng", "chị": "ck chj", "bạn": "b bn pạn", "người": "ng ngừi ngưi ngườy nguời", "tôi": "tôy",
    "gì": "j ji jì zì gj", "rồi": "r rùi rùj rồy rui", "vậy": "v z zậy zay vại", "nữa": "nx nũa nựa", "bố": "pố bốs",
    "mẹ": "mịa mẹe mej", "cũng": "cx cug cũg cụng", "được": "dc đc dk đk đuọc đựơc", "với": "vs zới dới vứi",
    "thấy": "thí thấi", "biết": "bít bit bjt biếc biêt bt", "chửi": "ckửi chữi chuỉ chửj chưởi", "ngu": "nku ngoo",
    "chó": "ch0 choá", "óc": "ók", "sợ": "xợ sợk", "về": "dề zề vìa dìa zìa", "vào": "vô dô dzô zô zào",
    "đi": "đii ik đuy đj",
    "uýnh": "wuýnh úynh oýnh wýnh uynk uính oínk", "oánh": "ónh wánh óanh", "quýnh": "quánh qúynh",
    "ghét": "gét ghéc gh3t", "thằng": "thg thk thằg thàng", "nói": "ns nóa", "khóc": "kóc khok", "cắt": "cắc cák",
    "lạm": "lạmm", "hiếp": "híp hiếb", "đập": "đâp dập", "nhốt": "nhốc nhót nhôt", "ước": "ướk", "mệt": "mệc",
    "dọa": "doạ zọa", "nhà": "nkà", "trốn": "chốn", "dm": "đm dmm đmm dkm đkm đcm dcm cmm clm clmm địt đệt đụ",
    "giờ": "h", "lắm": "lém lấm", "quá": "qá wá wa quớ", "buồn": "bùn pùn buòn", "chồng": "chòng", "vợ": "vk",
    "tự tử": "tutu tu2", "bố mẹ": "bme bm", "ba mẹ": "bame pama", "người ta": "ngta nta", "mọi người": "mn mng",
    "người yêu": "ny nyc", "cô chủ nhiệm": "gvcn", "muốn die": "wannadie", "kill myself": "kms",
    "kill yourself": "kys", "suicide": "sucide suicid", "wanna": "wana", "bây giờ": "bh bjo", "hôm nay": "hnay",
    "điện thoại": "dt đt dth", "vcl": "vl vãi vcll vkl vch", "free fire": "ff", "liên quân": "lq", "mẹ ": "mama mami",
    "ba": "papa", "nude": "nudes", "làm": "lm", "hôm": "hum", "quan hệ": "qhe qh", "lồn": "loz lz", "trước": "trc",
    "học sinh": "hs",    "luôn": "lun", "đang": "dg",
}  # fmt: skip
_TWICE = frozenset({"vô"})  # also a word of its own: "vô dụng"
_LEET = str.maketrans("013457@$", "oieastas")
_SWAPS = (("j", "i"), ("ck", "ch"), ("f", "ph"), ("w", "qu"), ("z", "d"), ("z", "gi"), ("kk", "kh"), ("y", "i"))
_DRAWN_OUT = re.compile(r"(\w)\1+")
_SWAPPED = str.maketrans({"\u0309": "\u0303", "\u0303": "\u0309"})
_LATER = (
    ("oà", "òa"),
    ("oá", "óa"),
    ("oả", "ỏa"),
    ("oã", "õa"),
    ("oạ", "ọa"),
    ("uý", "úy"),
    ("uỳ", "ùy"),
    ("uỷ", "ủy"),
)


def _forms(word: str) -> set[str]:
    """Returns a word, with hỏi and ngã swapped, and with the tone mark on the other vowel."""
    swapped = unicodedata.normalize("NFC", unicodedata.normalize("NFD", word).translate(_SWAPPED))
    forms = {word, swapped}
    for one, other in _LATER:
        forms |= {form.replace(one, other) for form in forms} | {form.replace(other, one) for form in forms}
    return forms


class Vocabulary:
    """The words of the rules, and every spelling that is taken for one of them."""

    def __init__(self, words: set[str]) -> None:
        self.bare = frozenset(map(fold, words))
        self._spellings = {form: word for word in sorted(words) for form in _forms(word)}
        self._spellings |= {word: word for word in words}
        teen = {one: meant.strip() for meant, some in _TEEN_OF.items() for one in some.split()}
        self._spellings |= {one: meant for one, meant in teen.items() if one not in _TWICE or one not in words}
        self._known: dict[str, tuple[str, ...]] = {}

    def tokens(self, written: str) -> tuple[str, ...]:
        """Returns the normalized tokens of a written word (lower case, composed).

        There are several where it stands for several words.
        """
        known = self._known.get(written)
        if known is None:
            known = tuple(self._meant(written).split()) or (written,)
            if len(written) <= LONGEST:  # a long word might be a password, so it is not cached
                if len(self._known) >= _MOST:
                    self._known.clear()
                self._known[written] = known
        return known

    def _meant(self, written: str) -> str:
        if written in self._spellings:
            return self._spellings[written]
        if not written or written in self.bare or written.isdecimal():
            return written
        for one in self._other_ways(written):
            if one in self._spellings:
                return self._spellings[one]
            if one in self.bare:
                return one
        return self._apart(written) or written

    def _other_ways(self, written: str) -> list[str]:
        """Returns possible spellings of a word: digits for letters, repeated letters, teencode."""
        plain = written if written.isalpha() or written[0].isdecimal() else written.translate(_LEET)
        short = _DRAWN_OUT.sub(r"\1", plain)
        ways = [plain, short]
        if len(short) > 2 and short[-1] in "gh" and short[-2] not in "nghpctk":  # "sốg", "mìh"
            ways.append(f"{short[:-1]}n{short[-1]}")
        if short.isascii() and len(short) > 1:
            ways += [short.replace(old, new) for old, new in _SWAPS if old in short]
        return [one for one in dict.fromkeys(ways) if one != written]

    def _apart(self, written: str) -> str:
        """Splits joined words of the rules, separated by spaces; empty if other letters remain."""
        if not 6 <= len(written) <= _MOST_GLUED or not written.isalpha() or written.endswith(_ENGLISH_ENDS):
            return ""
        best: list[str | None] = [""] + [None] * len(written)
        reached = 0
        for end in range(2, len(written) + 1):
            if end - reached > _LONGEST_PIECE:
                return ""
            for start in range(max(0, end - _LONGEST_PIECE), end - 1):
                before, piece = best[start], written[start:end]
                if before is not None and (piece in self._spellings or piece in self.bare):
                    best[end] = f"{before} {self._spellings.get(piece, piece)}"
                    reached = end
                    break
        return (best[-1] or "").strip()
