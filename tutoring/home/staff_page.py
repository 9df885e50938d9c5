"""The start page of staff: what waits, the most urgent rooms, the person's units, and the next seven days."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import url_for
from flask_babel import format_date, gettext
from sqlalchemy.orm import aliased

from tutoring.accounts.models import Guardian, User
from tutoring.accounts.reader_names import said_to_reader, shown_to_reader
from tutoring.classes.overview.school_page import TeachersClasses, classes_at_a_glance
from tutoring.community.duty.queries import Rota
from tutoring.community.models import Membership, Unit
from tutoring.community.units.scopes import sql_end_of
from tutoring.home.pending_work.collected import PendingWork
from tutoring.home.pending_work.viewer import Viewer
from tutoring.home.upcoming_appointments import times_between
from tutoring.kernel import clock
from tutoring.kernel.database.sql import built_once, ids_parameter, in_ids
from tutoring.kernel.db import db
from tutoring.lessons.catalogue import queries as catalogue_queries
from tutoring.moderation import live_dashboard
from tutoring.moderation.live_dashboard import LiveRoom
from tutoring.moderation.room_states import RoomState, first_state_of
from tutoring.notifications.calendar.sources import Time
from tutoring.policy.class_overview import TEACHING
from tutoring.policy.community import CHILD_UNITS, may_create_code
from tutoring.policy.groups import LEADING, is_group
from tutoring.rooms.labels import room_name
from tutoring.web.i18n import language

ROOMS, UNITS, DAYS = 5, 8, 7
_COUNTED = ("class", "school", "neighbourhood", "ward")  # a city is not counted on a page that is opened all day


@dataclass(frozen=True)
class RoomRow:
    """One open room: who learns there about what, and its most urgent sign."""

    row: LiveRoom
    names: str
    about: str
    state: RoomState


@dataclass(frozen=True)
class UnitRow:
    """One unit of the person: who is on duty there now, and how many people belong to it and to those below."""

    unit: Unit
    duty: list[User]
    people: int | None
    mine: bool
    page: bool  # whether it has a page for residents


@dataclass(frozen=True)
class DayOfWeek:
    """One day with the person's times."""

    day: date
    times: list[Time]

    @property
    def named(self) -> str:
        return str(format_date(self.day, "EEEEE d/M" if language() == "vi" else "EEE d MMM"))

    @property
    def today(self) -> bool:
        return self.day == clock.today()


@dataclass(frozen=True)
class Button:
    """A button at the head of the page; one that is also a place of the rail is left out on a phone."""

    label: str
    href: str
    icon: str
    in_rail: bool = True


@dataclass(frozen=True)
class StaffPage:
    """What the template shows."""

    work: PendingWork
    units: list[UnitRow] = field(default_factory=list)
    more_units: int = 0
    rooms: list[RoomRow] = field(default_factory=list)
    room_count: int = 0
    week: list[DayOfWeek] = field(default_factory=list)
    duty_until: datetime | None = None
    buttons: list[Button] = field(default_factory=list)
    classes: TeachersClasses | None = None

    @property
    def badges(self) -> dict[str, int]:
        """How much waits at the places of the rail."""
        desk = self.work.count(("case", "disclosure", "uneasy", "held_message", "message_appeal", "action_appeal"))
        return {"moderation.desk": desk, "moderation.board": self.work.count(("child_waiting", "learner_waiting"))}


def staff_page(viewer: Viewer, ties: list[Guardian], work: PendingWork) -> StaffPage:
    """Reads everything but what waits, which the caller has collected."""
    days = _days(viewer.person, ties)
    now = clock.now()
    on = [time.ends for one in days for time in one.times if time.kind == "duty" and time.starts <= now < time.ends]
    rooms, count = _rooms(viewer)
    units = list(_units(viewer))
    return StaffPage(
        work, units, max(0, len(viewer.staff) - UNITS), rooms, count, days, max(on, default=None),
        list(_buttons(viewer)), _classes(viewer),
    )  # fmt: skip


# ---- rooms -------------------------------------------------------------------------------------------------------


def _rooms(viewer: Viewer) -> tuple[list[RoomRow], int]:
    if not viewer.staff:
        return [], 0
    rows, count = live_dashboard.most_urgent(viewer.person, ROOMS)
    slugs = {row.room.lesson_slug for row in rows if row.room.lesson_slug}
    lessons = catalogue_queries.titles(slugs, language()) if slugs else {}
    return [_room(row, lessons, viewer.topics) for row in rows], count


def _room(row: LiveRoom, lessons: dict[str, str], skills: dict[str, str]) -> RoomRow:
    room = row.room
    about = room_name(room) or lessons.get(room.lesson_slug or "") or skills.get(room.topic, room.topic)
    names = [shown_to_reader(seat.user) for seat in row.seats[:1]]
    names += [said_to_reader(seat.user) for seat in row.seats[1:3]]
    names += ["…"] if len(row.seats) > 3 else []
    where = f"{about} · {room.unit.name}" if names else room.unit.name
    return RoomRow(row, ", ".join(names) or about, where, first_state_of(row))


# ---- units -------------------------------------------------------------------------------------------------------


def _units(viewer: Viewer) -> Iterator[UnitRow]:
    shown = list(viewer.staff)[:UNITS]
    rota, people = Rota(shown), _people_in([unit for unit in shown if unit.kind in _COUNTED])
    for unit in shown:
        duty = rota.on_duty(unit, minors=unit.kind in CHILD_UNITS)
        mine = any(one.id == viewer.id for one in duty)
        yield UnitRow(unit, duty, people.get(unit.id), mine, is_group(unit.kind))


def _classes(viewer: Viewer) -> TeachersClasses | None:
    paths = [unit.path for unit in viewer.units(TEACHING) if unit.kind in CHILD_UNITS]
    return classes_at_a_glance(paths) if paths else None


def _people_in(units: list[Unit]) -> dict[int, int]:
    """Counts the people of these units and of those below, each person once; one query."""
    told = {"units": ids_parameter(unit.id for unit in units)}
    return {row[0]: row[1] for row in db.session.execute(_people(), told)} if units else {}


@built_once
def _people() -> Any:
    inside = aliased(Unit)
    below = sa.and_(inside.path >= Unit.path, inside.path < sql_end_of(Unit.path))
    counted = (
        sa.select(sa.func.count(sa.distinct(Membership.user_id)))
        .join(inside, inside.id == Membership.unit_id)
        .where(below, Membership.state == "active")
        .correlate(Unit)
        .scalar_subquery()
    )
    return sa.select(Unit.id, counted).where(in_ids(Unit.id, sa.bindparam("units")))


# ---- days, buttons -----------------------------------------------------------------------------------------------


def _days(person: User, ties: list[Guardian]) -> list[DayOfWeek]:
    first = clock.today()
    times = times_between(person, ties, first, first + timedelta(days=DAYS - 1))
    days = [first + timedelta(days=n) for n in range(DAYS)]
    return [DayOfWeek(day, [one for one in times if clock.local(one.starts).date() == day]) for day in days]


def _buttons(viewer: Viewer) -> Iterator[Button]:
    """At most two: what the person does most in their unit."""
    if not viewer.staff:
        yield Button(gettext("Các đơn vị"), url_for("community.units"), "people")
        yield Button(gettext("Quản trị trang"), url_for("administration.index"), "shield")
        return
    own = next(iter(viewer.staff)) if len(viewer.staff) == 1 else None
    if own is not None and is_group(own.kind) and not LEADING.isdisjoint(viewer.staff[own]):
        yield Button(gettext("Viết thông báo"), url_for("groups.new_post", unit_id=own.id), "edit", False)
    elif own is not None and may_create_code(viewer.staff[own], "learner"):
        yield Button(gettext("Mời người mới"), url_for("community.new_code", unit_id=own.id), "plus", False)
    yield Button(gettext("Phòng đang mở"), url_for("moderation.board"), "eye")
