"""Who is on duty and which hours hold, for many units with the query count of one unit."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.community.duty.coverage import Hours, nearest
from tutoring.community.models import DutyShift, DutySlot, Membership, Unit
from tutoring.community.units.scopes import ids_above
from tutoring.kernel import clock
from tutoring.kernel.database.sql import built_once, ids_parameter, in_ids
from tutoring.kernel.db import db
from tutoring.policy.rooms.participation import observer_roles


def on_duty_in(paths: Mapping[int, str], moment: datetime, *, minors: bool) -> dict[int, set[int]]:
    """Returns the result of `queries.on_duty` for each of these units, given by path.

    These are people on duty online there or above, with a role there or above that lets them watch.
    """
    above = {unit_id: ids_above(path) for unit_id, path in paths.items()}
    every = frozenset().union(*above.values())
    turns = _turns(every, moment) if every else {}
    holders = _holders({one for some in turns.values() for one in some}, every, minors) if turns else {}
    return {
        unit_id: set().union(*(turns.get(one, set()) for one in ids))
        & set().union(*(holders.get(one, set()) for one in ids))
        for unit_id, ids in above.items()
    }


def _turns(units: Collection[int], moment: datetime) -> dict[int, set[int]]:
    here = clock.local(moment)
    told = {"minute": here.hour * 60 + here.minute, "weekday": here.weekday(), "moment": moment}
    return _by_unit(_all_turns(), {"units": ids_parameter(units), **told})


@built_once
def _all_turns() -> Any:
    units: Any = sa.bindparam("units")
    minute: Any = sa.bindparam("minute")
    moment: Any = sa.bindparam("moment")
    slots = sa.select(DutySlot.unit_id, DutySlot.user_id).where(
        in_ids(DutySlot.unit_id, units), DutySlot.place == "online", DutySlot.weekday == sa.bindparam("weekday"),
        DutySlot.starts <= minute, DutySlot.ends > minute,
    )  # fmt: skip
    shifts = sa.select(DutyShift.unit_id, DutyShift.user_id).where(
        in_ids(DutyShift.unit_id, units), DutyShift.starts_at <= moment, DutyShift.ends_at > moment
    )
    return sa.union_all(slots, shifts)


def _holders(user_ids: Collection[int], units: Collection[int], minors: bool) -> dict[int, set[int]]:
    told = {"roles": sorted(observer_roles(minors)), "people": ids_parameter(user_ids), "units": ids_parameter(units)}
    return _by_unit(_all_holders(), told)


@built_once
def _all_holders() -> Any:
    return (
        sa.select(Membership.unit_id, Membership.user_id)
        .join(User, User.id == Membership.user_id)
        .where(
            in_ids(Membership.user_id, sa.bindparam("people")), in_ids(Membership.unit_id, sa.bindparam("units")),
            Membership.state == "active", Membership.role.in_(sa.bindparam("roles", expanding=True)),
            Membership.confirmed_at.is_not(None), User.state == "active", User.kind == "adult",
        )
    )  # fmt: skip


def _by_unit(query: Any, told: dict[str, Any]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    for unit_id, user_id in db.session.execute(query, told):
        found.setdefault(unit_id, set()).add(user_id)
    return found


def hours_in(paths: Mapping[int, str]) -> dict[int, Hours]:
    """Returns the result of `coverage.hours_of` for each of these units, given by path."""
    above = {unit_id: ids_above(path) for unit_id, path in paths.items()}
    every = frozenset().union(*above.values())
    known = {row.id: row for row in db.session.execute(_all_hours(), {"units": ids_parameter(every)})}
    return {  # the longest path belongs to the nearest unit
        unit_id: nearest(sorted((known[one] for one in ids if one in known), key=lambda row: -len(row.path)))
        for unit_id, ids in above.items()
    }


@built_once
def _all_hours() -> Any:
    return sa.select(Unit.id, Unit.path, Unit.opens, Unit.closes, Unit.paused_at, Unit.paused_why).where(
        in_ids(Unit.id, sa.bindparam("units")), sa.or_(Unit.opens.is_not(None), Unit.paused_at.is_not(None))
    )
