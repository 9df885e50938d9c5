"""Reads about weekly hours."""

from dataclasses import dataclass

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.accounts.queries import is_guardian, user
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.kernel.errors import Missing
from tutoring.pairing.matching.times import NEVER, Week
from tutoring.pairing.week import told
from tutoring.pairing.weekly_models import Away, WeeklyHours
from tutoring.policy.pairing import may_set_hours_of


@dataclass(frozen=True)
class Hours:
    """When somebody is free, for how many people a week, and when they are away."""

    week: Week
    pairs: int
    away: list[Away]

    @property
    def known(self) -> bool:
        """Whether anything has been told at all."""
        return any(self.week)


def whose_hours(actor: User, user_id: int) -> User:
    """Somebody whose hours this person sets: oneself, or one's child; raises Missing."""
    person = user(user_id)
    child = person.kind == "child" and is_guardian(actor.id, person.id)
    if not may_set_hours_of(actor.id == person.id, child):
        raise Missing
    return person


def hours(user_id: int) -> Hours:
    """Somebody's week; never free as long as nothing was told."""
    found = db.session.get(WeeklyHours, user_id)
    away = (
        sa.select(Away).where(Away.user_id == user_id, Away.last >= clock.today()).order_by(Away.first, Away.id)
    )  # fmt: skip
    return Hours(
        told(found.free) if found else NEVER, found.pairs if found else 1, list(db.session.scalars(away))
    )  # fmt: skip
