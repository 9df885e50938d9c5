"""What a user holds in units: each active membership with the place of its unit, read in one statement.

Roles, units and scopes of a user are derived from these rows. A web request reads them once.
"""

from collections.abc import Collection
from typing import Any, NamedTuple

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.community.models import Membership, Unit
from tutoring.kernel.database.precompiled_sql import PrecompiledStatement
from tutoring.kernel.database.request_memo import once_in_request
from tutoring.kernel.db import db


class Position(NamedTuple):
    """One active membership: the unit, its path and kind, the role there, and whether it has been confirmed."""

    unit_id: int
    path: str
    role: str
    kind: str
    confirmed: bool


def _held(_for_sqlite: bool) -> sa.CompoundSelect[Any]:
    user_id: sa.BindParameter[int] = sa.bindparam("user", type_=sa.Integer)
    held = (
        sa.select(
            Membership.unit_id,
            Unit.path,
            Membership.role,
            Unit.kind,
            Membership.confirmed_at.is_not(None).label("confirmed"),
        )
        .join(Unit, Unit.id == Membership.unit_id)
        .where(Membership.user_id == user_id, Membership.state == "active")
    )
    admin = sa.select(*(sa.literal(value) for value in (0, "", "site_admin", "")), sa.true())
    admin = admin.where(User.id == user_id, User.site_admin)
    return sa.union_all(held, admin)


_read = PrecompiledStatement(_held)


@once_in_request
def read_positions(user_id: int) -> tuple[tuple[Position, ...], bool]:
    """Returns the positions, by unit, and whether the user is a site admin."""
    db.session.flush()
    found = _read(db.session.connection(), user=user_id)
    rows = [Position(row.unit_id, row.path, row.role, row.kind, bool(row.confirmed)) for row in found]
    return tuple(sorted(row for row in rows if row.unit_id)), any(not row.unit_id for row in rows)


def positions_of(user_id: int, roles: Collection[str] | None = None) -> list[Position]:
    """Returns what a user holds in units, by unit id; only these roles if they are given."""
    found, _admin = read_positions(user_id)
    return [one for one in found if roles is None or one.role in roles]
