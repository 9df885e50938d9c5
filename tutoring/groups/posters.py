"""The poster that invites people into a group: a code of the unit that many may still use."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from tutoring.community.models import JoinCode
from tutoring.community.turns import Turn
from tutoring.kernel import clock
from tutoring.kernel.db import db

LEAST_LEFT = 20  # uses
LEAST_LIFE = timedelta(days=21)


def poster_code(unit_id: int) -> JoinCode | None:
    """The newest code for learners of a unit that is still good for a poster, or None."""
    query = sa.select(JoinCode).where(
        JoinCode.unit_id == unit_id,
        JoinCode.role == "learner",
        JoinCode.revoked_at.is_(None),
        JoinCode.confirmed_at.is_not(None),
        JoinCode.expires_at > clock.now() + LEAST_LIFE,
        JoinCode.max_uses - JoinCode.uses >= LEAST_LEFT,
    )
    return db.session.scalar(query.order_by(JoinCode.id.desc()).limit(1))


@dataclass(frozen=True)
class Times:
    """When somebody is on duty at one place of the same hours, by weekday; nobody is named on a poster."""

    place: str
    starts: int
    ends: int
    weekdays: list[int]


def times_of(turns: Iterable[Turn]) -> list[Times]:
    """The weekly hours of a rota, each once."""
    days: dict[tuple[str, int, int], set[int]] = {}
    for turn in turns:
        if turn.weekly:
            days.setdefault((turn.place, turn.starts, turn.ends), set()).add(turn.day.weekday())
    found = [Times(place, starts, ends, sorted(on)) for (place, starts, ends), on in days.items()]
    return sorted(found, key=lambda one: (one.place != "centre", one.weekdays, one.starts))
