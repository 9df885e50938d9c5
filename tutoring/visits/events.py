"""Events of visits; they never hold text or an address."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class VisitRequested:
    """A user asks for a visit."""

    visit_id: int
    unit_id: int
    asker_id: int


@dataclass(frozen=True)
class VisitPlanned:
    """A visit has time and visitors; `again`: it had a plan before.

    `new` visitors are added, `dropped` ones are removed.
    """

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
    """A visit waits for a plan again: a visitor is unwanted or can no longer come.

    `by_asker`: the asker wants it so.
    """

    visit_id: int
    unit_id: int
    asker_id: int
    visitor_ids: Sequence[int]
    kind: str
    by_asker: bool


@dataclass(frozen=True)
class VisitEnded:
    """A visit is done, missed, cancelled or refused; `why` as in visits/models.py."""

    visit_id: int
    asker_id: int
    visitor_ids: Sequence[int]
    kind: str
    state: str
    why: str = ""
    by_id: int | None = None


@dataclass(frozen=True)
class VisitNear:
    """A visit is in `hours` hours: 24 or 2."""

    visit_id: int
    asker_id: int
    visitor_ids: Sequence[int]
    kind: str
    at: datetime
    hours: int


@dataclass(frozen=True)
class VisitOffered:
    """A helper or observer proposes a meeting in person to a learner."""

    offer_id: int
    learner_id: int
    by_id: int
    room_id: int


@dataclass(frozen=True)
class VisitOfferClosed:
    """The learner has accepted or declined."""

    offer_id: int
    by_id: int
    accepted: bool
