"""Writes a formula as MathML, which browsers draw themselves; every part comes from the tree that was allowed."""

from markupsafe import Markup, escape

from tutoring.rooms.maths.latex import Node

_LEAVES = {"number": "mn", "letter": "mi", "function": "mi", "operator": "mo"}
_BRANCHES = {"row": "mrow", "fraction": "mfrac", "power": "msup", "index": "msub", "both": "msubsup"}


def write(formula: Node, words: str) -> Markup:
    """Returns the `math` element of a formula; `words` are what a screen reader says."""
    return Markup('<math aria-label="{}">{}</math>').format(words, _written(formula))


def _written(node: Node) -> Markup:
    if node.kind in _LEAVES:
        tag = _LEAVES[node.kind]
        return Markup(f"<{tag}>{escape(node.text)}</{tag}>")
    inside = Markup("").join(map(_written, node.parts))
    if node.kind == "over":
        return Markup('<mover accent="true">{}<mo>{}</mo></mover>').format(inside, node.text)
    if node.kind == "root":
        return _root(*node.parts)
    tag = _BRANCHES[node.kind]
    return Markup(f"<{tag}>{inside}</{tag}>")


def _root(radicand: Node, degree: Node | None = None) -> Markup:
    """Writes a root with a sign and brackets: browsers draw `msqrt` only with a font for maths, which phones lack."""
    inside = _written(radicand)
    if radicand.parts:
        inside = Markup("<mo>(</mo>{}<mo>)</mo>").format(inside)
    before = Markup("<msup><mrow></mrow>{}</msup>").format(_written(degree)) if degree is not None else Markup("")
    return Markup("<mrow>{}<mo>√</mo>{}</mrow>").format(before, inside)
