"""What of a count of people may be shown, wherever one is: nothing under ten, the rest rounded down to fives.

Why so stands in `insights/hiding.py`: two neighbouring figures subtracted from each other never give one person.
"""

FEWEST = 10
STEP = 5


def shown(count: int, people: int) -> int | None:
    """A count of what people did as it may be shown, or None where fewer than ten people stand behind it."""
    return count // STEP * STEP if people >= FEWEST else None
