"""The states of a helper, computed from facts and never stored.

SAFETY: two people move a helper forward, one person moves a helper back.
new → nominated (by one) → confirmed (by a second) → probation (promises made, training passed) → active.
A helper expires a year after the second person's approval; one person may pause or bar a helper. Staff were admitted
by two people, so their membership vouches for them. They make the promises before they help a minor.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

VOUCH_LASTS = timedelta(days=365)
RENEW_FROM = timedelta(days=30)  # a renewal is requested, and possible, from this long before the end
OBSERVED_SESSIONS = 3  # issue 4 overrides docs/safety.md, which says five
STATES = ("new", "nominated", "confirmed", "probation", "active", "expired", "paused", "barred")


@dataclass(frozen=True)
class VettingFacts:
    """What is known about a possible helper."""

    staff: bool = False
    nomination: str | None = None  # nominated, active, paused, barred
    confirmed_at: datetime | None = None
    promised: bool = False  # accepted the current version of the code of conduct
    trained: bool = False  # passed the quiz of the training lesson
    observed: int = 0  # observed sessions that count


@dataclass(frozen=True)
class VettingStatus:
    """The state of a helper.

    `missing` lists the next steps in order: second, conduct, training, sessions…
    """

    state: str
    missing: tuple[str, ...] = ()
    observed_left: int = 0
    until: datetime | None = None
    promised: bool = False

    @property
    def vouched(self) -> bool:
        """Whether this user may help at all now."""
        return self.state in {"probation", "active"}

    @property
    def on_probation(self) -> bool:
        """Whether every room must be observed, also with adults."""
        return self.state == "probation"

    @property
    def before_helping(self) -> tuple[str, ...]:
        """The steps before the first session."""
        return tuple(step for step in self.missing if step != "sessions")


def may_be_renewed(confirmed_at: datetime | None, now: datetime) -> bool:
    """Whether a renewal is possible: in the last month of the year, and after it."""
    return confirmed_at is not None and now >= confirmed_at + VOUCH_LASTS - RENEW_FROM


def vetting_status(known: VettingFacts, now: datetime) -> VettingStatus:
    """Returns the state that follows from these facts."""
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
