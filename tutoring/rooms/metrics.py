"""Metrics of rooms: open rooms, held messages with the age of the oldest, and calls."""

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from tutoring.kernel.monitoring import metrics
from tutoring.kernel.monitoring.metrics_cache import MOST
from tutoring.rooms.calls.models import RoomCall
from tutoring.rooms.models import Message, Room


def _open(connection: Connection) -> dict[metrics.Labels, float]:
    some = sa.select(Room.kind).where(Room.closed_at.is_(None)).limit(MOST).subquery()
    query = sa.select(some.c.kind, sa.func.count()).group_by(some.c.kind)
    return {(kind,): float(count) for kind, count in connection.execute(query)}


def _held(connection: Connection) -> metrics.Rows:
    # A literal, not a parameter: PostgreSQL uses the partial index of held messages only for a literal status.
    some = sa.select(Message.at, Message.room_id).where(sa.text("status = 'held'")).limit(MOST).subquery()
    is_open = sa.select(Room.closed_at.is_(None)).where(Room.id == some.c.room_id).scalar_subquery()
    each = sa.select(some.c.at, is_open.label("open")).subquery()
    query = sa.select(each.c.open, sa.func.count(), sa.func.min(each.c.at)).group_by(each.c.open)
    found = {bool(of_open): (count, since) for of_open, count, since in connection.execute(query)}
    names = {True: "open", False: "closed"}
    return [((name,), *found.get(of_open, (0, None))) for of_open, name in names.items()]


def _calls(connection: Connection) -> dict[metrics.Labels, float]:
    open_ones = sa.select(RoomCall.state, sa.func.count()).where(RoomCall.ended_at.is_(None)).group_by(RoomCall.state)
    found = dict[str, int]((state, count) for state, count in connection.execute(open_ones))
    return {(state,): float(found.get(state, 0)) for state in ("asked", "on")}


metrics.counts("calls_open", "Calls that wait for an answer, and calls that go on.", _calls, ("state",))
metrics.counts("rooms_open", "Rooms that are open.", _open, ("kind",))
metrics.waiting("messages_held", "Messages that wait for a watcher, in open and in closed rooms.", _held, ("room",))
