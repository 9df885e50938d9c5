"""Erases what a person wrote for a class. What was set stays, without a name and without the note."""

import sqlalchemy as sa

from tutoring.classes.letters.models import ClassLetter
from tutoring.classes.work.models import ClassWork, ClassWorkPupil
from tutoring.kernel.commands import command
from tutoring.kernel.db import db


@command
def forget_person(user_id: int) -> None:
    """Deletes the letters of a user and the marks that picked the user out; empties the user's notes."""
    written = sa.or_(ClassWork.set_by_id == user_id, ClassWork.changed_by_id == user_id)
    db.session.execute(sa.update(ClassWork).where(written).values(note=""))
    for column in ("set_by_id", "changed_by_id"):
        mine = getattr(ClassWork, column) == user_id
        db.session.execute(sa.update(ClassWork).where(mine).values({column: None}))
    db.session.execute(sa.delete(ClassWorkPupil).where(ClassWorkPupil.user_id == user_id))
    db.session.execute(sa.delete(ClassLetter).where(ClassLetter.author_id == user_id))
