"""Requests and helpers as the engine sees them, and the result of a round."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from tutoring.pairing.matching.week_bits import Start, Week

HIGHEST_LEVEL = 3
OF_ROUND, OF_HOUR, OF_URGENCY, OF_KEPT = 10_000, 60, 1_000, 800  # value of serving a request, beside its suit


@dataclass(frozen=True, slots=True)
class Request:
    """A help request.

    None equals no other value. `previous`, `last_round` and `blocked` hold ids of helpers. `learner` is the learner's
    id, from the same ids as the helpers. No user is paired with themselves, and requests of one learner never meet at
    the same time. `blocked` are the helpers whom either side avoids.
    """

    id: int
    topic: str
    topics: frozenset[str]
    level: int
    language: str
    grade: int | None
    adult: bool
    needs_adult: bool
    gender: str | None
    same_gender: Literal["no", "prefer", "must"]
    school: str | None
    ward: str | None
    device: str | None
    minutes: int
    free: Week
    waited_hours: int = 0
    urgency: int = 0
    previous: int | None = None
    last_round: int | None = None
    blocked: frozenset[int] = frozenset()
    learner: int | None = None
    least_gap: int = 1  # grades by which a pupil helper is above the learner

    @property
    def barred(self) -> frozenset[int]:
        """The helpers this request is never paired with."""
        return self.blocked if self.learner is None else self.blocked | {self.learner}

    @property
    def worth(self) -> int:
        """The value of serving the request before suit.

        It grows with each hour waited, so that no request waits for ever.
        """
        return OF_ROUND + OF_HOUR * self.waited_hours + OF_URGENCY * self.urgency


@dataclass(frozen=True, slots=True)
class Helper:
    """A helper.

    `skills` gives the level 1–3 for each topic held, `capacity` the open places in this round.
    """

    id: int
    skills: Mapping[str, int]
    languages: frozenset[str]
    first_language: str
    grade: int | None
    adult: bool
    observed: bool
    gender: str | None
    school: str | None
    ward: str | None
    devices: frozenset[str]
    capacity: int
    rating_sum: int
    rating_count: int
    pairs_this_week: int
    free: Week

    def __post_init__(self) -> None:
        if self.capacity < 0:
            raise ValueError(f"helper {self.id} cannot have {self.capacity} places")


@dataclass(frozen=True, slots=True)
class Pair:
    """A request and its helper, by id.

    `suit` is 0–10,000. `start` is set when clock times were assigned.
    """

    request: int
    helper: int
    suit: int
    start: Start | None = None


Because = int | Literal["places", "times"]


@dataclass(frozen=True, slots=True)
class Unserved:
    """Why a request got no helper.

    It is the first hard rule (1–6) that leaves no helper. "places" means that all possible helpers are taken, "times"
    that no hour was left.
    """

    request: int
    because: Because


@dataclass(frozen=True, slots=True)
class Plan:
    """The result of a round, both lists sorted by request id.

    No possible plan is worth more than `bound`.
    """

    pairs: tuple[Pair, ...]
    unserved: tuple[Unserved, ...]
    objective: int
    bound: int

    @property
    def gap(self) -> float:
        """The most by which a better plan could exceed this one, as a share of the bound."""
        return (self.bound - self.objective) / self.bound if self.bound else 0.0
