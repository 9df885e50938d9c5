"""What of a figure may be shown.

Editors know the people of a small school, so a figure that counts what people did (asked for help, answered, stopped)
is shown only where at least ten different people stand behind it, and then rounded down to a multiple of five (shares
to tens of per cent): two neighbouring figures (30 and 90 days, all paths and one, yesterday and today) subtracted from
each other never give one person. Nor does the order of the lines: it follows what is shown. Of answers, which say what
somebody did not know, whole questions stay away until ten people have answered them. What holds no person to begin
with (feedback on a step, words searched in vain, faults in files) is shown as it is: it is what a small site has.
"""

from typing import NamedTuple

from tutoring.policy.disclosure_control import MIN_PEOPLE, STEP, suppress_small_count

__all__ = ["MIN_PEOPLE", "NONE", "STEP", "Count", "exact", "guarded", "suppress_small_count"]


class Count(NamedTuple):
    """So many of so many, as it may be shown; None where it is hidden."""

    part: int | None = None
    whole: int | None = None
    share: int | None = None  # per cent


NONE = Count()


def exact(part: int, whole: int) -> Count:
    """Of what holds no person."""
    return Count(part, whole, round(part * 100 / whole))


def guarded(part: int, part_people: int, whole: int, whole_people: int) -> Count:
    """Of what people did; `…_people` is how many different people certainly stand behind a figure."""
    share = round(part * 10 / whole) * 10 if min(part_people, whole_people) >= MIN_PEOPLE else None
    return Count(suppress_small_count(part, part_people), suppress_small_count(whole, whole_people), share)
