"""Who is behind many sign-ins at once, for what several people send in the same moment."""

from collections.abc import Iterable
from dataclasses import fields
from typing import Any, NamedTuple

import sqlalchemy as sa

from tutoring.accounts.called import Someone
from tutoring.accounts.models import SignIn, User
from tutoring.accounts.sessions import TOUCH, holds
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.kernel.driver import Statement, lists, told

_FACTS = tuple(field.name for field in fields(Someone))


class Speaking(NamedTuple):
    """Who is behind some sign-ins that are alive; of which of these the use is to be noted with `arriving.note_use`."""

    people: dict[int, Someone]
    unnoted: list[int]


def people_of_sign_ins(ids: Iterable[int]) -> Speaking:
    """Who is behind each of these sign-ins, in one question; those that are over are not among them."""
    moment, found = clock.now(), Speaking({}, [])
    for row in _people(db.session.connection(), **lists([(one,) for one in ids], "id")):
        if holds(row, row.state, moment):
            found.people[row.sign_in] = Someone(*row[: len(_FACTS)])
            if moment - row.seen_at > TOUCH:  # who only talks in a room uses the device as well
                found.unnoted.append(row.sign_in)
    return found


@Statement
def _people(_for_sqlite: bool) -> Any:
    facts = (getattr(User, name) for name in _FACTS)
    signs = SignIn.id.label("sign_in"), SignIn.ended_at, SignIn.half, SignIn.expires_at, SignIn.seen_at, User.state
    asked = told(id=sa.Integer)  # joined: for a list PostgreSQL would make a new plan each time, which takes longer
    found = sa.join(asked, SignIn, SignIn.id == asked.c.id).join(User, User.id == SignIn.user_id)
    return sa.select(*facts, *signs).select_from(found)
