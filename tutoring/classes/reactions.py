"""Reactions of classes: erased accounts, merged classes."""

import sqlalchemy as sa

from tutoring.accounts.events import AccountErased
from tutoring.classes import erasure as classes_erasure
from tutoring.classes.letters.models import ClassLetter
from tutoring.classes.work.models import ClassWork
from tutoring.community.events import ClassesMoved, UnitsMerged
from tutoring.community.year_ends.moved_rows import follow
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.kernel.events import on
from tutoring.policy.classes import first_archived


@on(AccountErased)
def erase_user_data(event: AccountErased) -> None:
    classes_erasure.forget_person(event.user_id)


@on(ClassesMoved)
def move_works_of_classes(event: ClassesMoved) -> None:
    """Works that stand or can be set again go along with their class, and back when the move is undone."""
    follow(event, ClassWork.unit_id, None, ClassWork.due > first_archived(clock.today()))


@on(UnitsMerged)
def move_to_merged_class(event: UnitsMerged) -> None:
    """Moves works and letters to the class that remains. Of two letters of one week, that of the other class stays."""
    db.session.execute(sa.update(ClassWork).where(ClassWork.unit_id == event.from_id).values(unit_id=event.into_id))
    there = sa.select(ClassLetter.week).where(ClassLetter.unit_id == event.into_id)
    moved = sa.update(ClassLetter).where(ClassLetter.unit_id == event.from_id, ClassLetter.week.not_in(there))
    db.session.execute(moved.values(unit_id=event.into_id))
