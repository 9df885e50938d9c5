"""Reads of claims: who has a case in hand now."""

from tutoring.kernel import clock
from tutoring.moderation.models import Case


def holder_of(case: Case) -> int | None:
    """Who has this case in hand; claims fall away by time alone."""
    return case.claimed_by_id if case.claimed_until is not None and case.claimed_until > clock.now() else None
