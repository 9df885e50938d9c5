"""Queries for the names of authors at the time of writing."""

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.accounts.names.models import FormerName
from tutoring.accounts.person_names import capital, spoken_name
from tutoring.kernel.db import db

Key = tuple[int | None, datetime]


def names_at(wanted: Iterable[Key]) -> dict[Key, str]:
    """Returns a user's display name at a moment, for each `(user_id, moment)`, in two queries."""
    keys = list(wanted)
    ids = {user_id for user_id, _at in keys if user_id is not None}
    people = {one.id: one for one in db.session.scalars(sa.select(User).where(User.id.in_(ids)))}
    former: dict[int, list[FormerName]] = {}
    query = sa.select(FormerName).where(FormerName.user_id.in_(ids)).order_by(FormerName.until_at, FormerName.id)
    for one in db.session.scalars(query):
        former.setdefault(one.user_id, []).append(one)
    found: dict[Key, str] = {}
    for user_id, at in keys:
        if user_id is not None and user_id in people:
            then = next((one for one in former.get(user_id, []) if one.until_at > at), None)
            person = people[user_id]
            if then is None:
                found[user_id, at] = person.shown_name
            else:
                form = "" if person.is_minor else then.address_form
                found[user_id, at] = capital(spoken_name(form, then.called_name))
    return found
