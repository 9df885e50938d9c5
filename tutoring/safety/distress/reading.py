"""Finds distress such as violence or a wish to die, threats and insults in a text: the entry point of this folder.

Phrases find what their authors thought of, also across messages. Word weights find other wordings and drop jokes.
"""

from collections.abc import Sequence
from dataclasses import replace

from tutoring.safety.detector import PrefilterResult, deobfuscation, run_prefilter, split_messages
from tutoring.safety.detector.normalization import NormalizedText
from tutoring.safety.detector.prefilter import DISTRESS
from tutoring.safety.distress import cutting, rules, word_weights
from tutoring.safety.distress.reasons import REASONS
from tutoring.safety.distress.rules import Phrase
from tutoring.safety.findings import Hit

_APART = 3  # single letters that may be a separated word
Match = tuple[Phrase, int, int]


def find_danger(text: str, earlier: Sequence[str] = (), seen: PrefilterResult | None = None) -> list[Hit]:
    """Returns the hits of a text, at most one of each kind.

    `earlier` are the sender's last messages. A hit spread over messages spans its part in `text`, and any hit may
    overlap those of the detector. A hit by word weights alone has an empty span. `seen` is the result of
    `run_prefilter` for the same texts, if known.
    """
    seen = seen or run_prefilter(text, earlier)
    alone = by_phrases(text, seen) if seen.calls & DISTRESS else []
    marked = seen.page.marked if seen.page else text.lower()
    near = word_weights.scores(marked, word_weights.NEAR) if alone else ()
    hits = _weighed(alone, word_weights.scores(marked), near)
    if seen.whole is not None and seen.over & DISTRESS:
        known = {hit.kind for hit in hits if hit.level != "ambiguous"}
        hits = _one_of_each(hits + [hit for hit in _across(seen.whole) if hit.kind not in known])
    return hits


def by_phrases(text: str, seen: PrefilterResult | None = None) -> list[Hit]:
    """Returns what the rules' phrases find in a text alone, before word weights are applied."""
    return _alone((seen.page if seen else None) or NormalizedText(text))


def _weighed(hits: list[Hit], scores: Sequence[float], near: Sequence[float]) -> list[Hit]:
    """Returns the hits that remain after scoring words and phrases, and those by words alone."""
    best = tuple(map(max, scores, near)) if hits else scores
    kept = []
    for kind in word_weights.KINDS:
        hit = next((one for one in hits if one.kind == kind), None)
        level = word_weights.level(kind, best if hit else scores, hit.level if hit else None)
        if level is not None:
            kept.append(replace(hit, level=level) if hit else Hit(kind, 0, 0, "", REASONS[kind], level))
    return kept


def _alone(page: NormalizedText) -> list[Hit]:
    found = cutting.pieces(page.marked)
    if sum(len(piece) == 1 for piece in found) >= _APART:
        page = deobfuscation.apart(page) or page
        found = cutting.pieces(page.marked)
    matches = _matches(cutting.codes(found), cutting.candidates(found))
    return [_hit(phrase, page, *cutting.span(page.marked, start, end)) for phrase, start, end in matches]


def _across(whole: split_messages.Joined) -> list[Hit]:
    """Returns hits whose words stand on both sides of a message border."""
    before, after = NormalizedText(whole.text[: whole.border]), NormalizedText(whole.text[whole.border :])
    first, second = cutting.pieces(before.marked)[-cutting.NEAR :], cutting.pieces(after.marked)[: cutting.NEAR]
    head = cutting.codes(first)
    matches = _matches(head + cutting.codes(second), cutting.candidates_across(first, second))
    return [
        _hit(phrase, after, 0, cutting.span(after.marked, 0, end - len(head))[1])
        for phrase, start, end in matches
        if start < len(head) < end
    ]


def _matches(codes: str, candidates: Sequence[Phrase]) -> list[Match]:
    """Returns the strongest matching phrase of each kind; explicit ones precede ambiguous ones."""
    found: dict[str, Match] = {}
    blotted = ""
    context: dict[str, bool] = {}
    for phrase in candidates:
        if phrase.kind in found or not phrase.expression.search(codes):
            continue
        blotted = blotted or _without_jokes(codes)
        match = phrase.expression.search(blotted)
        if match and not any(_is(name, codes, context) for name in phrase.unless):
            found[phrase.kind] = (phrase, match.start(), match.end())
    return list(found.values())


def _is(name: str, codes: str, context: dict[str, bool]) -> bool:
    if name not in context:
        context[name] = rules.harmless(name, codes)
    return context[name]


def _without_jokes(codes: str) -> str:
    """Masks words that only exaggerate, or say that nothing happened."""
    for name in ("joke", "denied"):
        for one in rules.expressions(name):
            codes = one.sub(lambda match: rules.UNKNOWN * len(match.group()), codes)
    return codes


def _hit(phrase: Phrase, page: NormalizedText, start: int, end: int) -> Hit:
    return Hit(phrase.kind, page.at(start), page.at(end), "", REASONS[phrase.kind], phrase.level)


def _one_of_each(hits: list[Hit]) -> list[Hit]:
    """Returns one hit of each kind, the explicit one if there is one."""
    kept: dict[str, Hit] = {}
    for hit in sorted(hits, key=lambda one: one.level == "ambiguous"):
        kept.setdefault(hit.kind, hit)
    return list(kept.values())
