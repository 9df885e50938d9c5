"""What happens to visits; never with words or an address."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class VisitAsked:
    """Somebody asks to be met."""

    visit_id: int
    unit_id: int
    asker_id: int


@dataclass(frozen=True)
class VisitPlanned:
    """Time and people stand; `again` when that was so before. `new` are to go only now, `dropped` no longer."""

    visit_id: int
    asker_id: int
    visitor_ids: Sequence[int]
    at: datetime
    kind: str
    again: bool
    new: Sequence[int]
    dropped: Sequence[int]


@dataclass(frozen=True)
class VisitUnplanned:
    """It waits for a plan again: somebody shall not come, or no longer can. `by_asker`: by their own wish."""

    visit_id: int
    unit_id: int
    asker_id: int
    visitor_ids: Sequence[int]
    kind: str
    by_asker: bool


@dataclass(frozen=True)
class VisitEnded:
    """Done, missed, cancelled or refused; `why` as in visit_models."""

    visit_id: int
    asker_id: int
    visitor_ids: Sequence[int]
    kind: str
    state: str
    why: str = ""
    by_id: int | None = None


@dataclass(frozen=True)
class VisitNear:
    """It is tomorrow (24), or in two hours."""

    visit_id: int
    asker_id: int
    visitor_ids: Sequence[int]
    kind: str
    at: datetime
    hours: int


@dataclass(frozen=True)
class VisitOffered:
    """Somebody proposes to a learner to meet in person."""

    offer_id: int
    learner_id: int
    by_id: int
    room_id: int


@dataclass(frozen=True)
class VisitOfferClosed:
    """The learner has answered, one way or the other."""

    offer_id: int
    by_id: int
    accepted: bool
