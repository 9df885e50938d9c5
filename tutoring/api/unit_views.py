"""Operations about units: which there are, the classes of a school as sums, the devices of a store."""

from typing import cast

from tutoring.api import schemas
from tutoring.api.calendar_days import days_of
from tutoring.api.cursors import from_cursor, to_cursor, unknown_cursor
from tutoring.api.operations import operation
from tutoring.api.reach import reached
from tutoring.api.unit_calendar import times_of_unit
from tutoring.classes.overview import sums
from tutoring.classes.overview.access import school_of
from tutoring.classes.overview.school_page import classes_below, sums_of
from tutoring.community import queries
from tutoring.community.models import Unit
from tutoring.community.units import staff_queries
from tutoring.devices.inventory import queries as inventory_queries
from tutoring.kernel.db import db
from tutoring.policy.access import STAFF
from tutoring.policy.api import shown_in_unit_calendar
from tutoring.web.api import bearer_tokens
from tutoring.web.i18n import language


def _unit(one: Unit) -> schemas.Unit:
    kind: schemas.UnitKind = one.kind  # type: ignore[assignment]
    return schemas.Unit(
        id=one.id, name=one.name, kind=kind, parent_id=one.parent_id, archived=one.effective_to is not None
    )


@operation("GET", "/units", schemas.UnitPage, query=schemas.PageQuery)
def units(query: schemas.PageQuery) -> schemas.UnitPage:
    """Lists the units where the holder is staff, in the order of their ids; for a unit, that unit."""
    holder = bearer_tokens.require("")
    after = from_cursor(query.cursor, int)[0] if query.cursor else 0
    found = (
        [queries.unit(holder.unit_id)] if holder.unit_id is not None else queries.units_of(holder.user.id, STAFF)
    )  # fmt: skip
    held = [one for one in found if one.id > int(after) and queries.acting_roles_at(holder.user, one.id)]
    page = held[: query.limit]
    return schemas.UnitPage(
        items=[_unit(one) for one in page], next=to_cursor((page[-1].id,)) if len(held) > query.limit else None
    )


@operation("GET", "/units/<int:unit_id>", schemas.Unit)
def unit(unit_id: int) -> schemas.Unit:
    """Returns a unit where the holder is staff."""
    return _unit(staff_queries.unit_page(reached(unit_id).user, unit_id).unit)


@operation("GET", "/units/<int:unit_id>/units", schemas.UnitPage, query=schemas.PageQuery)
def units_below(unit_id: int, query: schemas.PageQuery) -> schemas.UnitPage:
    """Lists the units right below a unit, by grade and name."""
    staff_queries.unit_page(reached(unit_id).user, unit_id)
    after = int(from_cursor(query.cursor, int)[0]) if query.cursor else 0
    if query.cursor:
        last = db.session.get(Unit, after)
        if last is None or last.parent_id != unit_id:  # or the list would begin again, without an end
            raise unknown_cursor()
    found = staff_queries.units_below(unit_id, after, query.limit)
    after_this = to_cursor((found.items[-1].id,)) if found.more else None
    return schemas.UnitPage(items=[_unit(one) for one in found.items], next=after_this)


@operation("GET", "/units/<int:unit_id>/calendar", schemas.UnitCalendar, query=schemas.CalendarQuery)
def unit_calendar(unit_id: int, query: schemas.CalendarQuery) -> schemas.UnitCalendar:
    """Lists the times of a unit without names: duty, group sessions, training, campaigns, work of a class."""
    page = staff_queries.unit_page(reached(unit_id).user, unit_id)
    shown = shown_in_unit_calendar(page.held, page.unit.kind)
    items = [
        schemas.UnitTime(
            kind=cast(schemas.UnitTimeKind, one.kind), title=one.title, starts=one.starts, ends=one.ends,
            all_day=one.all_day, place=one.place, url=one.path,
        )
        for one in times_of_unit(page.unit, shown, *days_of(query), language())
    ]  # fmt: skip
    return schemas.UnitCalendar(unit_id=unit_id, items=items)


@operation("GET", "/units/<int:unit_id>/class-sums", schemas.SchoolClasses)
def class_sums(unit_id: int) -> schemas.SchoolClasses:
    """Lists the classes of a school as sums; a unit's token always gets small numbers hidden."""
    holder = reached(unit_id)
    school, exact = school_of(holder.user, unit_id)
    exact = exact and holder.unit_id is None
    classes = classes_below([school.path])
    found = sums.glances([one.id for one in classes])
    return schemas.SchoolClasses(
        exact=exact, items=[schemas.ClassSums.of(sums_of(one, found[one.id], exact)) for one in classes]
    )


@operation("GET", "/units/<int:unit_id>/devices", schemas.DeviceStock)
def device_stock(unit_id: int) -> schemas.DeviceStock:
    """Counts the devices of a ward's store by their state."""
    inventory_queries.store(reached(unit_id).user, unit_id)
    items = [schemas.DeviceCount(state=key, count=n) for key, n in inventory_queries.counts(unit_id).items()]
    return schemas.DeviceStock(unit_id=unit_id, items=items)
