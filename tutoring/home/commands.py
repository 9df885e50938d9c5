"""What somebody does with the first steps of the start page."""

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.home.models import FirstSteps
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db


def _mine(person: User) -> FirstSteps:
    """The row of this person, made when there is none; two at once make one."""
    db.session.scalar(sa.select(User.id).where(User.id == person.id).with_for_update())
    found = db.session.get(FirstSteps, person.id)
    if found is None:
        found = FirstSteps(user_id=person.id)
        db.session.add(found)
    return found


@command
def put_away_steps(person: User) -> None:
    """Show the first steps no more; they can be brought back at any time."""
    mine = _mine(person)
    mine.put_away_at = mine.put_away_at or clock.now()


@command
def bring_back_steps(person: User) -> None:
    """Show the first steps again."""
    _mine(person).put_away_at = None


@command
def save_calls(person: User, saved: bool = True) -> None:
    """This person has the numbers to call in danger in their phone, or has not after all."""
    _mine(person).calls_saved_at = clock.now() if saved else None


@command
def forget_steps(user_id: int) -> None:
    """Nothing of this person is left here."""
    db.session.execute(sa.delete(FirstSteps).where(FirstSteps.user_id == user_id))
