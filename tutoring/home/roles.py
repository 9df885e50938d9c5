"""For whom a start page is made: the one role of somebody's roles that has most to do with their day."""

from collections.abc import Collection

from tutoring.accounts.models import User

# Who has several roles gets the page of the first of these.
ORDER = ("site_admin", "coordinator", "teacher", "officer", "lead", "helper", "parent")
POWER = frozenset(ORDER[:5])


def lens(person: User, held: Collection[str], guards: bool = False) -> str:
    """`waiting`, one of ORDER, or `pupil` and `resident` for those who only learn. `guards`: has a child here."""
    if person.state == "waiting":
        return "waiting"
    for role in ORDER:
        if role in held:
            return role
    if guards:
        return "parent"
    return "pupil" if person.is_minor else "resident"
