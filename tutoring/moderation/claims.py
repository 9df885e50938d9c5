"""Reads of claims: who has a case in hand now, and whom that keeps from deciding."""

from tutoring.accounts.models import User
from tutoring.accounts.queries import user
from tutoring.kernel import clock
from tutoring.moderation.cases import Viewer
from tutoring.moderation.models import Case
from tutoring.policy.moderation import Facts, may_take_over


def holder_of(case: Case) -> int | None:
    """Who has this case in hand; claims fall away by time alone."""
    return case.claimed_by_id if case.claimed_until is not None and case.claimed_until > clock.now() else None


def waits_for(case: Case, actor: User, known: Facts) -> User | None:
    """Whom this person has to wait for before acting or deciding, if anybody."""
    holder_id = holder_of(case)
    if holder_id is None or holder_id == actor.id:
        return None
    holder = user(holder_id)
    return None if may_take_over(Viewer(holder).facts(case), known) else holder
