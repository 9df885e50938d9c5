"""Screens free text outside rooms that other people read: a request, feedback, a name.

The author can correct such a text at once, so nothing is masked silently. The problem is named beside the field, and
the input is preserved.
"""

import re
from collections.abc import Collection, Iterable, Sequence

from tutoring.kernel import clock
from tutoring.kernel.errors import InvalidInput
from tutoring.kernel.text import N_, fold, nfc, read_keys
from tutoring.safety import risk
from tutoring.safety.findings import ACTIONS, PRIVATE, SPOKEN, Hit, Verdict
from tutoring.safety.screening import action_for, disclosing_hits, screen_text
from tutoring.safety.search_phrases import names_danger

# An invitation to a whole neighbourhood or class is no private meeting.
OPEN_TO = frozenset({"meeting"})
LONG_NUMBER = re.compile(r"\d(?:[\s.,-]?\d){3,}")  # four digits or more, also with one sign between each two
_NOON = 12  # such a text is read at any hour, so none counts as late
_LURES = N_(
    "Chỗ này học sinh đọc được, nên đừng dặn giấu người lớn, xin ảnh, hẹn gặp riêng hay rủ sang nơi khác nói chuyện. "
    "Nếu có ai nói như vậy với bạn, hãy bấm “Báo” hoặc gọi 111."
)
_FAULT = N_("Chưa kiểm tra được phần này. Hãy viết ngắn và đơn giản hơn rồi gửi lại.")


class SaidDanger(Exception):
    """A user wrote of danger where others could read it.

    The user's action is rolled back; the text goes to the people in charge instead (welfare/views.py). This is no
    domain error, and its message does not contain the text.
    """

    def __init__(self, text: str, hits: Sequence[Hit]) -> None:
        super().__init__("somebody may be in danger")
        self.text = text
        self.hits = tuple(hits)


def says_danger(text: str) -> bool:
    """Whether a text suggests that a person may be in danger."""
    return screen_text(text, minor=True).action == "care"


def searches_danger(typed: str) -> bool:
    """Whether a search suggests that a person may be in danger, also one typed with the input method off."""
    if says_danger(typed) or names_danger(typed):
        return True
    words = typed.lower().split()
    read = [read_keys(word) or word for word in words]
    return read != words and (says_danger(bare := fold(" ".join(read))) or names_danger(bare))


def listen(text: str) -> None:
    """Raises SaidDanger for a text that suggests danger; for endpoints whose text others read."""
    verdict = screen_text(text, minor=True)
    if verdict.action == "care":
        raise SaidDanger(text, verdict.hits)


def reject_private_data(text: str, *, minor: bool, field: str, allowed: Sequence[str] = ()) -> str:
    """Returns the text if it has no private data; raises InvalidInput with the reason otherwise.

    `minor`: a minor writes the text or is mentioned in it; texts that minors read go through `for_minor`. Hits that
    only cause a warning in a conversation pass here. A text about possible danger passes too, unless it has a number or
    an account. A call for help is never rejected.
    """
    _judged(text, minor, field, allowed)
    return text


def listen_and_reject(text: str, *, minor: bool, field: str, allowed: Sequence[str] = ()) -> None:
    """Does what `listen` does, and then what `reject_private_data` does, screening the text once."""
    verdict = screen_text(text, minor=minor, allowed=allowed)
    if verdict.action == "care":
        raise SaidDanger(text, verdict.hits)
    _refuse_private(verdict, minor, field)


def _judged(text: str, minor: bool, field: str, allowed: Sequence[str]) -> Verdict:
    """Screens a text; raises InvalidInput if it has private data."""
    verdict = screen_text(text, minor=minor, allowed=allowed)
    _refuse_private(verdict, minor, field)
    return verdict


def _refuse_private(verdict: Verdict, minor: bool, field: str) -> None:
    """Raises InvalidInput if private data was found.

    A threat or an insult by word weights alone is ignored here: a title or a name is no conversation.
    """
    if verdict.fault:
        raise InvalidInput(_FAULT, field=field, code="private")
    hits = [hit for hit in verdict.hits if hit.kind == "distress" or hit.end > hit.start]
    found = without_spoken(hits) if verdict.action == "care" else hits
    strict = [hit for hit in found if ACTIONS.index(action_for(hit, minor)) > ACTIONS.index("warn")]
    if strict:
        raise InvalidInput(strict[0].reason, field=field, code="private")


def for_minor(
    text: str, *, field: str, allowed: Sequence[str] = (), before: Sequence[str] = (), open_to: Collection[str] = ()
) -> str:
    """Returns the text if a minor may read it; raises InvalidInput with the reason otherwise.

    It must have no private data, and no request that would hold a message in a child's room. `before` is the text above
    it on the same page, with which it is read as a whole. `open_to` are kinds of risk that do not count here (`OPEN_TO`
    for public texts).
    """
    read = [text, " ".join([*before, text])] if any(before) else [text]
    for one, verdict in [(one, _judged(one, True, field, allowed)) for one in read]:
        if verdict.action != "care":  # a call for help is never rejected
            _refuse_risk(one, field, open_to)
    return text


def for_readers(text: str, *, minor: bool, field: str, allowed: Sequence[str] = (), before: Sequence[str] = ()) -> str:
    """Checks a text for its readers; with `minor` one of them is under 18."""
    if minor:
        return for_minor(text, field=field, allowed=allowed, before=before)
    return reject_private_data(text, minor=False, field=field, allowed=allowed)


def _refuse_risk(text: str, field: str, open_to: Collection[str]) -> None:
    found = [sign for sign in risk.find_signals(text, hour=_NOON, minor=True, adult=True) if sign.kind not in open_to]
    if risk.score_signals([], found, clock.now()).hold:
        raise InvalidInput(_LURES, field=field, code="risk")


def without_spoken(hits: Iterable[Hit]) -> list[Hit]:
    """Returns the hits without the `SPOKEN` kinds.

    Free texts with the action `care` are accepted and shown like any other.
    """
    return [hit for hit in hits if hit.kind not in SPOKEN]


def validate_reason(typed: str, *, needed: bool = True) -> str:
    """Checks the reason of a privileged action for the audit chain: not empty, no private data."""
    reason = nfc(typed)
    if needed and not reason:
        raise InvalidInput(N_("Hãy ghi lý do."), field="reason")
    return reject_private_data(reason, minor=True, field="reason")


def around_private(text: str) -> list[str]:
    """Returns the parts of a text around its private data.

    The result is empty when screening fails or when a person may be in danger.
    """
    verdict = screen_text(text, minor=True)
    if verdict.fault or verdict.action == "care":
        return []
    parts, at = [], 0
    for hit in disclosing_hits(verdict.hits, PRIVATE):
        parts.append(text[at : hit.start])
        at = hit.end
    return [*parts, text[at:]]


SOMEBODYS = frozenset({"phone", "email", "idno", "bank"})


def has_personal_contact(text: str) -> bool:
    """Whether a text *about* codes, such as a lesson, has a person's number or address."""
    verdict = screen_text(text, minor=False)
    return verdict.fault or any(hit.kind in SOMEBODYS and hit.value for hit in verdict.hits)
