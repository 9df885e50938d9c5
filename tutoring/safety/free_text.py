"""Free text outside rooms that another person can read: a request, feedback, a reason, a name.

Such a text can be mended at once by whoever types it, so nothing is masked behind their back: what should not be told
is named beside the field, and what was typed stays there.
"""

from collections.abc import Sequence

from tutoring.kernel.errors import Invalid
from tutoring.kernel.text import N_, nfc
from tutoring.safety.found import ACTIONS, KINDS
from tutoring.safety.judge import action_for, judge, told

_FAULT = N_("Chưa kiểm tra được phần này. Hãy viết ngắn và đơn giản hơn rồi gửi lại.")


def without_private(text: str, *, minor: bool, field: str, allowed: Sequence[str] = ()) -> str:
    """The text, when it tells nothing that should not be told; raises Invalid with the reason otherwise.

    `minor` when a minor writes, reads it, or is spoken of. What only asks for a warning in a talk passes here.
    """
    verdict = judge(text, minor=minor, allowed=allowed)
    if verdict.fault:
        raise Invalid(_FAULT, field=field, code="private")
    strict = [hit for hit in verdict.hits if ACTIONS.index(action_for(hit, minor)) > ACTIONS.index("warn")]
    if strict:
        raise Invalid(strict[0].reason, field=field, code="private")
    return text


def plain_reason(typed: str, *, needed: bool = True) -> str:
    """Why an act of power is done, as the audit chain keeps it: not empty, and without anything private."""
    reason = nfc(typed)
    if needed and not reason:
        raise Invalid(N_("Hãy ghi lý do."), field="reason")
    return without_private(reason, minor=True, field="reason")


def around_private(text: str) -> list[str]:
    """What stands before, between and after what should not be told; nothing at all when that cannot be seen."""
    verdict = judge(text, minor=True)
    if verdict.fault:
        return []
    parts, at = [], 0
    for hit in told(verdict.hits, KINDS):
        parts.append(text[at : hit.start])
        at = hit.end
    return [*parts, text[at:]]


SOMEBODYS = frozenset({"phone", "email", "idno", "bank"})


def tells_of_somebody(text: str) -> bool:
    """Whether a text that speaks *about* codes and tricks, as lessons do, tells a number or address of a person."""
    verdict = judge(text, minor=False)
    return verdict.fault or any(hit.kind in SOMEBODYS and hit.value for hit in verdict.hits)
