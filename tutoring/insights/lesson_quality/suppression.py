"""Disclosure control: which lesson figures may be shown.

Editors know the people of a small school. A figure about people's actions (help requests, answers, drop-outs) is shown
only with at least ten different people behind it. It is rounded down to a multiple of five; shares are rounded to tens
of per cent. So the difference of two neighbouring figures (30 and 90 days, all paths and one, two days) never shows one
person. The order of lines follows the figures shown, so it reveals nothing either. Answers show what a person did not
know, so a whole question is hidden until ten people have answered it. Data without a person is shown as it is: feedback
on a step, searches without result, faults in files. A small site has little else.
"""

from typing import NamedTuple

from tutoring.policy.disclosure_control import MIN_PEOPLE, suppress_small_count


class Count(NamedTuple):
    """A part of a whole, as it may be shown; None where suppressed."""

    part: int | None = None
    whole: int | None = None
    share: int | None = None  # per cent


NONE = Count()


def exact(part: int, whole: int) -> Count:
    """Counts data that holds no person."""
    return Count(part, whole, round(part * 100 / whole))


def guarded(part: int, part_people: int, whole: int, whole_people: int) -> Count:
    """Counts people's actions; `…_people` is the number of different people certainly behind it."""
    share = round(part * 10 / whole) * 10 if min(part_people, whole_people) >= MIN_PEOPLE else None
    return Count(suppress_small_count(part, part_people), suppress_small_count(whole, whole_people), share)
