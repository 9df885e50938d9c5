"""Second looks at what the desk did: who may ask for one, who may take it, and until when.

Facts come in; nothing is asked of the database here. Whoever reported, the one who decides and the relatives of the one
it is about are never the same person.
"""

from dataclasses import dataclass
from datetime import timedelta

ASK_WITHIN = timedelta(days=20)
DECIDE_WITHIN = timedelta(days=5)
ALARM_AGAIN = timedelta(days=1)  # until the site admins are alarmed, after the coordinators
NEVER = frozenset({"release", "legal_hold"})  # nothing was taken from anybody


@dataclass(frozen=True)
class AppealFacts:
    """What the rules need to know of one person and one act that is to be looked at again."""

    sees: bool = False  # looks after the unit of the act, or it has come to the site admins
    high: bool = False  # may do, or decide, what was done
    is_subject: bool = False
    family: bool = False  # of the one it is about, or of the other one of a pair
    did_it: bool = False
    reported: bool = False


def may_ask(concerned: bool, guardian: bool, kind: str) -> bool:
    """The one it concerns, and the confirmed guardian of a child."""
    return (concerned or guardian) and kind not in NEVER


def why_not(facts: AppealFacts) -> str:
    """Why this person may not take the second look, as a code: missing, self, family, did_it, reported, higher."""
    if facts.is_subject:
        return "self"
    if not facts.sees:
        return "missing"
    if facts.family:
        return "family"
    if facts.did_it:
        return "did_it"
    if facts.reported:
        return "reported"
    return "" if facts.high else "higher"


def may_take(facts: AppealFacts) -> bool:
    """Somebody else of those who look after the unit: not who acted or reported, nor the family of either side."""
    return why_not(facts) == ""
