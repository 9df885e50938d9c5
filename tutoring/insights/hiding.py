"""What of a figure may be shown.

Editors know the people of a small school, so a figure that counts what people did (asked for help, answered, stopped)
is shown only where at least ten different people stand behind it, and then rounded down to a multiple of five: two
neighbouring figures (30 and 90 days, all paths and one, yesterday and today) subtracted from each other never give one
person. Nor does the order of the lines: it follows what is shown. Of answers, which say what somebody did not know,
whole questions stay away until ten people have answered them. What holds no person to begin with (feedback on a
step, words searched in vain, faults in files) is shown as it is.
"""

FEWEST = 10
STEP = 5


def shown(count: int, people: int) -> int | None:
    """A count of what people did as it may be shown, or None where fewer than ten people stand behind it."""
    return count // STEP * STEP if people >= FEWEST else None


def share(part: int | None, whole: int | None) -> int | None:
    """Part of whole in steps of five per cent: figures that are rounded allow no more."""
    return round(part / whole * 100 / STEP) * STEP if part is not None and whole else None
