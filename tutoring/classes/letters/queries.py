"""Reads of the letters to a class."""

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tutoring.classes.letters.models import ClassLetter
from tutoring.kernel.db import db
from tutoring.kernel.errors import NotFound

SHOWN = 12


def letter(letter_id: int) -> ClassLetter:
    """Returns a letter with its class and author; raises NotFound."""
    query = sa.select(ClassLetter).options(joinedload(ClassLetter.unit), joinedload(ClassLetter.author))
    found = db.session.scalar(query.where(ClassLetter.id == letter_id))
    if found is None:
        raise NotFound
    return found


def letter_of_week(unit_id: int, week: date, *, lock: bool = False) -> ClassLetter | None:
    """Returns the letter of a class for a week, or None. `lock` reads it anew inside a command."""
    query = sa.select(ClassLetter).where(ClassLetter.unit_id == unit_id, ClassLetter.week == week)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return db.session.scalar(query)


def letters_of(unit_id: int) -> list[ClassLetter]:
    """Returns the newest letters of a class, drafts too."""
    query = sa.select(ClassLetter).options(joinedload(ClassLetter.author)).where(ClassLetter.unit_id == unit_id)
    return list(db.session.scalars(query.order_by(ClassLetter.week.desc()).limit(SHOWN)))
