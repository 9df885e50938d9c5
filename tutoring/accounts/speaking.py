"""Who is behind many sign-ins at once, for what several people send in the same moment."""

from collections.abc import Iterable
from dataclasses import fields
from typing import Any

import sqlalchemy as sa

from tutoring.accounts.called import Someone
from tutoring.accounts.models import SignIn, User
from tutoring.accounts.sessions import TOUCH, holds
from tutoring.kernel import clock
from tutoring.kernel.db import among, db
from tutoring.kernel.driver import Statement

_FACTS = tuple(field.name for field in fields(Someone))


def people_of_sign_ins(ids: Iterable[int]) -> dict[int, Someone]:
    """Who is behind each of these sign-ins, in one question; those that are over, or whose use has to be noted, are
    not among them: `sessions.person_of_sign_in` says more."""
    moment, found = clock.now(), {}
    for row in _people(db.session.connection(), ids=list(ids)):
        if holds(row, row.state, moment) and moment - row.seen_at <= TOUCH:
            found[row.sign_in] = Someone(*row[: len(_FACTS)])
    return found


@Statement
def _people(_for_sqlite: bool) -> Any:
    facts = (getattr(User, name) for name in _FACTS)
    signs = SignIn.id.label("sign_in"), SignIn.ended_at, SignIn.half, SignIn.expires_at, SignIn.seen_at, User.state
    query = sa.select(*facts, *signs).join(User, User.id == SignIn.user_id)
    return query.where(among(SignIn.id, sa.bindparam("ids")))
