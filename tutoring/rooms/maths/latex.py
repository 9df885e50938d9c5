"""Reads a formula from the subset of LaTeX that school maths needs.

The subset is a list of what is allowed: numbers, single letters, operators, and the commands below. Everything else is
refused, so a formula cannot carry words, links or layout. The module is pure.
"""

import re
from dataclasses import dataclass

MAX_CHARS = 200
MAX_DEPTH = 8
HOLE = "•"  # stands for what was masked

OPERATORS = {
    "+": "+", "-": "−", "−": "−", "*": "×", "×": "×", "÷": "÷", "·": "·", ":": ":", "/": "/", "=": "=", "<": "<",
    ">": ">", "≤": "≤", "≥": "≥", "≠": "≠", "≈": "≈", "±": "±", "(": "(", ")": ")", "[": "[", "]": "]", "|": "|",
    ",": ",", ".": ".", ";": ";", "!": "!", "'": "′", "%": "%", "°": "°", "∞": "∞", HOLE: HOLE,
}  # fmt: skip
SYMBOLS = {
    "times": "×", "cdot": "·", "div": "÷", "pm": "±", "le": "≤", "leq": "≤", "leqslant": "≤", "ge": "≥", "geq": "≥",
    "geqslant": "≥", "lt": "<", "gt": ">", "ne": "≠", "neq": "≠", "approx": "≈", "infty": "∞", "in": "∈",
    "notin": "∉", "subset": "⊂", "cup": "∪", "cap": "∩", "emptyset": "∅", "varnothing": "∅", "Rightarrow": "⇒",
    "Leftrightarrow": "⇔", "to": "→", "rightarrow": "→", "angle": "∠", "perp": "⊥", "parallel": "∥", "triangle": "△",
    "circ": "∘", "degree": "°", "prime": "′", "vert": "|", "lbrace": "{", "rbrace": "}", "%": "%", "{": "{", "}": "}",
    "sum": "∑", "int": "∫",
}  # fmt: skip
LETTERS = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "varepsilon": "ε", "theta": "θ", "lambda": "λ", "mu": "μ",
    "pi": "π", "rho": "ρ", "sigma": "σ", "phi": "φ", "varphi": "φ", "omega": "ω", "Delta": "Δ", "Omega": "Ω",
}  # fmt: skip
FUNCTIONS = ("sin", "cos", "tan", "cot", "log", "ln", "lim")
OVER = {"overline": "¯", "hat": "^", "widehat": "^", "vec": "→", "overrightarrow": "→"}
_FRACTIONS = ("frac", "dfrac", "tfrac")
_SKIPPED = ("left", "right", ",", ";", ":", "!", " ", "quad", "displaystyle")
_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|[0-9]+(?:[.,][0-9]+)*|\s+|.", re.DOTALL)
_WORD = re.compile(r"[A-Za-z]{5}|[a-z]{4}")


class FormulaError(Exception):
    """A formula that may not be sent; `code` is long, deep, unfinished, letters or symbol."""

    def __init__(self, code: str, what: str = "") -> None:
        super().__init__(code)
        self.code, self.what = code, what


@dataclass(frozen=True, slots=True)
class Node:
    """A part of a formula.

    With `text`: number, letter, operator, function. With `parts`: row, fraction, root (one part: square root; two:
    radicand and degree), power, index, both, over (`text` is the mark).
    """

    kind: str
    text: str = ""
    parts: tuple["Node", ...] = ()


def parse(source: str) -> Node:
    """Returns a formula as a row of parts; raises FormulaError for what is not allowed."""
    if len(source) > MAX_CHARS:
        raise FormulaError("long")
    tokens = [one for one in _TOKEN.findall(source) if not one.isspace()]
    reader = _Reader([one for one in tokens if one[0] != "\\" or one[1:] not in _SKIPPED])
    found = reader.row("", 0)
    if not found.parts:
        raise FormulaError("unfinished")
    if _WORD.search(visible(found)):
        raise FormulaError("letters")
    return found


def visible(node: Node) -> str:
    """Returns what a formula shows from left to right, without layout: digits of one number stand together."""
    if node.kind == "function":
        return f" {node.text} "
    return "".join(map(visible, node.parts)) if node.parts else node.text


class _Reader:
    def __init__(self, tokens: list[str]) -> None:
        self.tokens = tokens
        self.at = 0

    def _next(self) -> str:
        if self.at == len(self.tokens):
            raise FormulaError("unfinished")
        self.at += 1
        return self.tokens[self.at - 1]

    def _peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def row(self, end: str, depth: int) -> Node:
        """Reads up to the token `end`, or to the end of the formula."""
        parts: list[Node] = []
        while self._peek() != end:
            if not self._peek():
                raise FormulaError("unfinished")
            parts.append(self._scripted(depth))
        self.at += bool(end)
        return parts[0] if len(parts) == 1 and end else Node("row", parts=tuple(parts))

    def _scripted(self, depth: int) -> Node:
        base = self._atom(depth)
        scripts: dict[str, Node] = {}
        while self._peek() in ("^", "_"):
            sign = self._next()
            if sign in scripts:
                raise FormulaError("unfinished")
            scripts[sign] = self._argument(depth)
        if len(scripts) == 2:
            return Node("both", parts=(base, scripts["_"], scripts["^"]))
        if "^" in scripts:
            return Node("power", parts=(base, scripts["^"]))
        return Node("index", parts=(base, scripts["_"])) if scripts else base

    def _argument(self, depth: int) -> Node:
        """Reads what a command or a script stands over: a group, or one part."""
        if self._peek() in ("^", "_", "}", "]", ""):
            raise FormulaError("unfinished")
        token = self._peek()
        if len(token) > 1 and token.isdecimal():  # without braces LaTeX takes one digit: \frac13 is a third
            self.tokens[self.at : self.at + 1] = [token[0], token[1:]]
        found = self._atom(depth)
        if found.kind == "row" and not found.parts:
            raise FormulaError("unfinished")
        return found

    def _atom(self, depth: int) -> Node:
        if depth > MAX_DEPTH:
            raise FormulaError("deep")
        token = self._next()
        if token == "{":
            return self.row("}", depth + 1)
        if token[0].isdecimal() and token[0].isascii():
            return Node("number", token)
        if token.isascii() and token.isalpha():
            return Node("letter", token)
        if token in LETTERS.values():
            return Node("letter", token)
        if token in OPERATORS:
            return Node("operator", OPERATORS[token])
        if token[0] == "\\":
            return self._command(token[1:], depth)
        raise FormulaError("unfinished" if token in "{}^_" else "letters" if token.isalpha() else "symbol", token)

    def _command(self, name: str, depth: int) -> Node:
        if name in _FRACTIONS:
            return Node("fraction", parts=(self._argument(depth + 1), self._argument(depth + 1)))
        if name == "sqrt":
            degree = None
            if self._peek() == "[":
                self.at += 1
                degree = self.row("]", depth + 1)
            radicand = self._argument(depth + 1)
            return Node("root", parts=(radicand,) if degree is None else (radicand, degree))
        if name in OVER:
            return Node("over", OVER[name], (self._argument(depth + 1),))
        if name in FUNCTIONS:
            return Node("function", name)
        if name in LETTERS:
            return Node("letter", LETTERS[name])
        if name in SYMBOLS:
            return Node("operator", SYMBOLS[name])
        raise FormulaError("symbol", f"\\{name}")
