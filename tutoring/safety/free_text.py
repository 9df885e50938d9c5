"""Free text outside rooms that another person can read: a request, feedback, a reason, a name.

Such a text can be mended at once by whoever types it, so nothing is masked behind their back: what should not be told
is named beside the field, and what was typed stays there.
"""

from collections.abc import Collection, Iterable, Sequence

from tutoring.kernel import clock
from tutoring.kernel.errors import InvalidInput
from tutoring.kernel.text import N_, nfc
from tutoring.safety import risk
from tutoring.safety.findings import ACTIONS, PRIVATE, SPOKEN, Hit, Verdict
from tutoring.safety.screening import action_for, disclosing_hits, screen_text

# What a whole neighbourhood or class is invited to is no meeting in private.
OPEN_TO = frozenset({"meeting"})
_NOON = 12  # such a text is read at any hour, so none is late
_LURES = N_(
    "Chỗ này học sinh đọc được, nên đừng dặn giấu người lớn, xin ảnh, hẹn gặp riêng hay rủ sang nơi khác nói chuyện. "
    "Nếu có ai nói như vậy với bạn, hãy bấm “Báo” hoặc gọi 111."
)
_FAULT = N_("Chưa kiểm tra được phần này. Hãy viết ngắn và đơn giản hơn rồi gửi lại.")


class SaidDanger(Exception):
    """Somebody wrote of danger where others could read it. What they wanted to do is undone; their words go to the
    people in charge instead (welfare/views.py). It is no refusal, and its text stands in no message of its own."""

    def __init__(self, text: str, hits: Sequence[Hit]) -> None:
        super().__init__("somebody may be in danger")
        self.text = text
        self.hits = tuple(hits)


def says_danger(text: str) -> bool:
    """Whether somebody may be in danger, as far as a text tells."""
    return screen_text(text, minor=True).action == "care"


def listen(text: str) -> None:
    """Raise SaidDanger for a text in which somebody may be in danger. For doors behind which other people read."""
    verdict = screen_text(text, minor=True)
    if verdict.action == "care":
        raise SaidDanger(text, verdict.hits)


def reject_private_data(text: str, *, minor: bool, field: str, allowed: Sequence[str] = ()) -> str:
    """The text, when it tells nothing that should not be told; raises Invalid with the reason otherwise.

    `minor` when a minor writes it or is spoken of; what a minor reads goes through `for_minor`. What only asks for a
    warning in a talk passes here. So does every text in which somebody may be in danger, but for a number or an
    account in it. No cry for help is refused.
    """
    _judged(text, minor, field, allowed)
    return text


def _judged(text: str, minor: bool, field: str, allowed: Sequence[str]) -> Verdict:
    """What the detector says of a text that tells nothing private; raises Invalid of all others.

    A threat or an insult that the weight of words alone tells is no reason here: a title or a name is no talk.
    """
    verdict = screen_text(text, minor=minor, allowed=allowed)
    if verdict.fault:
        raise InvalidInput(_FAULT, field=field, code="private")
    hits = [hit for hit in verdict.hits if hit.kind == "distress" or hit.end > hit.start]
    found = without_spoken(hits) if verdict.action == "care" else hits
    strict = [hit for hit in found if ACTIONS.index(action_for(hit, minor)) > ACTIONS.index("warn")]
    if strict:
        raise InvalidInput(strict[0].reason, field=field, code="private")
    return verdict


def for_minor(
    text: str, *, field: str, allowed: Sequence[str] = (), before: Sequence[str] = (), open_to: Collection[str] = ()
) -> str:
    """The text, when somebody under 18 may read it; raises Invalid with the reason otherwise.

    It tells nothing that should not be told, and asks for nothing that would make a message wait in a child's room.
    `before`: what stands above it on the same page, with which it is read as a whole. `open_to`: kinds of risk that
    are no sign here (`OPEN_TO` of what everybody reads).
    """
    read = [text, " ".join([*before, text])] if any(before) else [text]
    for one, verdict in [(one, _judged(one, True, field, allowed)) for one in read]:
        if verdict.action != "care":  # no cry for help is refused
            _refuse_risk(one, field, open_to)
    return text


def for_readers(text: str, *, minor: bool, field: str, allowed: Sequence[str] = (), before: Sequence[str] = ()) -> str:
    """The text, by the check of those who read it: with `minor` somebody of them is under 18."""
    if minor:
        return for_minor(text, field=field, allowed=allowed, before=before)
    return reject_private_data(text, minor=False, field=field, allowed=allowed)


def _refuse_risk(text: str, field: str, open_to: Collection[str]) -> None:
    found = [sign for sign in risk.signs(text, hour=_NOON, minor=True, adult=True) if sign.kind not in open_to]
    if risk.score_signals([], found, clock.now()).hold:
        raise InvalidInput(_LURES, field=field, code="risk")


def without_spoken(hits: Iterable[Hit]) -> list[Hit]:
    """The hits without those of what is said.

    This stands in for what becomes of `care` in free texts: they are accepted as before, and shown as before.
    """
    return [hit for hit in hits if hit.kind not in SPOKEN]


def validate_reason(typed: str, *, needed: bool = True) -> str:
    """Why an act of power is done, as the audit chain keeps it: not empty, and without anything private."""
    reason = nfc(typed)
    if needed and not reason:
        raise InvalidInput(N_("Hãy ghi lý do."), field="reason")
    return reject_private_data(reason, minor=True, field="reason")


def around_private(text: str) -> list[str]:
    """What stands before, between and after what should not be told; nothing at all when that cannot be seen, or when
    somebody may be in danger."""
    verdict = screen_text(text, minor=True)
    if verdict.fault or verdict.action == "care":
        return []
    parts, at = [], 0
    for hit in disclosing_hits(verdict.hits, PRIVATE):
        parts.append(text[at : hit.start])
        at = hit.end
    return [*parts, text[at:]]


SOMEBODYS = frozenset({"phone", "email", "idno", "bank"})


def tells_of_somebody(text: str) -> bool:
    """Whether a text that speaks *about* codes and tricks, as lessons do, tells a number or address of a person."""
    verdict = screen_text(text, minor=False)
    return verdict.fault or any(hit.kind in SOMEBODYS and hit.value for hit in verdict.hits)
