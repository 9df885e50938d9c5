"""Rules of appeals against moderation actions: who asks, who decides, and the deadlines.

Functions take facts and query no database. The reporter, the decider and the relatives of the subject are never the
same person.
"""

from dataclasses import dataclass
from datetime import timedelta

ASK_WITHIN = timedelta(days=20)
DECIDE_WITHIN = timedelta(days=5)
ALARM_AGAIN = timedelta(days=1)  # after the coordinators are alerted, until the site admins are
NEVER = frozenset({"release", "legal_hold"})  # these took nothing from any user


@dataclass(frozen=True)
class AppealFacts:
    """The facts that the rules need about one user and one action under appeal."""

    sees: bool = False  # looks after the unit of the action, or the appeal has reached the site admins
    high: bool = False  # may take the action or make the decision
    is_subject: bool = False
    family: bool = False  # of the subject, or of the other person of a pair
    did_it: bool = False
    reported: bool = False


def may_ask(concerned: bool, guardian: bool, kind: str) -> bool:
    """The person concerned, or the confirmed guardian of a child, may appeal."""
    return (concerned or guardian) and kind not in NEVER


def why_not(facts: AppealFacts) -> str:
    """Returns why the user may not decide the appeal, or "".

    The codes are missing, self, family, did_it, reported and higher.
    """
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
    """Another user who looks after the unit decides.

    The actor, a reporter and the families of either side may not.
    """
    return why_not(facts) == ""
