"""Reads of walk-in queues: by address, the line, desks, and what the wall display shows."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.kernel.encryption import blind_index
from tutoring.kernel.errors import NotFound
from tutoring.kernel.holidays import holiday_on
from tutoring.lessons.catalogue.models import Lesson
from tutoring.policy import queues as policy
from tutoring.queues.models import QueueDay, QueueDesk, QueueDeskService, QueueService, QueueTicket, WalkInQueue

DAYS_SHOWN = 60


def find_queue(unit_id: int) -> WalkInQueue | None:
    """Returns the queue of a ward, or None while it never had one."""
    return db.session.get(WalkInQueue, unit_id)


def queue_at(kind: str, code: str) -> WalkInQueue:
    """Returns the queue in use under an address; `kind` is door, display or screen. Raises NotFound."""
    column = {"door": WalkInQueue.door_code, "display": WalkInQueue.display_code, "screen": WalkInQueue.screen_code}
    query = sa.select(WalkInQueue).options(joinedload(WalkInQueue.unit)).where(column[kind] == code)
    found = db.session.scalar(query)
    if found is None or not found.unit.has_queue or found.unit.archived or found.unit.merged_into_id is not None:
        raise NotFound
    return found


def day_code(queue: WalkInQueue) -> str:
    """Returns the four digits that the display shows today; new addresses bring another code."""
    digest = blind_index(f"{queue.unit_id}:{queue.door_code}:{clock.today()}", "queue_day_code")
    return f"{int(digest[:12], 16) % 10_000:04d}"


def is_open_now(queue: WalkInQueue) -> bool:
    """Returns whether numbers are given now."""
    here = clock.local(clock.now())
    minute, day = here.hour * 60 + here.minute, here.date()
    return policy.is_open_at(queue.opens, queue.closes, queue.weekdays, day, minute, holiday_on(day) is not None)


# ---- services and desks -----------------------------------------------------------------------------------------


def services_of(unit_id: int) -> list[QueueService]:
    """Returns the services in use, in the order in which they were added."""
    query = sa.select(QueueService).where(QueueService.unit_id == unit_id, QueueService.retired_at.is_(None))
    return list(db.session.scalars(query.order_by(QueueService.id)))


def desks_of(unit_id: int) -> list[QueueDesk]:
    """Returns the desks in use with their clerks."""
    query = sa.select(QueueDesk).options(joinedload(QueueDesk.clerk)).execution_options(populate_existing=True)
    query = query.where(QueueDesk.unit_id == unit_id, QueueDesk.retired_at.is_(None))
    return list(db.session.scalars(query.order_by(QueueDesk.id)))


def service_ids_by_desk(desk_ids: Collection[int]) -> dict[int, frozenset[int]]:
    """Returns the services to which desks are limited; a desk that serves all is absent."""
    query = sa.select(QueueDeskService.desk_id, QueueDeskService.service_id)
    found: dict[int, set[int]] = {}
    for desk_id, service_id in db.session.execute(query.where(QueueDeskService.desk_id.in_(sorted(desk_ids)))):
        found.setdefault(desk_id, set()).add(service_id)
    return {desk_id: frozenset(ids) for desk_id, ids in found.items()}


def lesson_titles(slugs: Collection[str | None], lang: str) -> dict[str, str]:
    """Returns the titles of those of these lessons that are in the catalogue."""
    wanted = sorted({slug for slug in slugs if slug})
    query = sa.select(Lesson).where(Lesson.slug.in_(wanted), Lesson.retired_at.is_(None))
    return {one.slug: one.title(lang) for one in db.session.scalars(query)} if wanted else {}


# ---- the line ---------------------------------------------------------------------------------------------------


def of_today(unit_id: int) -> tuple[sa.ColumnElement[bool], ...]:
    """SQL conditions: tickets of a ward today."""
    return QueueTicket.unit_id == unit_id, QueueTicket.day == clock.today()


def may_be_called_by(desk_id: int, services: Collection[int] | None) -> sa.ColumnElement[bool]:
    """SQL condition: a desk may call the ticket. `services` are those it is limited to, or None."""
    wanted = sa.or_(QueueTicket.wanted_desk_id.is_(None), QueueTicket.wanted_desk_id == desk_id)
    if services is None:
        return wanted
    here = sa.or_(QueueTicket.service_id.in_(sorted(services)), QueueTicket.wanted_desk_id == desk_id)
    return sa.and_(wanted, here)


def next_waiting(desk: QueueDesk) -> QueueTicket | None:
    """Returns the ticket that a desk calls next, or None."""
    limited = service_ids_by_desk([desk.id]).get(desk.id)
    query = sa.select(QueueTicket).where(*of_today(desk.unit_id), QueueTicket.state == "waiting")
    query = query.where(may_be_called_by(desk.id, limited)).order_by(QueueTicket.place, QueueTicket.id).limit(1)
    return db.session.scalar(query.execution_options(populate_existing=True))


def ticket_at(desk_id: int) -> QueueTicket | None:
    """Returns the ticket that stands at a desk, of whichever day."""
    query = sa.select(QueueTicket).where(QueueTicket.desk_id == desk_id)
    return db.session.scalar(query.execution_options(populate_existing=True))


def ticket_under(token: str) -> QueueTicket:
    """Returns the ticket of today under its address; raises NotFound."""
    found = db.session.scalar(_with_all().where(QueueTicket.token == token, QueueTicket.day == clock.today()))
    if found is None:
        raise NotFound
    return found


def ticket_of_today(ticket_id: int) -> QueueTicket:
    """Returns a ticket of today; raises NotFound."""
    found = db.session.scalar(_with_all().where(QueueTicket.id == ticket_id, QueueTicket.day == clock.today()))
    if found is None:
        raise NotFound
    return found


def _with_all() -> sa.Select[QueueTicket]:
    query = sa.select(QueueTicket).execution_options(populate_existing=True)
    return query.options(
        joinedload(QueueTicket.service), joinedload(QueueTicket.desk), joinedload(QueueTicket.wanted_desk)
    )


def tickets_in(unit_id: int, *states: str) -> list[QueueTicket]:
    """Returns the tickets of today in these states, in the order of the line."""
    query = _with_all().where(*of_today(unit_id), QueueTicket.state.in_(states))
    return list(db.session.scalars(query.order_by(QueueTicket.place, QueueTicket.id)))


def served_by(desks: Sequence[QueueDesk], services: Collection[int]) -> set[int]:
    """Returns those of these services that at least one of these desks serves."""
    limited = service_ids_by_desk([desk.id for desk in desks])
    if any(desk.id not in limited for desk in desks):
        return set(services)
    return set(services) & frozenset[int]().union(*limited.values())


@dataclass(frozen=True)
class Standing:
    """Where a waiting ticket stands: how many are before it, and about how many minutes it waits, if measured.

    `served` is false while no open desk takes it.
    """

    ahead: int
    minutes: tuple[int, int] | None
    desks_open: int
    served: bool


def standing_of(ticket: QueueTicket) -> Standing:
    """Returns where a waiting ticket stands among those that wait for the same open desks."""
    open_ids = [desk.id for desk in desks_of(ticket.unit_id) if desk.clerk_id is not None]
    limits = service_ids_by_desk(open_ids)
    serving = [one for one in open_ids if one not in limits or ticket.service_id in limits[one]]
    near: list[sa.ColumnElement[bool]] = []
    if serving and all(one in limits for one in serving):
        near.append(QueueTicket.service_id.in_(sorted(frozenset[int]().union(*(limits[one] for one in serving)))))
    before = sa.or_(
        QueueTicket.place < ticket.place, sa.and_(QueueTicket.place == ticket.place, QueueTicket.id < ticket.id)
    )
    line = sa.select(sa.func.count()).where(*of_today(ticket.unit_id), QueueTicket.state == "waiting", before, *near)
    ahead = int(db.session.scalar(line) or 0)
    served = ticket.wanted_desk_id is not None or bool(serving)
    calls = newest_calls(ticket.unit_id, near) if open_ids and served else []
    return Standing(ahead, policy.estimate_wait(ahead, calls, clock.now()), len(open_ids), served)


def newest_calls(unit_id: int, near: Sequence[Any] = ()) -> list[datetime]:
    """Returns the moments of the newest first calls of today, the oldest first."""
    query = sa.select(QueueTicket.first_called_at).where(*of_today(unit_id), *near)
    query = query.where(QueueTicket.first_called_at.is_not(None))
    found = db.session.scalars(query.order_by(QueueTicket.first_called_at.desc()).limit(policy.MEASURED))
    return [at for at in reversed(found.all()) if at is not None]


def count_waiting(unit_id: int) -> int:
    """Returns how many tickets wait in a ward now."""
    query = sa.select(sa.func.count()).where(*of_today(unit_id), QueueTicket.state == "waiting")
    return int(db.session.scalar(query) or 0)


# ---- pages ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Display:
    """What the wall display shows: who is called where, the newest call first, and who comes next."""

    called: list[QueueTicket]
    next_numbers: list[int]
    waiting: int
    desks_open: int
    code: str
    newest: str  # the moment of the newest call of today: it grows with each call, and with nothing else


def display_of(queue: WalkInQueue) -> Display:
    """Returns what the wall display shows now."""
    open_ones = tickets_in(queue.unit_id, "waiting", "called")
    called = sorted(
        (one for one in open_ones if one.state == "called"), key=lambda one: one.called_at or one.drawn_at, reverse=True
    )
    waiting = [one.number for one in open_ones if one.state == "waiting"]
    desks_open = sum(desk.clerk_id is not None for desk in desks_of(queue.unit_id))
    code = day_code(queue) if queue.asks_code else ""
    last = db.session.scalar(sa.select(sa.func.max(QueueTicket.called_at)).where(*of_today(queue.unit_id)))
    return Display(called, waiting[:6], len(waiting), desks_open, code, last.isoformat() if last else "")


@dataclass(frozen=True)
class WorkPage:
    """What a clerk sees: the desks, the own desk with its holder, and the line."""

    queue: WalkInQueue
    desks: list[QueueDesk]
    own: QueueDesk | None
    current: QueueTicket | None
    waiting: list[QueueTicket]
    aside: list[QueueTicket]
    called: dict[int, int] = field(default_factory=dict)  # numbers by desk
    services: list[QueueService] = field(default_factory=list)
    unserved: int = 0  # numbers that wait, and that no open desk takes

    @property
    def others(self) -> list[QueueDesk]:
        """The open desks to which the own desk may pass a holder on."""
        return [one for one in self.desks if one.clerk_id is not None and one is not self.own]


def work_page(queue: WalkInQueue, user_id: int) -> WorkPage:
    """Returns what this clerk sees."""
    # Tickets first: they read their desks anew, without the clerks.
    tickets = tickets_in(queue.unit_id, *policy.OPEN)
    desks = desks_of(queue.unit_id)
    own = next((one for one in desks if one.clerk_id == user_id), None)
    waiting = [one for one in tickets if one.state == "waiting"]
    open_ones = [one for one in desks if one.clerk_id is not None]
    taken = served_by(open_ones, {one.service_id for one in waiting})
    unserved = [one for one in waiting if one.wanted_desk_id is None and one.service_id not in taken]
    by_desk = {one.desk_id: one for one in tickets if one.desk_id is not None}
    return WorkPage(
        queue, desks, own, by_desk.get(own.id) if own else None,
        waiting, [one for one in tickets if one.state == "aside"],
        {desk_id: one.number for desk_id, one in by_desk.items()}, services_of(queue.unit_id),
        len(unserved) if open_ones else 0,
    )  # fmt: skip


def past_days(unit_id: int) -> list[QueueDay]:
    """Returns the sums of past days, the newest first."""
    query = sa.select(QueueDay).where(QueueDay.unit_id == unit_id).order_by(QueueDay.day.desc()).limit(DAYS_SHOWN)
    return list(db.session.scalars(query))
