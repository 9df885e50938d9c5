"""Learners without a helper, on the live dashboard.

The dashboard shows no more than its user sees elsewhere: who waits in the units of a coordinator, and of other staff
the requests they could take themselves, without names.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from tutoring.accounts.models import User
from tutoring.community.units.scopes import scope_of
from tutoring.kernel import clock
from tutoring.kernel.text import contains_words, search_text
from tutoring.pairing.models import HelpRequest
from tutoring.pairing.offers.queries import may_take, unhelped_in
from tutoring.policy.access import STAFF
from tutoring.policy.accounts import roles_that_count
from tutoring.policy.pairing.offers import may_see_waiting

MOST = 50


@dataclass(frozen=True)
class UnhelpedLearner:
    """A request that nobody has taken. `named` says whether this user may know who asks."""

    asked: HelpRequest
    named: bool

    @property
    def minutes(self) -> int:
        return max(0, (clock.now() - self.asked.queued_at) // timedelta(minutes=1))

    def has(self, looked_for: Sequence[str]) -> bool:
        """Returns whether the unit, and the learner if this user may know, hold all these folded words."""
        name = self.asked.learner.name_words if self.named else ""
        return contains_words(search_text(f"{self.asked.unit.name} {name}"), looked_for)


def unhelped_learners(person: User) -> list[UnhelpedLearner]:
    """Returns the learners who wait in this user's units, the longest waiting first."""
    here = scope_of(person.id, STAFF)
    rows = unhelped_in(here, MOST) if here else []
    if not rows:
        return []
    held = roles_that_count(STAFF, person.lacks_factor)
    seeing = scope_of(person.id, [role for role in held if may_see_waiting(frozenset({role}))])
    named = {one.id for one in rows if seeing.has(one.unit.path)}
    able = {one.id for one in may_take(person, MOST)} if len(named) < len(rows) else set()
    return [UnhelpedLearner(one, one.id in named) for one in rows if one.id in named | able]
