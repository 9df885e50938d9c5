"""The states of a helper, worked out from facts; nothing of it is stored. SAFETY: forward by two, back by one.

new → nominated (by one) → confirmed (by a second) → probation (promises made, training passed) → active;
expired a year after the second person's word; paused or barred by one. Staff were let in by two people: their
membership vouches for them, and the promises are asked of them before they help a minor.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

VOUCH_LASTS = timedelta(days=365)
RENEW_FROM = timedelta(days=30)  # so long before the end a renewal may be said, and is asked for
OBSERVED_SESSIONS = 3  # issue 4 over SAFETY §4, which says five
STATES = ("new", "nominated", "confirmed", "probation", "active", "expired", "paused", "barred")


@dataclass(frozen=True)
class VettingFacts:
    """What is known of somebody who would help."""

    staff: bool = False
    nomination: str | None = None  # nominated, active, paused, barred
    confirmed_at: datetime | None = None
    promised: bool = False  # the code of conduct, in its present words
    trained: bool = False  # the quiz of the training lesson
    observed: int = 0  # observed sessions that count


@dataclass(frozen=True)
class VettingStatus:
    """Where a helper stands; `missing` is what is to do next, in order: second, conduct, training, sessions…"""

    state: str
    missing: tuple[str, ...] = ()
    observed_left: int = 0
    until: datetime | None = None
    promised: bool = False

    @property
    def vouched(self) -> bool:
        """Whether this person may help at all now."""
        return self.state in {"probation", "active"}

    @property
    def on_probation(self) -> bool:
        """Whether every room must be observed, of adults too."""
        return self.state == "probation"

    @property
    def before_helping(self) -> tuple[str, ...]:
        """What is to do before the first session."""
        return tuple(step for step in self.missing if step != "sessions")


def may_be_renewed(confirmed_at: datetime | None, now: datetime) -> bool:
    """In the last month of the year, and after it."""
    return confirmed_at is not None and now >= confirmed_at + VOUCH_LASTS - RENEW_FROM


def vetting_status(known: VettingFacts, now: datetime) -> VettingStatus:
    """The state that follows from these facts."""
    if known.staff and known.nomination in {None, "active"}:
        return VettingStatus("active", () if known.promised else ("conduct",), promised=known.promised)
    if known.nomination in {"paused", "barred"}:
        return VettingStatus(known.nomination, ("again",), promised=known.promised)
    until = known.confirmed_at + VOUCH_LASTS if known.nomination == "active" and known.confirmed_at else None
    expired = known.nomination == "active" and (until is None or now >= until)
    left = max(0, OBSERVED_SESSIONS - known.observed)
    missing = [
        *(["nomination"] if known.nomination is None else []),
        *(["second"] if known.nomination in {None, "nominated"} else []),
        *(["renewal"] if expired else []),
        *(["conduct"] if not known.promised else []),
        *(["training"] if not known.trained else []),
        *(["sessions"] if left else []),
    ]
    if known.nomination != "active":
        state = "new" if known.nomination is None else "nominated"
    elif expired:
        state = "expired"
    elif not (known.promised and known.trained):
        state = "confirmed"
    else:
        state = "probation" if left else "active"
    return VettingStatus(state, tuple(missing), left, until, known.promised)
