"""Pure functions for help now: fatigue of helpers and the size of an offer wave."""

from collections.abc import Iterable, Sequence
from fractions import Fraction

OF_OFFER, MOST_TIRED, BACK_PER_SESSION = 250, 2_000, 100  # points of suit
PRIOR_YES, PRIOR_ALL = Fraction(43, 10), Fraction(10)  # Beta(4.3, 5.7)
ENOUGH = Fraction(7, 10)
MOST_IN_WAVE = 5
BACKLOG_SHARE = 5


def fatigue(hours_since: Iterable[int], accepted: int) -> int:
    """Returns the points, 0–2,000, taken from the suit of a recently asked helper.

    An offer takes 250 points in its first hour, and half as many with each hour that has passed. Each session accepted
    in that time gives 100 back.
    """
    tired = sum(OF_OFFER >> min(hours, 8) for hours in hours_since)
    return max(0, min(MOST_TIRED, tired) - BACK_PER_SESSION * accepted)


def acceptance(accepted: int, offered: int) -> Fraction:
    """Returns the probability that a helper accepts.

    It combines their own history with the usual rate (43 of 100) as a prior.
    """
    return (PRIOR_YES + accepted) / (PRIOR_ALL + offered)


def wave(chances: Sequence[Fraction]) -> int:
    """Returns how many helpers of a ranking are asked at once.

    It is the fewest that make an acceptance likely enough (0.70), at most five.
    """
    nobody = Fraction(1)
    for size, chance in enumerate(chances[:MOST_IN_WAVE], 1):
        nobody *= 1 - chance
        if 1 - nobody >= ENOUGH:
            return size
    return min(len(chances), MOST_IN_WAVE)


def solve_jointly(waiting: int, free_helpers: int) -> bool:
    """Returns whether one joint round serves the waiting requests better than one by one.

    The round is `plan` with now=True.
    """
    return waiting * BACKLOG_SHARE > free_helpers
