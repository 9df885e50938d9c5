"""Lets what is open in old classes follow into the new ones, with a number of statements that no row changes."""

from typing import Any

import sqlalchemy as sa

from tutoring.community.alarm_tests.models import AlarmTest
from tutoring.community.class_lists.models import ClassLine, ClassListDraft
from tutoring.community.events import ClassesMoved
from tutoring.community.models import DutyShift, DutySlot, JoinCode, Nomination
from tutoring.kernel.database.sql import in_ids
from tutoring.kernel.db import db


def follow(moved: ClassesMoved, unit_column: Any, person_column: Any = None, *which: sa.ColumnElement[bool]) -> None:
    """Moves rows of a table into the new units: first those of people who went elsewhere, then all others.

    Rows of a person who stays in the old unit stay there too.
    """
    table = unit_column.class_.__table__
    place = table.c[unit_column.key]
    stays: list[tuple[int, int]] = []
    if person_column is not None and moved.people:
        person = table.c[person_column.key]
        stays = [(from_id, user_id) for user_id, from_id, into_id in moved.people if from_id == into_id]
        going = [one for one in moved.people if one[1] != one[2]]
        if going:
            cases = (
                (sa.and_(place == from_id, person == user_id), sa.literal(into_id))
                for user_id, from_id, into_id in going
            )
            some = sa.update(table).where(
                place.in_({one[1] for one in going}), in_ids(person, {one[0] for one in going})
            )
            db.session.execute(some.where(*which).values({place.name: sa.case(*cases, else_=place)}))
    if moved.pairs:
        into = sa.case(dict(moved.pairs), value=place)
        rest = sa.update(table).where(place.in_([old for old, _new in moved.pairs]), *which)
        if stays:
            rest = rest.where(sa.tuple_(place, person).not_in(stays))
        db.session.execute(rest.values({place.name: into}))


def follow_in_community(moved: ClassesMoved) -> None:
    """Moves codes, duty, nominations, staged pupils and test alarms of the classes."""
    for column, person in (
        (JoinCode.unit_id, None), (DutySlot.unit_id, DutySlot.user_id), (DutyShift.unit_id, DutyShift.user_id),
        (Nomination.unit_id, Nomination.user_id), (ClassLine.unit_id, None), (ClassListDraft.unit_id, None),
        (AlarmTest.unit_id, None),
    ):  # fmt: skip
        follow(moved, column, person)
