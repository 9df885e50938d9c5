"""Computes which words a phrase needs, so that only phrases that could match are tried."""

import re
from collections.abc import Callable

_TOKEN = re.compile(r"\(\?<?[!=]|\(\?:|\(|\)\?|\)\*|\)\+|\)|\||<\d>| |\\.|\[[^]]*\][+*]?|[^\W_]+\??|.")


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", text))


# Words of every conversation: a phrase is better found by its other words.
_EVERYWHERE = _words(
    """
    a ai anh ban be bi biet cai chi chithoi cho chua co con cua cung da day de di do dung duoc em gi ha het hoc
    hay khi khong la lam len lai luc may me minh mot nay nao ngay nha nhe nhin noi nua o qua quala ra roi sao
    the thi thoi to toi tren trong va vao vay ve voi xem xong chau chu bac thay tao u you i tui cau bai 1 2 hai
    so ma
    """
)
_OFTEN = _words(
    """
    ba bao dau tu nam hinh mat doc tam nguoi chuyen nhan dang dien can cong moi truong tin ca thu hoi gui goi
    bam go tra thang tinh sinh mo viet chin cac vi conlai maymoc nghe truoc doi xai thoai giup bo an ho hom
    ngoai 3 4 5
    """
)

Words = frozenset[str]
Cost = Callable[[Words], float]


def split(phrase: str) -> list[str]:
    """Splits a phrase at its top-level alternatives."""
    found, depth = [""], 0
    for token in _TOKEN.findall(phrase):
        depth += token.startswith("(") - token.startswith(")")
        if token == "|" and not depth:
            found.append("")
        else:
            found[-1] += token
    return found


def commonness(words: Words) -> int:
    """Returns how common these words are together."""
    return sum(40 if word in _EVERYWHERE else 8 if word in _OFTEN else 1 for word in words)


def needed(phrase: str, cost: Cost = commonness) -> list[Words]:
    """Returns sets of words of each of which one must occur where the phrase matches.

    The rarest set comes first. The phrase is one of `split`, with its classes expanded. `cost` returns how common some
    words are together.
    """
    tokens = _TOKEN.findall(phrase)
    found, rest = _sequence(tokens, 0, cost)
    if rest != len(tokens) or not found:
        raise ValueError(f"a phrase without a word of its own: {phrase}")
    return sorted(found, key=cost)


def _alternatives(tokens: list[str], at: int, cost: Cost) -> tuple[Words, int]:
    """Returns words needed by any alternative up to a closing bracket.

    The result is empty if one of them needs none.
    """
    every: list[Words] = []
    while True:
        found, at = _sequence(tokens, at, cost)
        every.append(found[0] if len(found) == 1 else min(found, key=cost, default=frozenset()))
        if tokens[at] != "|":
            return (frozenset().union(*every) if all(every) else frozenset()), at
        at += 1


def _sequence(tokens: list[str], at: int, cost: Cost) -> tuple[list[Words], int]:
    """Returns what each part of a sequence needs."""
    found: list[Words] = []
    while at < len(tokens) and tokens[at] not in ("|", ")", ")?", ")*", ")+"):
        token = tokens[at]
        words: Words = frozenset()
        if token.startswith("("):
            words, at = _alternatives(tokens, at + 1, cost)
            if token not in ("(", "(?:") or tokens[at] in (")?", ")*"):
                words = frozenset()
        elif token.startswith("["):  # [0-9]+k: text that follows directly is no word of its own
            at += at + 1 < len(tokens) and tokens[at + 1][0].isalnum()
        elif token[0].isalnum():
            words = frozenset({token[:-2], token[:-1]} if token.endswith("?") else {token})
        if words:
            found.append(words)
        at += 1
    return found, at
