"""Numbers hidden in messages: families of ways, each a function from digits and a source of chance to a message.

Every family has its carrier sentences, so that a number never stands alone with its name. `FAMILIES` must be found;
`BLIND` are ways that are known to pass, and are printed as such.
"""

import random
import unicodedata
from collections.abc import Callable
from itertools import groupby

Family = Callable[[str, random.Random], str]

WORDS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
SPOKEN = (
    ("không",),
    ("một", "mốt"),
    ("hai",),
    ("ba",),
    ("bốn", "tư"),
    ("năm", "lăm"),
    ("sáu",),
    ("bảy", "bẩy"),
    ("tám",),
    ("chín",),
)
ENGLISH = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
TELEX = ("khoong", "moojt", "hai", "ba", "boons", "nawm", "saus", "bayr", "tasm", "chisn")
TELEX_LATE = ("khoong", "mootj", "hai", "ba", "boons", "nawm", "saus", "bary", "tams", "chins")
VNI = ("kho6ng", "mo6t5", "hai", "ba", "bo6n1", "na8m", "sau1", "bay3", "ta1m", "chi1n")
TEEN = ("kh0ng", "m0t", "h4i", "b4", "b0n", "n4m", "s4u", "b4y", "t4m", "ch1n")
SINO = ("không", "nhất", "nhị", "tam", "tứ", "ngũ", "lục", "thất", "bát", "cửu")
CARRIERS = (
    "{}",
    "sđt mình {} nha",
    "gọi tớ {} nhé",
    "{} số mình đó",
    "số mẹ em là {} ạ",
    "có gì liên lạc {}",
    "lưu lại {} nha bạn",
    "này là của mình: {}",
    "alo mình {} tối nay",
    "bạn ghi lại đi {} xong nhắn mình",
    "my number is {}",
    "em để đây ạ {}",
    "mình đọc nè {} ghi chưa",
    "cậu thử {} xem",
    "hết giờ học thì {} nhé",
    "đừng nói ai, {} thôi nha",
)
FILLERS = ("rồi", "và", "xong", "tới", "rồi tới", "tiếp", "xong rồi", "rồi đến", "nha", "nè")
EMOJI = "🌸🐱⭐😂❤️👍🔥🍀🎈"


def _carried(said: str, chance: random.Random) -> str:
    return chance.choice(CARRIERS).replace("{}", said)


def _joined(sign: Callable[[random.Random], str]) -> Family:
    """Single digits with a sign between, the same throughout."""

    def family(digits: str, chance: random.Random) -> str:
        return _carried(sign(chance).join(digits), chance)

    return family


def _spelled(table: tuple[str, ...], between: tuple[str, ...] = (" ",)) -> Family:
    def family(digits: str, chance: random.Random) -> str:
        return _carried(chance.choice(between).join(table[int(digit)] for digit in digits), chance)

    return family


def _script(zero: int) -> Family:
    def family(digits: str, chance: random.Random) -> str:
        return _carried("".join(chr(zero + int(digit)) for digit in digits), chance)

    return family


def groups(digits: str, chance: random.Random) -> list[str]:
    """A number cut as people cut it."""
    cuts = chance.choice(
        ((4, 3, 3), (3, 3, 4), (3, 4, 3), (4, 6), (2, 2, 2, 2, 2), (4, 2, 2, 2), (5, 5), (3, 7), (3, 3, 2, 2))
    )
    pieces, at = [], 0
    for length in cuts:
        pieces.append(digits[at : at + length])
        at += length
    if digits[at:]:
        pieces[-1] += digits[at:]
    return [piece for piece in pieces if piece]


def plain(digits: str, chance: random.Random) -> str:
    return _carried(digits, chance)


def grouped(digits: str, chance: random.Random) -> str:
    return _carried(chance.choice((" ", ".", "-", "  ", " - ", "_", "/")).join(groups(digits, chance)), chance)


def grouped_mixed(digits: str, chance: random.Random) -> str:
    pieces = groups(digits, chance)
    return _carried("".join(piece + chance.choice((" ", ".", "-", " . ")) for piece in pieces).rstrip(" .-"), chance)


def abroad(digits: str, chance: random.Random) -> str:
    form = chance.choice(("+84{}", "+84 {}", "84{}", "(+84){}", "(+84) {}", "+84-{}", "0084{}", "84 {}"))
    rest = digits[1:]
    rest = chance.choice((rest, f"{rest[:3]} {rest[3:6]} {rest[6:]}"))
    return _carried(form.format(rest), chance)


def spoken(digits: str, chance: random.Random) -> str:
    return _carried(" ".join(chance.choice(SPOKEN[int(digit)]) for digit in digits), chance)


def spoken_ko(digits: str, chance: random.Random) -> str:
    said = (chance.choice(("ko", "k", "không", "hông")) if digit == "0" else WORDS[int(digit)] for digit in digits)
    return _carried(" ".join(said), chance)


def spoken_loud(digits: str, chance: random.Random) -> str:
    return spoken(digits, chance).upper()


def spoken_tens(digits: str, chance: random.Random) -> str:
    """The head digit by digit, the rest in pairs: "không chín mươi mốt …"."""
    said = [WORDS[int(digit)] for digit in digits[:4]]
    for tens, unit in zip(digits[4::2], digits[5::2], strict=False):
        if tens in "01":
            said += [WORDS[int(tens)], WORDS[int(unit)]]
        elif unit == "0":
            said.append(f"{WORDS[int(tens)]} mươi")
        else:
            last = {"1": "mốt", "4": "tư", "5": "lăm"}.get(unit, WORDS[int(unit)])
            said.append(f"{WORDS[int(tens)]} mươi {last}")
    if len(digits) % 2:
        said.append(WORDS[int(digits[-1])])
    return _carried(" ".join(said), chance)


def without_marks(family: Family) -> Family:
    def plainly(digits: str, chance: random.Random) -> str:
        text = unicodedata.normalize("NFD", family(digits, chance)).replace("đ", "d")
        return "".join(char for char in text if not unicodedata.combining(char))

    return plainly


def decomposed(digits: str, chance: random.Random) -> str:
    return unicodedata.normalize("NFD", spoken(digits, chance))


def mixed(digits: str, chance: random.Random) -> str:
    said = (digit if chance.random() < 0.5 else WORDS[int(digit)] for digit in digits)
    return _carried(" ".join(said), chance)


def run_together(digits: str, chance: random.Random) -> str:
    said = "".join(WORDS[int(digit)] for digit in digits)
    return _carried(chance.choice((said, "-".join(WORDS[int(digit)] for digit in digits))), chance)


def filled(digits: str, chance: random.Random) -> str:
    pieces = groups(digits, chance)
    said = pieces[0] + "".join(f" {chance.choice(FILLERS)} {piece}" for piece in pieces[1:])
    return _carried(said, chance)


def filled_words(digits: str, chance: random.Random) -> str:
    filler = chance.choice(FILLERS)
    return _carried(f" {filler} ".join(WORDS[int(digit)] for digit in digits), chance)


def looks(digits: str, chance: random.Random) -> str:
    swaps = {"0": "oO", "1": "lI|", "5": "S", "8": "B", "2": "Z"}
    changed = [
        digit if digit not in swaps or chance.random() < 0.4 else chance.choice(swaps[digit]) for digit in digits
    ]
    return _carried("".join(changed), chance)


def keycaps(digits: str, chance: random.Random) -> str:
    return _carried("".join(f"{digit}\ufe0f\u20e3" for digit in digits), chance)


def circled(digits: str, chance: random.Random) -> str:
    return _carried("".join("⓪①②③④⑤⑥⑦⑧⑨"[int(digit)] for digit in digits), chance)


def dark_circles(digits: str, chance: random.Random) -> str:
    return _carried("".join("⓿❶❷❸❹❺❻❼❽❾"[int(digit)] for digit in digits), chance)


def raised(digits: str, chance: random.Random) -> str:
    return _carried("".join(chance.choice(("⁰¹²³⁴⁵⁶⁷⁸⁹", "₀₁₂₃₄₅₆₇₈₉"))[int(digit)] for digit in digits), chance)


def invisible(digits: str, chance: random.Random) -> str:
    return _carried(chance.choice(("\u200b", "\u200d", "\u2060", "\ufeff", "\u00ad")).join(digits), chance)


def struck(digits: str, chance: random.Random) -> str:
    mark = chance.choice(("\u0332", "\u0336", "\u0305", "\u0301"))
    return _carried("".join(digit + mark for digit in digits), chance)


def bracketed(digits: str, chance: random.Random) -> str:
    left, right = chance.choice(("()", "[]", "{}", "<>"))
    return _carried("".join(f"{left}{digit}{right}" for digit in digits), chance)


def lettered(digits: str, chance: random.Random) -> str:
    return _carried(chance.choice("xaclnv").join(digits), chance)


def emojis(digits: str, chance: random.Random) -> str:
    return _carried(chance.choice(EMOJI).join(chance.choice((list(digits), groups(digits, chance)))), chance)


def upright(digits: str, chance: random.Random) -> str:
    return _carried("\n".join(chance.choice((list(digits), groups(digits, chance)))), chance)


def restless(digits: str, chance: random.Random) -> str:
    """Another sign after every digit."""
    return _carried(
        "".join(digit + chance.choice((".", "-", " ", "_", "*", "/")) for digit in digits).rstrip(" .-_*/"), chance
    )


def named_parts(digits: str, chance: random.Random) -> str:
    head, middle, tail = digits[:4], digits[4:7], digits[7:]
    form = chance.choice(
        (
            "đầu {} giữa {} cuối {}",
            "{} rồi tới {} cuối là {}",
            "{} tiếp theo là {} sau đó {}",
            "đầu số {} , tiếp {} , đuôi {}",
        )
    )
    return _carried(form.format(head, middle, tail), chance)


def _repeats(digits: str, chance: random.Random) -> str:
    """Equal neighbours as "ba con 8", "hai lần số 7", the others one by one."""
    said = []
    for digit, equal in groupby(digits):
        times = len(list(equal))
        word = {2: "hai", 3: "ba", 4: "bốn"}.get(times)
        said.append(f"{word} {chance.choice(('con', 'lần số', 'số'))} {digit}" if word else digit * times)
    return _carried(" ".join(said), chance)


FAMILIES: dict[str, Family] = {
    "plain": plain,
    "grouped": grouped,
    "grouped, signs mixed": grouped_mixed,
    "+84, 84, 0084": abroad,
    "spaces": _joined(lambda chance: chance.choice((" ", "  ", "   "))),
    "dots": _joined(lambda chance: chance.choice((".", " . ", "..", "…"))),
    "dashes": _joined(lambda chance: chance.choice(("-", " - ", "--", "–"))),
    "underscores": _joined(lambda chance: chance.choice(("_", "__"))),
    "stars": _joined(lambda chance: chance.choice(("*", " * ", "**"))),
    "slashes": _joined(lambda chance: chance.choice(("/", " / ", "|", "\\"))),
    "commas": _joined(lambda chance: chance.choice((",", ", "))),
    "other signs": _joined(lambda chance: chance.choice(("~", "#", "+", "=", ">", ":", ";", "^", "&", "'", "·", "•"))),
    "a sign of chance": restless,
    "emoji between": emojis,
    "brackets": bracketed,
    "letters between": lettered,
    "one below another": upright,
    "number words": spoken,
    "number words, no marks": without_marks(spoken),
    "number words, capitals": spoken_loud,
    "number words, NFD": decomposed,
    "number words, ko": spoken_ko,
    "number words, tens": spoken_tens,
    "number words, Telex": _spelled(TELEX),
    "number words, late Telex": _spelled(TELEX_LATE),
    "number words, VNI": _spelled(VNI),
    "number words, teencode": _spelled(TEEN),
    "number words, Sino-Vietnamese": _spelled(SINO),
    "number words, English": _spelled(ENGLISH, (" ", "-")),
    "number words, signs between": _spelled(WORDS, ("-", ", ", ".", " - ", "_", "/")),
    "number words run together": run_together,
    "number words run together, no marks": without_marks(run_together),
    "words and digits": mixed,
    "fillers": filled,
    "fillers between words": filled_words,
    "parts named": named_parts,
    "look-alikes": looks,
    "full width": _script(0xFF10),
    "keycaps": keycaps,
    "circles": circled,
    "dark circles": dark_circles,
    "raised and lowered": raised,
    "Arabic-Indic": _script(0x0660),
    "Devanagari": _script(0x0966),
    "Thai": _script(0x0E50),
    "mathematical": _script(0x1D7CE),
    "segments": _script(0x1FBF0),
    "invisible signs": invisible,
    "struck through": struck,
    "repeats counted (ba con tám)": _repeats,
}


def _reversed(digits: str, chance: random.Random) -> str:
    return _carried(digits[::-1], chance)


def _without_nought(digits: str, chance: random.Random) -> str:
    return f"{digits[1:]} bạn tự thêm số gì thì biết rồi đó"


def _sums(digits: str, chance: random.Random) -> str:
    return _carried(" ".join(f"{int(digit) + 1}-1" for digit in digits), chance)


def _riddle(digits: str, chance: random.Random) -> str:
    things = (
        "quả trứng",
        "cây gậy",
        "con vịt",
        "cái tai",
        "lá cờ",
        "bàn tay",
        "con ốc",
        "lưỡi liềm",
        "người tuyết",
        "quả bóng bay",
    )
    return _carried(", ".join(things[int(digit)] for digit in digits), chance)


def _picture(digits: str, chance: random.Random) -> str:
    return _carried("mình gửi ảnh chụp số nha", chance)


BLIND: dict[str, Family] = {
    "reversed without saying so": _reversed,
    "without the 0, nothing said": _without_nought,
    "sums whose results are the digits": _sums,
    "riddles": _riddle,
    "pictures of numbers": _picture,
}


def mobile(chance: random.Random) -> str:
    """A made-up number of ten digits with a head in use."""
    head = chance.choice(
        (
            "032",
            "035",
            "038",
            "052",
            "056",
            "058",
            "070",
            "077",
            "079",
            "081",
            "085",
            "088",
            "089",
            "090",
            "091",
            "093",
            "096",
            "097",
            "098",
            "099",
        )
    )
    return head + "".join(chance.choice("0123456789") for _ in range(7))


def citizen(chance: random.Random) -> str:
    """Twelve made-up digits that begin as citizen numbers do."""
    head = chance.choice(("001", "034", "040", "048", "052", "068", "079", "083", "092", "096"))
    return head + chance.choice("0123") + f"{chance.randrange(100):02}" + f"{chance.randrange(1_000_000):06}"


def in_parts(digits: str, count: int, chance: random.Random) -> list[str]:
    """A number in so many messages, words around some of the pieces."""
    cuts = sorted(chance.sample(range(2, len(digits) - 1), count - 1))
    while any(after - before < 2 for before, after in zip([0, *cuts], [*cuts, len(digits)], strict=True)):
        cuts = sorted(chance.sample(range(2, len(digits) - 1), count - 1))
    pieces = [digits[a:b] for a, b in zip([0, *cuts], [*cuts, len(digits)], strict=True)]
    around = (
        "{}",
        "{}",
        "{}",
        "{} nha",
        "rồi {}",
        "tiếp {}",
        "{} nè",
        "xong {} đó",
        "số mình {}",
        "đầu là {} nhé",
        "{} 😄",
        "ghi đi {}",
        "tiếp theo là {} nhé",
    )
    said = [" ".join(WORDS[int(digit)] for digit in piece) if chance.random() < 0.15 else piece for piece in pieces]
    return [chance.choice(around).format(piece) for piece in said]
