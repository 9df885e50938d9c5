"""Says a formula in words, as a teacher reads it aloud: for screen readers, and for places that show plain text."""

from tutoring.rooms.maths.latex import Node

_SMALL = {
    "vi": ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín", "mười"),
    "en": ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
}
_SIGNS = {
    "vi": {
        "+": "cộng", "−": "trừ", "×": "nhân", "·": "nhân", "÷": "chia", ":": "chia", "/": "chia", "=": "bằng",
        "<": "nhỏ hơn", ">": "lớn hơn", "≤": "nhỏ hơn hoặc bằng", "≥": "lớn hơn hoặc bằng", "≠": "khác",
        "≈": "xấp xỉ", "±": "cộng trừ", "(": "mở ngoặc", ")": "đóng ngoặc", "[": "mở ngoặc vuông",
        "]": "đóng ngoặc vuông", "{": "mở ngoặc nhọn", "}": "đóng ngoặc nhọn", "|": "gạch đứng", "%": "phần trăm",
        "°": "độ", "∘": "độ", "′": "phẩy", "!": "giai thừa", "∞": "vô cực", "∈": "thuộc", "∉": "không thuộc",
        "⊂": "là tập con của", "∪": "hợp", "∩": "giao", "∅": "tập rỗng", "⇒": "suy ra", "⇔": "tương đương",
        "→": "tiến tới", "∠": "góc", "⊥": "vuông góc với", "∥": "song song với", "△": "tam giác", "∑": "tổng",
        "∫": "tích phân", "π": "pi", "•": "chỗ được che", "¯": "gạch đầu", "^": "góc",
    },
    "en": {
        "+": "plus", "−": "minus", "×": "times", "·": "times", "÷": "divided by", ":": "divided by",
        "/": "divided by", "=": "equals", "<": "is less than", ">": "is greater than", "≤": "is at most",
        "≥": "is at least", "≠": "is not", "≈": "is about", "±": "plus or minus", "(": "open bracket",
        ")": "close bracket", "[": "open square bracket", "]": "close square bracket", "{": "open brace",
        "}": "close brace", "|": "bar", "%": "percent", "°": "degrees", "∘": "degrees", "′": "prime",
        "!": "factorial", "∞": "infinity", "∈": "in", "∉": "not in", "⊂": "is a subset of", "∪": "union",
        "∩": "intersection", "∅": "empty set", "⇒": "implies", "⇔": "is equivalent to", "→": "goes to",
        "∠": "angle", "⊥": "is perpendicular to", "∥": "is parallel to", "△": "triangle", "∑": "sum",
        "∫": "integral", "π": "pi", "•": "a masked part", "¯": "bar", "^": "angle",
    },
}  # fmt: skip
_FORMS = {
    "vi": {
        "fraction": "{0} phần {1}", "over": "{0} trên {1}",
        "long_fraction": "phân số, tử là {0}, mẫu là {1}, hết phân số",
        "mixed": "{0} và {1}", "square": "{0} bình phương", "cube": "{0} lập phương", "power": "{0} mũ {1}",
        "long_power": "{0} mũ, {1}, hết mũ", "index": "{0} {1}", "long_index": "{0} chỉ số, {1}, hết chỉ số",
        "degrees": "{0} {1}", "root": "căn bậc hai của {0}", "long_root": "căn bậc hai của, {0}, hết căn",
        "nth": "căn bậc {1} của {0}",
        "long_nth": "căn bậc {1} của, {0}, hết căn", "vector": "véc-tơ {0}", "angle": "góc {0}", "bar": "{0} gạch đầu",
        "negative": "âm",
    },
    "en": {
        "fraction": "{0} over {1}", "over": "{0} over {1}", "long_fraction": "fraction, {0}, over {1}, end of fraction",
        "mixed": "{0} and {1}", "square": "{0} squared", "cube": "{0} cubed", "power": "{0} to the power {1}",
        "long_power": "{0} to the power, {1}, end of power", "index": "{0} sub {1}",
        "long_index": "{0} sub, {1}, end of index", "degrees": "{0} {1}", "root": "square root of {0}",
        "long_root": "square root of, {0}, end of root", "nth": "root {1} of {0}",
        "long_nth": "root {1} of, {0}, end of root", "vector": "vector {0}", "angle": "angle {0}", "bar": "{0} bar",
        "negative": "minus",
    },
}  # fmt: skip
_OVER = {"¯": "bar", "^": "angle", "→": "vector"}


def say(node: Node, lang: str) -> str:
    """Returns a formula in words of this language: Vietnamese or English."""
    lang = lang if lang in _FORMS else "vi"
    return " ".join(_said(node, lang).split())


def _said(node: Node, lang: str) -> str:
    if node.kind == "number":
        small = _SMALL[lang]
        return small[int(node.text)] if len(node.text) < 3 and int(node.text) < len(small) else node.text
    if not node.parts:
        return _SIGNS[lang].get(node.text, node.text)
    if node.kind == "row":
        return _row(node.parts, lang)
    forms, said = _FORMS[lang], [_said(one, lang) for one in node.parts]
    return forms[_form(node)].format(*said) if node.kind != "both" else _both(said, lang)


def _row(parts: tuple[Node, ...], lang: str) -> str:
    said: list[str] = []
    for at, node in enumerate(parts):
        before = parts[at - 1] if at else None
        if node.text == "−" and (before is None or (before.kind == "operator" and before.text in "([{=<>≤≥≠,;")):
            said.append(_FORMS[lang]["negative"])
        elif before is not None and before.kind == "number" and _is_plain_fraction(node):
            said[-1] = _FORMS[lang]["mixed"].format(said[-1], _said(node, lang))
        else:
            said.append(_said(node, lang))
    return " ".join(said)


def _both(said: list[str], lang: str) -> str:
    forms = _FORMS[lang]
    return forms["power"].format(forms["index"].format(said[0], said[1]), said[2])


def _is_plain_fraction(node: Node) -> bool:
    return node.kind == "fraction" and all(one.kind == "number" for one in node.parts)


def _form(node: Node) -> str:
    """Returns which form says this part: the short one, while it cannot be misheard."""
    last = node.parts[-1]
    short = all(not one.parts for one in node.parts)
    if node.kind == "fraction":
        return "fraction" if _is_plain_fraction(node) else "over" if short else "long_fraction"
    if node.kind == "power":
        if last.text in {"∘", "°", "′"}:
            return "degrees"
        return {"2": "square", "3": "cube"}.get(last.text, "power" if not last.parts else "long_power")
    if node.kind == "index":
        return "index" if not last.parts else "long_index"
    if node.kind == "root":
        name = "root" if len(node.parts) == 1 else "nth"
        return name if not node.parts[0].parts else f"long_{name}"
    return _OVER[node.text]
